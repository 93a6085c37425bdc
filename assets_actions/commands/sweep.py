"""Look after deprecated assets: tell where each stands, open the pull requests that are due, keep an issue up to date.

An asset is announced, released (as deprecated), removed, to archive (its day has come) or overdue (its day has passed,
and it is still here). Removals that are due are proposed as remove-pr does it. One issue holds the table, and the
commands of the Azure CLI that archive what is to be archived; what is ticked off there is archived. Meant to be run
once a day or a week. With --no-pr nothing is asked of GitHub and nothing written.

examples:
  assets-actions sweep --no-pr
  assets-actions sweep --dry-run --as-of 2027-06-30
  assets-actions sweep --registry my-registry --label deprecation
"""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from assets_actions import terminal
from assets_actions.deprecation.lifecycle import Stage, Standing
from assets_actions.deprecation.marker import Topic, find_mark, mark, marked
from assets_actions.errors import UserError
from assets_actions.github.connection import GitHubError
from assets_actions.github.issues import Issue, Issues
from assets_actions.report.lifecycle import LifecycleReport, ticked

from . import connecting
from .base import Outcome
from .deprecation import proposal_branch, proposals
from .deprecation.deprecated import Known
from .deprecation.pull_requests import ClosedError, Desk
from .release.sources import CannotPlanError

TOPIC = Topic("sweep", "deprecated-assets")
TITLE = "Deprecated assets"
LONGEST = 60_000
"""GitHub takes 65,536 characters; the mark comes on top."""


class Inputs(proposals.ProposalInputs):
    """What sweep reads, and how it proposes what is due."""

    pr: bool = Field(
        True, description="Open the pull requests that are due, and write the issue; without, tell what stands here."
    )
    issue: bool = Field(
        True, description="Keep an issue up to date with where deprecated assets stand; without, leave issues alone."
    )
    registry: str | None = Field(
        None, description="The registry that assets are published to, for the commands that archive.", examples=["NAME"]
    )


class Outputs(BaseModel):
    """What sweep found and did."""

    deprecated: int = Field(0, description="Number of deprecated assets that are not archived.")
    overdue: list[str] = Field([], description="The assets that are here after their day, as a JSON list.")
    to_archive: list[str] = Field([], description="The assets that are to be archived, as a JSON list.")
    pull_requests: list[str] = Field([], description="The pages of open removals, as a JSON list.")
    issue: str = Field("", description="The page of the issue.")


def run(inputs: Inputs) -> Outcome:
    """Tell how all stand; propose what is due; write it down."""
    try:
        repository, base, source = proposal_branch.read_base(inputs)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    known = Known(repository, inputs, base, source)
    if not inputs.pr or inputs.dry_run:
        standings = known.standings()
        due = [known.removal(one) for one in standings if one.is_due and inputs.dry_run]
        preview = [line for one in due for line in proposal_branch.preview(repository.root, one)]
        return _outcome(LifecycleReport(standings, inputs.registry, note="nothing written", preview=preview), [], None)
    issues = Issues(connecting.connection(repository.root, inputs.remote, "to sweep"))
    issue = _issue(issues, is_needed=bool(known.standings())) if inputs.issue else None
    standings = known.standings(ticked(issue.body) if issue else ())
    did, urls, warnings = _propose(Desk(repository.root, inputs), known, standings)
    report = LifecycleReport(standings, inputs.registry, did, warnings=warnings)
    if inputs.issue:
        issue = _written(issues, issue, report, inputs.label)
    return _outcome(report, urls, issue)


def _propose(desk: Desk, known: Known, standings: Sequence[Standing]) -> tuple[dict[str, str], list[str], list[str]]:
    """What became of each removal that is due, by id, the pages of their pull requests, and warnings."""
    did: dict[str, str] = {}
    urls: list[str] = []
    warnings: dict[str, None] = {}
    for one in standings:
        if one.is_due:
            try:
                done = desk.propose(known.removal(one))
            except GitHubError:
                raise
            except ClosedError as error:
                did[one.id] = f"its removal was closed by hand: {error.message}"
            except UserError as error:  # one that cannot be proposed keeps none of the others
                did[one.id] = f"its removal cannot be proposed: {error.message}"
            else:
                assert done.pull
                did[one.id] = f"its removal is proposed: {done.pull.url}"
                urls.append(done.pull.url)
                warnings |= dict.fromkeys(done.warnings)
    return did, urls, list(warnings)


def _issue(issues: Issues, *, is_needed: bool) -> Issue | None:
    """Our issue, where there is one; a stranger's that looks like ours is none.

    One that is needed may be closed: what was ticked off there counts, and there is to be no second one.
    """
    with terminal.working("Asking for issues"):
        found = min(filter(_is_ours, issues.open_ones()), key=lambda one: one.number, default=None)
        return found or (next(filter(_is_ours, issues.closed_ones()), None) if is_needed else None)


def _is_ours(issue: Issue) -> bool:
    found = find_mark(issue.body)
    return issue.is_trusted and found is not None and found.topic == TOPIC


def _written(issues: Issues, issue: Issue | None, report: LifecycleReport, labels: Sequence[str]) -> Issue | None:
    """The issue with what the report says; none is opened to say that nothing is deprecated.

    One that a person has closed stays closed until there is something new for people to do.
    """
    text = report.markdown(LONGEST)
    wanted = mark(TOPIC, text)
    with terminal.working("Writing the issue"):
        if issue is None:
            return issues.create(TITLE, marked(text, wanted), labels) if report.standings else None
        if find_mark(issue.body) == wanted:
            return issue
        reopen = not issue.is_open and any(
            one.archive == "due" or one.stage is Stage.OVERDUE for one in report.standings
        )
        return issues.edit(issue.number, marked(text, wanted), reopen=reopen)


def _outcome(report: LifecycleReport, urls: Sequence[str], issue: Issue | None) -> Outcome:
    def ids(stage: Stage) -> list[str]:
        return [one.id for one in report.standings if one.stage is stage]

    outputs = Outputs(
        deprecated=sum(one.stage is not Stage.ARCHIVED for one in report.standings),
        overdue=ids(Stage.OVERDUE),
        to_archive=[one.id for one in report.standings if one.archive == "due"],
        pull_requests=list(urls),
        issue=issue.url if issue else "",
    )
    return Outcome(report, outputs)
