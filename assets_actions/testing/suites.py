"""The suites to run: which tests, where, and in which environment."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import Pytest
from assets_actions.assets.document import Document, Place, read_text
from assets_actions.assets.tree import Kind, Target
from assets_actions.rules.registry import Finding, Severity

from .requirements import Flat, Requirements, flatten, read

GROUP = "test"
MISCONFIGURED = "test-misconfigured"
NOT_TESTED = "not tested: `test.pytest.enabled` is not true in its asset config"


def config(asset: Asset) -> Pytest | None:
    """What the asset config says of the asset's tests, where it has them run."""
    test = asset.config.model.test if asset.config.model else None
    return test.pytest if test and test.pytest and test.pytest.enabled else None


def is_tested(asset: Asset) -> bool:
    """Whether the asset has tests that are to be run."""
    return config(asset) is not None


@dataclass(frozen=True)
class Declared:
    """What an asset declares of its tests: where they are and what they need, all of it in the repository.

    `problems` are findings that say what is not; nothing can be run then.
    """

    asset: Asset
    tests: str
    requirements: Requirements
    conda: Document | None
    problems: Sequence[Finding]

    @property
    def documents(self) -> list[Document]:
        """The files in which template tags are resolved."""
        return [*(document for document, _ in self.requirements.files), *([self.conda] if self.conda else [])]


def declared(asset: Asset) -> Declared:
    """What a tested asset declares. Reads the files that it names."""
    pytest = config(asset)
    assert pytest
    problems: list[Finding] = []
    tests = _target(asset, "tests_dir", problems) if pytest.tests_dir != "." else asset.directory
    requirements, conda = Requirements(), None
    if pytest.pip_requirements and pytest.conda_environment:
        message = "`pip_requirements` and `conda_environment` exclude each other"
        problems.append(_problem(asset, asset_place(asset, "pip_requirements"), message))
    elif pytest.pip_requirements and _target(asset, "pip_requirements", problems):
        requirements = read(asset.tree, asset.directory, pytest.pip_requirements)
    elif pytest.conda_environment and (path := _target(asset, "conda_environment", problems)):
        conda = read_text(path, next(asset.tree.stream([path], None)))
        if conda.problem:
            place = asset_place(asset, "conda_environment")
            problems.append(_problem(asset, place, f"`{path}` {conda.problem.message}"))
    problems += [
        _problem(asset, one.document.place(one.span.start, one.span.stop), one.message) for one in requirements.problems
    ]
    return Declared(asset, tests or "", requirements, conda, problems)


def asset_place(asset: Asset, key: str) -> Place:
    """Where a key of `test.pytest` stands; where the asset config lacks it, `pytest`."""
    document = asset.config.document
    return document.place(*document.locate("test", "pytest", key))


def environment_place(asset: Asset) -> Place:
    """Where the asset config says what its tests need."""
    pytest = config(asset)
    return asset_place(asset, "conda_environment" if pytest and pytest.conda_environment else "pip_requirements")


def _target(asset: Asset, key: str, problems: list[Finding]) -> str | None:
    """The path that a key leads to; None, and one more problem, where it leads to nothing in the repository."""
    target: Target = next(one.target for one in asset.references if one.keys == ("test", "pytest", key))
    wanted = (Kind.FILE, Kind.DIRECTORY) if key == "tests_dir" else (Kind.FILE,)
    if target.kind in wanted:
        return target.path
    text = getattr(config(asset), key)
    outside = target.kind is Kind.OUTSIDE
    why = "leads out of the repository" if outside else f"names no {' or '.join(wanted)} of the repository"
    problems.append(_problem(asset, asset_place(asset, key), f"`{text}` {why}"))
    return None


def _problem(asset: Asset, place: Place, message: str) -> Finding:
    return Finding(MISCONFIGURED, GROUP, Severity.ERROR, message, asset.id, place)


@dataclass(frozen=True)
class Need:
    """What an environment for tests holds: requirements, or what a conda environment's file says; and ours.

    `directory` is where relative paths in it lead from; empty where it has none, so that others can share it.
    """

    requirements: Flat
    conda: str | None
    ours: tuple[str, ...]
    directory: str

    @cached_property
    def digest(self) -> str:
        """The same for the same needs alone."""
        parts = [self.conda or "", *self.requirements[:2], " ".join(self.ours), self.directory]
        kind = "pip" if self.conda is None else "conda"
        # Lengths before the parts: no two lists of parts come to the same bytes.
        text = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def may_be_kept(self) -> bool:
        """Whether another run may use it: not where what it holds may change though its text does not."""
        return not self.requirements.is_local


@dataclass(frozen=True)
class Suite:
    """Tests that are run at once, for the assets that have them; in the folder of the first."""

    assets: tuple[Asset, ...]
    tests: str
    need: Need
    files: tuple[str, ...]
    """The files that say what it needs."""

    @property
    def asset(self) -> Asset:
        """The asset whose folder is the working directory."""
        return self.assets[0]

    @property
    def directory(self) -> str:
        """The working directory, in the repository."""
        return self.asset.directory

    @property
    def name(self) -> str:
        """The ids of its assets."""
        return ", ".join(id_of(asset) for asset in self.assets)


def id_of(asset: Asset) -> str:
    """An asset's id; one that has none is not released, and not tested either."""
    assert asset.id
    return asset.id


def file_name(asset: Asset) -> str:
    """What the files of an asset's results are called: `type-name`, as any file system takes it."""
    return id_of(asset).replace("/", "-")


def group(every: Iterable[Declared], texts: Mapping[str, str], ours: tuple[str, ...], root: str) -> list[Suite]:
    """The suites of some assets, in their order: those with the same tests and the same needs share one.

    `texts` has the documents' texts by path, with template tags resolved; `ours` is what we need beside them;
    `root` is the address of the repository's directory.
    """
    suites: dict[tuple[str, str], list[Declared]] = {}
    needs: dict[str, Need] = {}
    for one in every:
        flat = flatten(one.requirements, texts, root)
        conda = texts[one.conda.path] if one.conda else None
        need = Need(flat, conda, ours, one.asset.directory if flat.is_local else "")
        needs[need.digest] = need
        suites.setdefault((one.tests, need.digest), []).append(one)
    return [
        Suite(tuple(one.asset for one in same), tests, needs[digest], tuple(d.path for d in same[0].documents))
        for (tests, digest), same in suites.items()
    ]
