"""Resolve the template tags in build contexts to image tags and package versions.

Looks at the template files of all environments in the working tree. With --write, puts what the tags resolve to into
the files, all of them or, where one tag cannot be resolved, none; else only checks that all can be. Exits with 1 where
one cannot.

examples:
  assets-actions pin-versions --pins pins.json --check
  assets-actions pin-versions --pins pins.json --write
"""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from assets_actions import worktree
from assets_actions.assets.document import Place
from assets_actions.assets.tree import below
from assets_actions.errors import ExitCode
from assets_actions.registries.pins_file import PinsFile
from assets_actions.release.content import ResolvedTag, pinned
from assets_actions.release.planner import wanted
from assets_actions.report.pins import PinsReport
from assets_actions.rules.registry import Finding

from . import inputs as common
from .base import Outcome, broken, open_repository
from .planning import unresolved_finding


class Inputs(common.RepositoryInputs):
    """What pin-versions reads, and whether it writes."""

    pins: Path = Field(description="Resolve template tags from this pins file, without a network.", examples=["FILE"])
    check: bool = Field(
        False, description="Check that every template tag can be resolved, and write nothing (the default)."
    )
    write: bool = Field(False, description="Write what the tags resolve to into the files.")
    dry_run: bool = Field(False, description="With --write: show what would be written, and write nothing.")

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if self.check and self.write:
            raise ValueError("--check and --write exclude each other")
        return self


class Outputs(BaseModel):
    """What pin-versions resolved."""

    template_tags: int = Field(0, description="Number of template tags that were resolved.")
    pins: int = Field(0, description="Number of different names they ask for.")
    unresolved: int = Field(0, description="Number of template tags that could not be resolved.")
    files: list[str] = Field([], description="The files that were written, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Resolve all, then write all or nothing."""
    repository = open_repository(inputs, needs_git=False)
    catalog = repository.catalog(repository.working_tree())
    if unreadable := broken(catalog):
        return Outcome(unreadable, Outputs(), ExitCode.FOUND)
    texts = catalog.tree.read(path for asset in catalog.assets for path in asset.texts)
    pins = PinsFile(inputs.pins).resolve(wanted(catalog))
    resolved: dict[Place, ResolvedTag] = {}
    findings: dict[Place, Finding] = {}
    written: dict[str, bytes] = {}
    for asset in catalog.assets:
        made = pinned(asset, texts, pins)
        findings |= {tag.place: unresolved_finding(tag) for tag in made.unresolved}
        for path, tags in made.resolved.items():
            written[below(asset.root, path)] = made.new_blobs[made.entries[path].blob]
            resolved |= {tag.place: tag for tag in tags}
    writes = inputs.write and not inputs.dry_run and not findings
    if writes:
        worktree.write(repository.root, written)
    report = PinsReport(list(resolved.values()), list(findings.values()), "written" if writes else "nothing written")
    outputs = Outputs(
        template_tags=len(resolved),
        pins=len(report.places),
        unresolved=len(findings),
        files=sorted(written) if writes else [],
    )
    return Outcome(report, outputs, ExitCode.FOUND if findings else ExitCode.FINE)
