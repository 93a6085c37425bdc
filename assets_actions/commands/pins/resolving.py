"""Resolve the template tags of some files of the working tree: from a pins file, or by look-ups."""

from collections.abc import Sequence
from pathlib import Path

from assets_actions.assets.tree import Tree
from assets_actions.commands.base import Repository
from assets_actions.commands.release.sources import CannotPlanError
from assets_actions.errors import ExitCode
from assets_actions.registries.pins_file import PinsFile
from assets_actions.report.findings import FindingsReport
from assets_actions.templates.pins import Pins, Resolution

from . import pinning, template_files
from .template_files import TemplateFile

NONE = Pins()


def resolve(
    repository: Repository,
    pins: Path | None,
    remote: str,
    files: Sequence[TemplateFile],
    tree: Tree,
    assets: int,
    known: Pins = NONE,
) -> Pins:
    """The pins for the template tags of some files, of so many assets; what is `known` is not looked up again.

    Where a pins file is given, from that alone; where no file has a template tag, without any look-up. Raises
    CannotPlanError with all that cannot be resolved.
    """
    places = template_files.wanted(files, template_files.KINDS[None])
    if pins:
        asked = {tag.wanted for file in files for tag in file.all_tags if tag.wanted}
        found = Resolution(PinsFile(pins).resolve(asked))
    elif places:
        settings = pinning.settings(repository, tree, None, remote, looks_up=True)
        found = pinning.look_up(places, known, settings, None, None, None)
    else:
        found = Resolution(NONE)
    errors = template_files.malformed(files)
    errors += template_files.unresolved(places, found, offline=pins is not None)
    if errors:
        report = FindingsReport(assets, sorted(errors, key=lambda finding: finding.place))
        raise CannotPlanError(report, ExitCode.USAGE if found.failed_outside else ExitCode.FOUND)
    return found.pins
