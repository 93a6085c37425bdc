"""A plan in a file: one job decides, another carries out exactly that."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from assets_actions.commands import json_files
from assets_actions.errors import UserError
from assets_actions.release.differences import labels_of
from assets_actions.release.plan import Plan
from assets_actions.release.released import Release
from assets_actions.templates.pins import Pins

CommitId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class PlanFile(BaseModel):
    """What a plan is made from, what it releases (as type/name/version), and a digest of it.

    Beside these stands what detect-changes shows as JSON.
    """

    schema_version: Literal[1] = 1
    source: CommitId
    release: CommitId | None
    release_branch: str
    assets_dirs: list[str]
    rebuild: list[str]
    pins: Pins
    released: list[str]
    digest: str = Field(min_length=1)

    def is_begun(self, release: Release) -> bool:
        """Whether the last release carried out this plan, or the part of it whose images were built by then."""
        return release.records.plan == self.digest

    def still_to_rebuild(self, release: Release) -> list[str]:
        """What the plan rebuilds, without what an earlier run of it has rebuilt already."""
        if not self.is_begun(release):
            return self.rebuild
        labels = labels_of(release, [id_ for id_ in self.rebuild if id_ in release.assets])
        done = {id_ for id_, label in labels.items() if f"{id_}/{label.version}" in self.released}
        return [id_ for id_ in self.rebuild if id_ not in done]

    def check_release(self, release: Release) -> None:
        """Raise UserError where the release branch is neither the one that the plan was made for, nor what it made."""
        if release.commit != self.release and not self.is_begun(release):
            was, now = ((commit or "not there")[:12] for commit in (self.release, release.commit))
            message = f"the branch `{self.release_branch}` has moved since the plan was made: it was {was}, it is {now}"
            raise UserError(message, fix="plan again: detect-changes --plan-out")

    def check(self, plan: Plan, release: Release) -> None:
        """Raise UserError where this plan is not the one in the file; where that is begun, not the rest of it."""
        is_rest = self.is_begun(release) and {one.tag for one in plan.released} <= {*self.released}
        if plan.digest != self.digest and not is_rest:
            message = (
                "the plan is not what a release would do now: tags, settings or the version of this tool have changed"
            )
            raise UserError(message, fix="plan again: detect-changes --plan-out")


def read(path: Path) -> PlanFile:
    """Raises UserError where the file holds no plan."""
    return json_files.read(path, PlanFile, "a plan", "give the file that detect-changes --plan-out wrote")


def write(path: Path, file: PlanFile, shown: dict[str, Any]) -> None:
    """Write a plan; `shown` is the JSON of it that scripts rely on."""
    path.write_text(json.dumps({**shown, **file.model_dump(mode="json")}, indent=2) + "\n", encoding="utf-8")
