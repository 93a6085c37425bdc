"""A plan in a file: one job decides, another carries out exactly that."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from assets_actions.errors import UserError
from assets_actions.release.plan import Plan
from assets_actions.release.released import Release
from assets_actions.templates.pins import Pins

from . import json_files

CommitId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class PlanFile(BaseModel):
    """What a plan is made from, and a digest of it. Beside these stands what detect-changes shows as JSON."""

    schema_version: Literal[1] = 1
    source: CommitId
    release: CommitId | None
    release_branch: str
    assets_dirs: list[str]
    rebuild: list[str]
    pins: Pins
    digest: str = Field(min_length=1)

    def check_release(self, release: Release) -> None:
        """Raise UserError where the release branch is not the one that the plan was made for."""
        if release.commit != self.release:
            was, now = ((commit or "not there")[:12] for commit in (self.release, release.commit))
            message = f"the branch `{self.release_branch}` has moved since the plan was made: it was {was}, it is {now}"
            raise UserError(message, fix="plan again: detect-changes --plan-out")

    def check(self, plan: Plan) -> None:
        """Raise UserError where this plan is not the one in the file."""
        if plan.digest != self.digest:
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
