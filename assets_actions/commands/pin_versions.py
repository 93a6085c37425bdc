"""Resolve template tags to image tags and package versions.

Looks at the template files of all environments in the working tree, or at the files that are named. Each name is looked
up once, in its container registry or package index; with --pins nothing is looked up. With --write, puts what the tags
resolve to into the files; with --pins-out, into a pins file for build, test and release. All of them or, where one tag
cannot be resolved, none: exits with 1 then, or with 2 where a server or a login failed.

Registries are those that the settings allow (`images.hosts`); in a workflow run of a pull request, the settings of its
base. Logins come from Docker's configuration, or from the variable ASSETS_ACTIONS_LOGIN_<HOST> as `user:password`.

examples:
  assets-actions pin-versions --pins-out pins.json
  assets-actions pin-versions --pins pins.json --write
  assets-actions pin-versions --check
  assets-actions pin-versions --write /tmp/context/Dockerfile
  assets-actions pin-versions --as-of 2026-07-23T19:40:00Z --only packages
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, model_validator

from assets_actions import worktree
from assets_actions.assets.tree import Tree
from assets_actions.errors import ExitCode
from assets_actions.registries.pins_file import PinsFile
from assets_actions.release.content import CODEC
from assets_actions.report.pins import PinsReport
from assets_actions.rules.policy import parse_age, parse_time
from assets_actions.rules.registry import Severity
from assets_actions.templates.moves import Before, moves
from assets_actions.templates.pins import Pins, Resolution

from . import inputs as common
from .base import Outcome, Repository, broken, open_repository
from .pins import pinning, template_files
from .pins.template_files import Places, TemplateFile


class Inputs(common.RepositoryInputs):
    """What pin-versions reads, how it looks up, and what it writes."""

    files: list[str] = Field(
        [],
        description="Resolve the tags in these files, wherever they lie. Default: in the template files of all assets.",
        examples=["FILE"],
        json_schema_extra={"positional": True},
    )
    pins: Path | None = Field(
        None, description="Resolve template tags from this pins file, without a network.", examples=["FILE"]
    )
    write: bool = Field(False, description="Write what the tags resolve to into the files.")
    pins_out: Path | None = Field(None, description="Write the pins to this file.", examples=["FILE"])
    check: bool = Field(False, description="Fail where a pin is not the one of the release branch.")
    diff: bool = Field(False, description="Show what resolving the tags changes in the files.")
    dry_run: bool = Field(False, description="With --write or --pins-out: show what would be, and write nothing.")
    only: Literal["images", "packages"] | None = Field(None, description="Resolve tags of this kind alone.")
    update_only: list[str] = Field(
        [],
        description="Look up this image or package; for all others keep the pins of the release branch.",
        examples=["NAME"],
    )
    minimum_age: Annotated[timedelta, PlainValidator(parse_age), WithJsonSchema({"type": "string"})] | None = Field(
        None, description="Leave out what was published later than so long ago: 12h, 3d, 2w.", examples=["AGE"]
    )
    as_of: Annotated[datetime, PlainValidator(parse_time), WithJsonSchema({"type": "string"})] | None = Field(
        None, description="Look up as on that day, or at that time: leave out what came later.", examples=["TIME"]
    )
    cache: Path | None = Field(
        None,
        description="Keep answers of servers in this directory; they are asked whether these still hold.",
        examples=["DIR"],
    )
    settings_from: str | None = Field(
        None,
        description="Take the settings from this commit. Default: in a workflow run of a pull request, its base.",
        examples=["REV"],
    )
    remote: str = Field("origin", description="The remote that has the release branch.", examples=["NAME"])

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        looks_up = [name for name in ("as_of", "minimum_age", "cache") if getattr(self, name) is not None]
        if self.pins and (looks_up or self.update_only):
            raise ValueError("--as-of, --minimum-age, --cache and --update-only are for look-ups; --pins makes none")
        if self.files and (self.check or self.update_only):
            raise ValueError("--check and --update-only look at the assets of a repository, not at some files")
        if self.dry_run and not (self.write or self.pins_out):
            raise ValueError("--dry-run goes with --write or --pins-out; nothing else is written")
        return self


class Outputs(BaseModel):
    """What pin-versions resolved."""

    template_tags: int = Field(0, description="Number of template tags that were resolved.")
    pins: int = Field(0, description="Number of different names they ask for.")
    unresolved: int = Field(0, description="Number of template tags that could not be resolved.")
    moved: int = Field(0, description="Number of pins that are not those of the release branch, where it is known.")
    files: list[str] = Field([], description="The files that were written, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Resolve all, then write all or nothing."""
    repository = open_repository(inputs, needs_git=False)
    tree = repository.working_tree() if repository.in_git or not inputs.files else Tree({}, lambda *_: iter(()))
    settings = pinning.settings(repository, tree, inputs.settings_from, inputs.remote, looks_up=not inputs.pins)
    before: Before | None = None
    if inputs.files:
        files = template_files.named(inputs.files)
    else:
        catalog = repository.catalog(tree)
        if unreadable := broken(catalog):
            return Outcome(unreadable, Outputs(), ExitCode.FOUND)
        texts = tree.read(path for asset in catalog.assets for path in asset.texts)
        files = template_files.of_assets(catalog.assets, texts)
        needed = inputs.check or bool(inputs.update_only)
        before = pinning.released(repository, catalog, texts, inputs.remote, settings.release_branch, needed=needed)
    wanted = template_files.wanted(files, kinds := template_files.KINDS[inputs.only])
    if inputs.pins:
        asked = {tag.wanted for file in files for tag in file.all_tags if isinstance(tag.wanted, kinds)}
        found = Resolution(PinsFile(inputs.pins).resolve(asked))
    else:
        kept = pinning.kept(before or {}, wanted, inputs.update_only) if inputs.update_only else Pins()
        cache = pinning.cache(repository, inputs.cache)
        found = pinning.look_up(wanted, kept, settings, cache, inputs.as_of, inputs.minimum_age)
    return _outcome(inputs, repository, files, wanted, found, before)


