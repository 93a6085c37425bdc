"""Deprecate an asset: make the edit on a branch of its own, and open the pull request for it.

Its description begins with `DEPRECATED: Please use <replacement> instead.`, it gets the tags `Deprecated` and
`DeleteOn`, and a version of its own is counted up. Running it again brings the same branch and pull request up to date;
what others have committed to the branch is never overwritten. The checkout stays as it is. Needs a token in
GITHUB_TOKEN that may write contents and pull requests; with --no-pr neither that nor a network: it commits to a branch
here.

Refuses where assets of the repository still depend on the one that goes, and where the replacement is deprecated, too.

examples:
  assets-actions deprecate-pr --asset environment/sklearn-1.5 --replacement environment/sklearn-1.7 --dry-run
  assets-actions deprecate-pr --asset environment/sklearn-1.5 --replacement sklearn-1.7 --reason end-of-life
  assets-actions deprecate-pr --asset component/train --replacement train_v2 --delete-on 2027-06-30 --no-pr
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import Entry
from assets_actions.deprecation import dates, request
from assets_actions.deprecation.edit import deprecate
from assets_actions.deprecation.marker import Topic
from assets_actions.deprecation.notice import delete_on
from assets_actions.deprecation.proposal import Proposal, branch_of
from assets_actions.deprecation.request import Reason, Request
from assets_actions.release.content import blob_id
from assets_actions.report.pull_request import deprecation_text

from .base import Outcome, Repository
from .deprecation import proposal_branch, proposals, pull_requests
from .deprecation.proposal_branch import Base
from .deprecation.proposals import Day
from .release.sources import CannotPlanError, Source

VERB = "deprecate"
USUAL_MONTHS = 6


class Inputs(proposals.ProposalInputs):
    """What deprecate-pr reads: what to deprecate, why, until when, and how to propose it."""

    asset: str = Field(description="The asset to deprecate, as type/name.", examples=["ID"])
    replacement: str = Field(
        description="What to use instead, as type/name, or as the name of an asset of the same type.", examples=["ID"]
    )
    delete_on: Day | None = Field(
        None,
        description="The day, YYYY-MM-DD, on which it is archived. Default: the day that is proposed already, else in "
        "6 months.",
        examples=["DAY"],
    )
    in_months: int | None = Field(
        None, ge=1, le=120, description="The same, in so many months from today.", examples=["N"]
    )
    reason: Literal["vulnerability", "end-of-life", "superseded", "unused", "other"] | None = Field(
        None, description="Why it is deprecated."
    )
    details: str = Field("", description="More on why, for the pull request.", examples=["TEXT"])
    allow_dependents: bool = Field(False, description="Go on where assets depend on it; the pull request lists them.")

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if self.delete_on and self.in_months:
            raise ValueError("delete-on and in-months exclude each other")
        return self


class Outputs(proposals.ProposalOutputs):
    """What deprecate-pr did."""

    delete_on: str = Field("", description="The day of the tag DeleteOn, YYYY-MM-DD.")


def run(inputs: Inputs) -> Outcome:
    """Read the base, check the request, make the edit, propose it."""
    try:
        repository, base, source = proposal_branch.read_base(inputs)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    asset = request.find(source.catalog, inputs.asset, "the asset to deprecate")
    topic = Topic(VERB, inputs.asset)
    day = inputs.delete_on or _proposed_day(repository, inputs, topic, asset)
    asked = request.check(
        source.catalog,
        asset,
        inputs.replacement,
        day,
        Reason(inputs.reason) if inputs.reason else None,
        inputs.details,
        allow_dependents=inputs.allow_dependents,
    )
    warnings = [warning] if (warning := dates.check(day, inputs.today)) else []
    edits = deprecate(asset, asked.notice)
    request.check_alone(source.catalog, asset, edits)
    proposal = _proposal(asked, topic, base, source, edits)
    facts = {
        "asset": asset.id,
        "replacement": asked.replacement.id,
        "delete_on": str(day),
        "dependents": list(dict.fromkeys(user.id for user in asked.dependents)),
        "files": sorted(edits),
    }
    return pull_requests.settle(repository.root, inputs, proposal, facts, warnings, Outputs, delete_on=str(day))


def _proposed_day(repository: Repository, inputs: Inputs, topic: Topic, asset: Asset) -> date:
    """The day where none is given: the one that stands in the asset, or is proposed for it, already."""
    if inputs.in_months is None:
        tip = proposal_branch.find(repository.root, inputs, branch_of(topic))
        proposed = repository.catalog(git.commit_tree_of(repository.root, tip)).assets if tip else []
        for one in (asset, *proposed):
            if one.id == asset.id and isinstance(day := delete_on(one), date):
                return day
    return dates.in_months(inputs.today, inputs.in_months or USUAL_MONTHS)


def _proposal(asked: Request, topic: Topic, base: Base, source: Source, edits: Mapping[str, bytes]) -> Proposal:
    entries = source.catalog.tree.entries
    blobs = {blob_id(content, len(entries[path].blob)): content for path, content in edits.items()}
    return Proposal(
        topic,
        base.branch,
        base.commit,
        {path: Entry(entries[path].mode, blob) for path, blob in zip(edits, blobs, strict=True)},
        blobs,
        f"Deprecate {asked.asset.id}: use {asked.notice.replacement} instead",
        deprecation_text(asked, base.branch, remove_on_date=source.settings.remove_on_date),
    )
