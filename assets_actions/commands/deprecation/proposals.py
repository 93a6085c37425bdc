"""What commands share that propose a change to people: their inputs, and what becomes of a proposal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema

from assets_actions.commands.inputs import AUTHOR_EMAIL, AUTHOR_NAME, ReleaseInputs
from assets_actions.deprecation import dates
from assets_actions.errors import UserError
from assets_actions.github.pull_requests import PullRequest


def _read_day(text: str) -> date:
    """A day that was given; raises ValueError, from which the inputs tell which of them is none."""
    try:
        return dates.read_day(text)
    except UserError as error:
        raise ValueError(f"{error.message}; {error.fix}") from None


Day = Annotated[date, PlainValidator(_read_day), WithJsonSchema({"type": "string"})]


class ProposalInputs(ReleaseInputs):
    """What every command reads that opens pull requests."""

    base: str | None = Field(
        None, description="The branch to change. Default: the default branch of the remote.", examples=["BRANCH"]
    )
    pr: bool = Field(
        True, description="Push the branch and open the pull request; without, commit to a branch here, of HEAD."
    )
    reopen: bool = Field(False, description="Propose it again where the pull request for it was closed.")
    draft: bool = Field(False, description="Open the pull request as a draft.")
    label: list[str] = Field([], description="A label of the pull request.", examples=["NAME"])
    reviewer: list[str] = Field([], description="Who is asked to review: a login, or org/team.", examples=["NAME"])
    assignee: list[str] = Field([], description="Who the pull request is assigned to.", examples=["NAME"])
    dry_run: bool = Field(False, description="Show the difference and the pull request's text, and write nothing.")
    as_of: Day | None = Field(None, description="Take this day, YYYY-MM-DD, for today.", examples=["DAY"])
    author_name: str | None = AUTHOR_NAME
    author_email: str | None = AUTHOR_EMAIL

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.as_of or datetime.now(tz=UTC).date()


class ProposalOutputs(BaseModel):
    """What came of a proposal."""

    pull_request: str = Field("", description="The number of the pull request; empty where there is none.")
    url: str = Field("", description="The page of the pull request.")
    branch: str = Field("", description="The branch that the change is on.")
    proposed_commit: str = Field("", description="Id of the commit on it.")
    changed: bool = Field(False, description="Whether the run changed anything: true or false.")

    @classmethod
    def of(cls, done: "Done", **more: Any) -> Self:
        """The outputs for what was done."""
        pull = done.pull
        number, url = (str(pull.number), pull.url) if pull else ("", "")
        values = {"branch": done.branch, "proposed_commit": done.commit or "", "changed": done.changed}
        return cls.model_validate({**values, "pull_request": number, "url": url, **more})


class Done(NamedTuple):
    """What became of a proposal."""

    branch: str
    commit: str | None
    pull: PullRequest | None
    outcome: str
    changed: bool
    warnings: Sequence[str] = ()
