"""Remove a deprecated asset: open the pull request that takes its files away.

From the branch that is released from, with the files that nothing else uses, once the deprecated version is released
(with the setting `remove_on_date: true`, on the day of its tag DeleteOn), and never while other assets depend on it.
The next release takes it from the release branch; with the setting `release_removals: false` another pull request does,
which this command opens when it is run again. Running it again brings the same branch and pull request up to date.

examples:
  assets-actions remove-pr --asset environment/sklearn-1.5 --dry-run
  assets-actions remove-pr --asset environment/sklearn-1.5 --reviewer octo-org/ml-platform
"""

from pydantic import Field

from assets_actions.assets.model import suggestion
from assets_actions.deprecation.lifecycle import Standing
from assets_actions.errors import UserError
from assets_actions.report.proposal import ProposalReport

from .base import Outcome
from .deprecation import proposal_branch, proposals, pull_requests
from .deprecation.deprecated import Known
from .release.sources import CannotPlanError


class Inputs(proposals.ProposalInputs):
    """What remove-pr reads: what to remove, and how to propose it."""

    asset: str = Field(description="The asset to remove, as type/name.", examples=["ID"])


class Outputs(proposals.ProposalOutputs):
    """What remove-pr did."""


def run(inputs: Inputs) -> Outcome:
    """Tell how the asset stands; where its removal is due, propose it."""
    try:
        repository, base, source = proposal_branch.read_base(inputs)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    known = Known(repository, inputs, base, source)
    one = _find(known, inputs.asset)
    facts = {"asset": one.id, "stage": one.stage}
    if one.step is None:
        return _nothing(one, "it is removed already", facts)
    if not one.is_due and one.step == "remove-released":
        return _nothing(one, f"waits for {one.waits_for}", facts)
    if not one.is_due:
        raise UserError(f"`{one.id}` is not to be removed yet: it waits for {one.waits_for}")
    proposal = known.removal(one)
    return pull_requests.settle(
        repository.root, inputs, proposal, {**facts, "files": sorted(proposal.edits)}, (), Outputs
    )


def _nothing(one: Standing, why: str, facts: dict[str, str]) -> Outcome:
    told = {**facts, "branch": "", "commit": None, "pull_request": None, "changed": False}
    return Outcome(ProposalReport(f"Remove {one.id}", f"nothing to do: {why}", facts=told), Outputs())


def _find(known: Known, id_: str) -> Standing:
    by_id = {one.id: one for one in known.standings()}
    if id_ in by_id:
        return by_id[id_]
    if any(asset.id == id_ for asset in known.source.catalog.assets):
        raise UserError(f"`{id_}` is not deprecated", fix="deprecate it first: assets-actions deprecate-pr")
    raise UserError(f"there is no deprecated asset `{id_}`{suggestion(id_, sorted(by_id))}", fix="name it type/name")