def _outcome(
    inputs: Inputs,
    repository: Repository,
    files: list[TemplateFile],
    wanted: Places,
    found: Resolution,
    before: Before | None,
) -> Outcome:
    moved = None if before is None else moves(found.pins, before, found.offers)
    errors = template_files.malformed(files) + template_files.unresolved(wanted, found, offline=inputs.pins is not None)
    if inputs.check and moved:
        told = {one: move.told for one, move in moved.items() if one in wanted}
        errors += template_files.at_first(wanted, "pin-moved", Severity.ERROR, told)
    findings = errors + template_files.at_first(wanted, "archived-package", Severity.WARNING, found.warnings)
    pinned = {file: file.applied(found.pins) for file in files}
    written = {} if errors else {file.target: new.text for file, new in pinned.items() if new.tags}
    writes = inputs.write and not inputs.dry_run and not errors
    if writes:
        worktree.write(repository.root, {target: text.encode(*CODEC) for target, text in written.items()})
    note = (
        pinning.write(inputs.pins_out, found.pins, dry_run=inputs.dry_run) if inputs.pins_out and not errors else None
    )
    report = PinsReport(
        template_files.resolved(pinned),
        sorted(findings, key=lambda finding: finding.place),
        "written" if writes else "nothing written",
        moved,
        template_files.changes(pinned) if inputs.diff or (inputs.write and inputs.dry_run) else None,
    )
    outputs = Outputs(
        template_tags=len(report.resolved),
        pins=len(report.places),
        unresolved=report.unresolved,
        moved=len(moved or {}),
        files=sorted(written) if writes else [],
    )
    unresolved = ExitCode.USAGE if found.failed_outside else ExitCode.FOUND
    return Outcome(report, outputs, unresolved if errors else ExitCode.FINE, note)
