"""The assets of the working tree that are built or tested: those that are named, else what a release would release."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field

from assets_actions import git, terminal
from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.model import suggestion
from assets_actions.errors import UserError
from assets_actions.release.content import Content, pinned
from assets_actions.release.planner import make_plan
from assets_actions.settings import Settings, find_ignored
from assets_actions.templates.pins import Pins

from . import inputs as common
from . import recorded
from .base import Repository, broken
from .pins import resolving, template_files
from .release import release_branch
from .release.sources import CannotPlanError

LONGEST = 7 * 24 * 60
"""Minutes that a time limit may give: far more than a job may take, and few enough for every clock and connection."""


class ChoiceInputs(common.ReleaseInputs):
    """What a command reads that works on some assets of the working tree."""

    asset: list[str] | None = Field(
        None,
        description="This asset, as type/name; may be given several times. Default: what a release would release.",
        examples=["ID"],
    )
    every: bool = Field(False, description="All assets, changed or not.")
    pins: Path | None = Field(
        None,
        description="Resolve template tags from this pins file, without a network. Default: look them up.",
        examples=["FILE"],
    )
    fetch: bool = common.FETCH


@dataclass(frozen=True)
class Chosen:
    """Some assets, with template tags resolved, in the order of their paths.

    `versions`: what a release would make of them, by id, where that was asked.
    """

    contents: list[Content]
    settings: Settings
    versions: Mapping[str, str]
    pins: Pins


def find(
    repository: Repository, inputs: ChoiceInputs, fits: Callable[[Asset], bool], what: str, *, versions: bool = False
) -> Chosen:
    """The chosen assets among those that fit; `what` says what one that does not is not. `versions`: they are needed.

    Raises UserError where one that is named is not there, or does not fit; CannotPlanError where assets cannot be read
    or a template tag not be resolved.
    """
    catalog = read(repository)
    tree = catalog.tree
    named = _named(catalog, inputs, fits, what)
    texts = tree.read(path for asset in catalog.assets for path in asset.texts)
    settings = repository.settings(tree)
    if named is not None and not versions:
        pins = _pins(repository, inputs, named, catalog, texts)
        return Chosen([pinned(asset, texts, pins) for asset in named], settings, {}, pins)
    pins = _pins(repository, inputs, catalog.assets, catalog, texts)
    released = _released(repository, inputs, catalog, settings, pins)
    assets = [asset for asset in catalog.assets if asset.id in released and fits(asset)] if named is None else named
    return Chosen([pinned(asset, texts, pins) for asset in assets], settings, released, pins)


def read(repository: Repository) -> Catalog:
    """The assets of the working tree. Raises CannotPlanError where one cannot be read."""
    tree = repository.working_tree(blobs=True)
    if repository.in_git:
        tree = recorded.as_recorded(repository.root, tree)
    catalog = repository.catalog(recorded.with_blobs(tree))
    if unreadable := broken(catalog):
        raise CannotPlanError(unreadable)
    return catalog


def choose(
    repository: Repository, inputs: ChoiceInputs, catalog: Catalog, fits: Callable[[Asset], bool]
) -> tuple[list[Asset], Pins]:
    """The assets that are named, whatever they are; else those that fit, all or what a release would release of them.

    With the pins that had to be known to tell. Raises UserError where one that is named is not there, CannotPlanError
    where a template tag cannot be resolved.
    """
    by_name = inputs.asset is not None and not inputs.every
    if (named := _named(catalog, inputs, lambda asset: by_name or fits(asset), "")) is not None:
        return named, resolving.NONE
    # An asset is compared with its own release alone, so that of the others no template tag has to be looked up.
    fitting = replace(catalog, assets=[asset for asset in catalog.assets if fits(asset)])
    texts = catalog.tree.read(path for asset in fitting.assets for path in asset.texts)
    pins = _pins(repository, inputs, fitting.assets, catalog, texts)
    released = _released(repository, inputs, fitting, repository.settings(catalog.tree), pins)
    return [asset for asset in fitting.assets if asset.id in released], pins


def _named(catalog: Catalog, inputs: ChoiceInputs, fits: Callable[[Asset], bool], what: str) -> list[Asset] | None:
    """The assets that are asked for by name, or all; None where a release tells which."""
    if inputs.every:
        return [asset for asset in catalog.assets if fits(asset)]
    if inputs.asset is None:
        return None
    by_id = {asset.id: asset for asset in catalog.assets}
    wrong = []
    for id_ in dict.fromkeys(inputs.asset):
        if id_ not in by_id:
            wrong.append(f"there is no asset `{id_}`{suggestion(id_, sorted(filter(None, by_id)))}")
        elif not fits(by_id[id_]):
            wrong.append(f"`{id_}` is {what}")
    if wrong:
        raise UserError("; ".join(wrong), fix="name others with --asset")
    return [asset for asset in catalog.assets if asset.id in inputs.asset]


def _pins(
    repository: Repository,
    inputs: ChoiceInputs,
    assets: list[Asset],
    catalog: Catalog,
    texts: Mapping[str, bytes],
) -> Pins:
    """The pins for the template tags of some assets. Raises CannotPlanError with all that cannot be resolved."""
    files = template_files.of_assets(assets, texts)
    return resolving.resolve(repository, inputs.pins, inputs.remote, files, catalog.tree, len(assets))


def _released(
    repository: Repository, inputs: ChoiceInputs, catalog: Catalog, settings: Settings, pins: Pins
) -> dict[str, str]:
    """What a release of the working tree would release: id → version."""
    branch = inputs.release_branch or settings.release_branch
    with terminal.working(f"Asking {inputs.remote} for what is released"):
        release = release_branch.read(repository.root, inputs.remote, branch, catalog.assets, fetch=inputs.fetch)
    ignored = find_ignored(catalog.tree)
    plan = make_plan(git.NO_OBJECT, catalog, release, pins, ignored=ignored, removals=settings.release_removals)
    return {one.id: one.version or "" for one in plan.released}
