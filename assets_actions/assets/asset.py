"""An asset: its documents, the paths they name, and the files that a release of it carries."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

from .config import (
    AUTO,
    EXCLUDE,
    EXTRA_CONFIGS,
    TEMPLATE_TAG,
    AnyConfig,
    AssetConfig,
    AssetType,
    EnvironmentConfig,
    LocalPath,
    ModelConfig,
    StorageConfig,
)
from .dependencies import Dependency, dependencies
from .document import Document, KeyPath, Place
from .model import Loaded, Section
from .spec import SPECS, Spec
from .tree import Kind, Target, Tree, below, common_directory, is_remote

ASSET_CONFIG = "asset.yaml"
USUAL_SPEC = "spec.yaml"
DESCRIPTION_FILE = "description.md"
M = TypeVar("M", bound=Section)
DATA_KINDS = {"uri_file": Kind.FILE, "uri_folder": Kind.DIRECTORY}


@dataclass(frozen=True, eq=False)
class Reference:
    """A path that a document names: where (a path of keys), as written, and what it must lead to.

    `wanted` is None where a file and a directory will both do; `released` tells whether the asset's release carries
    what the path leads to.
    """

    document: Document
    keys: KeyPath
    text: str
    wanted: Kind | None
    released: bool
    tree: Tree
    base: str
    """The directory that the path is relative to."""

    @cached_property
    def target(self) -> Target:
        """Where the path leads."""
        return self.tree.resolve(self.base, self.text)


class Identity(NamedTuple):
    """What other assets see of one: the properties of `Asset` of the same names."""

    type: AssetType | None
    name: str | None
    version: str | None
    is_loaded: bool
    dependencies: Sequence[Dependency]


@dataclass(frozen=True, eq=False)
class Asset:
    """One `asset.yaml` and what it leads to, in one state of the repository."""

    tree: Tree
    path: str
    """The asset config's path."""

    @cached_property
    def config(self) -> Loaded[AssetConfig]:
        """The asset config."""
        return Loaded(self.tree, self.path, AssetConfig)

    @cached_property
    def spec(self) -> Loaded[Spec] | None:
        """The spec, where the asset config can be read and names a file."""
        return self._named("spec", SPECS.get(self.config.model.type, Spec)) if self.config.model else None

    @cached_property
    def extra(self) -> Loaded[Section] | None:
        """What the asset config names as its extra config, likewise: an environment's is its environment config."""
        kind = EXTRA_CONFIGS.get(self.config.model.type, AnyConfig) if self.config.model else None
        return self._named("extra_config", kind) if kind else None

    def _named(self, key: str, kind: type[M]) -> Loaded[M] | None:
        text: str | None = getattr(self.config.model, key)
        target = self.tree.resolve(self.directory, text) if text else None
        return Loaded(self.tree, target.path, kind) if target and target.kind is Kind.FILE else None

    @cached_property
    def directory(self) -> str:
        """The folder of the asset config: what the paths in it are relative to."""
        return posixpath.dirname(self.path)

    @cached_property
    def documents(self) -> list[Loaded[Any]]:
        """The asset's own YAML files, those that could not be read as well."""
        return [d for d in (self.config, self.spec, self.extra) if d is not None]

    @cached_property
    def is_loaded(self) -> bool:
        """Whether every document of the asset could be read as what it should be, and it has a name and a version."""
        readable = self.spec is not None and all(d.model is not None for d in self.documents)
        return readable and self.id is not None and self.version is not None

    @cached_property
    def type(self) -> AssetType | None:
        """The asset's type, where its config could be read."""
        return self.config.model.type if self.config.model else None

    @cached_property
    def name(self) -> str | None:
        """The name in the asset config, else the spec's; None where neither has one."""
        return self._own_or_spec("name")

    @cached_property
    def version(self) -> str | None:
        """`auto`, or the version in the asset config, else the spec's; None where neither has one."""
        return self._own_or_spec("version")

    @cached_property
    def dependencies(self) -> Sequence[Dependency]:
        """The environments and components that the spec refers to."""
        return list(dependencies(self.spec)) if self.spec else []

    @property
    def identity(self) -> Identity:
        """What other assets see of this one; its documents must be read for it."""
        return Identity(self.type, self.name, self.version, self.is_loaded, self.dependencies)

    def know(self, identity: Identity) -> None:
        """Take it from whoever has read the asset's documents already, so that they need not be read again."""
        self.__dict__.update(identity._asdict())

    def _own_or_spec(self, key: str) -> str | None:
        for loaded in (self.config, self.spec):
            value: str | None = getattr(loaded.model, key) if loaded and loaded.model else None
            if value is not None:
                return None if TEMPLATE_TAG in value else value
        return None

    @property
    def is_auto(self) -> bool:
        """Whether the release decides the version."""
        return self.version == AUTO

    @cached_property
    def id(self) -> str | None:
        """`type/name`, where both are known."""
        return f"{self.type}/{self.name}" if self.type and self.name else None

    @property
    def tags(self) -> dict[str, Any]:
        """The tags in the spec."""
        return (self.spec.model.tags if self.spec and self.spec.model else None) or {}

    @property
    def environment(self) -> EnvironmentConfig | None:
        """The environment config, where the asset is an environment and it could be read."""
        model = self.extra.model if self.extra else None
        return model if isinstance(model, EnvironmentConfig) else None

    @cached_property
    def description_file(self) -> Target | None:
        """The file whose text is the description: the one the asset config names, else `description.md`, if there."""
        if self.config.model and self.config.model.description_file:
            return self.tree.resolve(self.directory, self.config.model.description_file)
        default = self.tree.resolve(self.directory, DESCRIPTION_FILE)
        return default if default.kind is Kind.FILE else None

    def place_of(self, key: Literal["name", "version"]) -> tuple[Document, KeyPath]:
        """Where the name or the version stands: in the asset config, else in the spec."""
        own = self.config.model is not None and getattr(self.config.model, key) is not None
        loaded = self.config if own or self.spec is None else self.spec
        return loaded.document, (key,)

    @property
    def version_place(self) -> Place:
        """Where the version stands, to show people."""
        document, keys = self.place_of("version")
        return document.place(*document.locate(*keys))

    @cached_property
    def context_files(self) -> list[str]:
        """The files of an environment's build context."""
        context = self.environment.image.context if self.environment else None
        if context is None or self.extra is None:
            return []
        target = self.tree.resolve(posixpath.dirname(self.extra.path), context.dir)
        return self.tree.files(target.path) if target.kind is Kind.DIRECTORY else []

    @cached_property
    def references(self) -> list[Reference]:
        """Every path in the asset's documents that names something in the repository."""
        return [*self._config_references(), *self._spec_references(), *self._extra_references()]

    @cached_property
    def spec_texts(self) -> dict[KeyPath, str]:
        """Where the released spec takes a text from a file: its description, and tags that name a file.

        Path of keys in the spec → path of the file; tag values are relative to the asset config.
        """
        texts: dict[KeyPath, str] = {}
        if self.description_file and self.description_file.kind is Kind.FILE:
            texts["description",] = self.description_file.path
        if self.spec and self.spec.model:
            for name, value in self.tags.items():
                # Thousands of values name nothing: most are told so without following them.
                may_be = isinstance(value, str) and ("/" in value or below(self.directory, value) in self.tree.entries)
                if may_be:
                    target = self.tree.resolve(self.directory, value)
                    if target.kind is Kind.FILE and self.spec.document.find("tags", name):
                        texts["tags", name] = target.path
        return texts

    @cached_property
    def pinned_files(self) -> list[str]:
        """The released files in which template tags are resolved: template files, and the environment config."""
        if not self.environment or not self.extra:
            return []
        return [path for path in dict.fromkeys((*self.template_files, self.extra.path)) if path in self.files]

    @cached_property
    def texts(self) -> list[str]:
        """The files whose text the release depends on, beside the asset's own documents."""
        return [*self.pinned_files, *self.spec_texts.values()]

    @cached_property
    def template_files(self) -> list[str]:
        """The files in which template tags are resolved: those listed, else the Dockerfile; those that exist."""
        context = self.environment.image.context if self.environment else None
        if context is None:
            return []
        return self._named_in_context("dockerfile" if context.template_files is None else "template_files")

    @cached_property
    def dockerfile(self) -> str | None:
        """The Dockerfile of an environment, where it exists."""
        return next(iter(self._named_in_context("dockerfile")), None)

    def _named_in_context(self, key: str) -> list[str]:
        found = [r.target for r in self._extra_references() if r.keys[:3] == ("image", "context", key)]
        return list(dict.fromkeys(target.path for target in found if target.kind is Kind.FILE))

    @cached_property
    def files(self) -> list[str]:
        """What a release of the asset carries: its own documents and content, with `release_paths` taken into account.

        Asset config and spec are never left out, whatever `release_paths` excludes: a release without them is none.
        """
        carried: set[str] = {self.path}
        for reference in self.references:
            if reference.released:
                carried.update(reference.target.links)
                carried.update(self._below(reference.target))
        if self.description_file:
            carried.update(self._below(self.description_file))
        for text in self.config.model.release_paths if self.config.model else []:
            if text.startswith(EXCLUDE):
                carried.difference_update(self._below(self.tree.resolve(self.directory, text.removeprefix(EXCLUDE))))
        kept = {self.path, self.spec.path} if self.spec else {self.path}
        return sorted(carried | kept)

    @cached_property
    def root(self) -> str:
        """The lowest directory that holds all files of the asset: what their released paths are relative to."""
        return common_directory(self.files)

    def _below(self, target: Target) -> list[str]:
        if target.kind is Kind.DIRECTORY:
            return self.tree.files(target.path)
        return [target.path] if target.kind in (Kind.FILE, Kind.SUBMODULE) else []

    def _refer(
        self,
        loaded: Loaded[Any],
        keys: KeyPath,
        text: str,
        wanted: Kind | None = Kind.FILE,
        released: bool = False,
        base: str | None = None,
    ) -> Reference:
        base = posixpath.dirname(loaded.path) if base is None else base
        return Reference(loaded.document, keys, text, wanted, released, self.tree, base)

    def _config_references(self) -> Iterator[Reference]:
        config = self.config.model
        if config is None:
            return
        yield self._refer(self.config, ("spec",), config.spec, released=True)
        if config.extra_config:
            yield self._refer(self.config, ("extra_config",), config.extra_config, released=True)
        if config.description_file:
            yield self._refer(self.config, ("description_file",), config.description_file, released=True)
        for number, text in enumerate(config.release_paths):
            if not text.startswith(EXCLUDE):
                yield self._refer(self.config, ("release_paths", number), text, wanted=None, released=True)
        pytest = config.test.pytest if config.test else None
        for key, wanted in (("conda_environment", Kind.FILE), ("pip_requirements", Kind.FILE), ("tests_dir", None)):
            path: str | None = getattr(pytest, key, None)
            if path:
                yield self._refer(self.config, ("test", "pytest", key), path, wanted)

    def _spec_references(self) -> Iterator[Reference]:
        if self.spec is None or self.spec.model is None:
            return
        wanted = DATA_KINDS.get(self.spec.model.type or "") if self.type is AssetType.DATA else None
        for keys, text in self.spec.model.content_paths.items():
            if not is_remote(text):
                yield self._refer(self.spec, keys, text, wanted, released=True)

    def _extra_references(self) -> Iterator[Reference]:
        if self.extra is None or self.extra.model is None:
            return
        model = self.extra.model
        if isinstance(model, EnvironmentConfig) and (context := model.image.context):
            keys = ("image", "context")
            directory = self._refer(self.extra, (*keys, "dir"), context.dir, Kind.DIRECTORY, released=True)
            yield directory
            if directory.target.kind is not Kind.DIRECTORY:
                return
            base = directory.target.path
            yield self._refer(self.extra, (*keys, "dockerfile"), context.dockerfile, base=base)
            for number, text in enumerate(context.template_files or []):
                yield self._refer(self.extra, (*keys, "template_files", number), text, base=base)
        if isinstance(model, ModelConfig):
            yield self._refer(self.extra, ("publish", "description"), model.publish.description)
        if isinstance(model, ModelConfig | StorageConfig) and isinstance(model.path, LocalPath):
            yield self._refer(self.extra, ("path", "uri"), model.path.uri, wanted=None)
