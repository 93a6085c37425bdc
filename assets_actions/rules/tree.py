"""The files below the directories of assets, whether an asset has them or not.

Source of all rules here: what git, clones on other systems and releases do with such files.
"""

import posixpath
from collections.abc import Iterator

from assets_actions.assets.asset import ASSET_CONFIG, USUAL_SPEC, Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.document import MAX_BYTES, Document
from assets_actions.assets.tree import SYMLINK, Kind

from .registry import Problem, rule

SMALLEST_POINTER, LARGEST_POINTER = 120, 1024
POINTER = b"version https://git-lfs.github.com/spec/"
_NO_POINTERS = (".yaml", ".yml", ".py", ".md")


def _at(path: str, message: str, catalog: Catalog, fix: str | None = None) -> Problem:
    """A problem of a whole file."""
    return Problem(Document(path, ""), slice(0, 0), message, fix, asset=catalog.owner(path))


def _documents(asset: Asset) -> set[str]:
    return {document.path for document in asset.documents}


@rule(Catalog, everywhere=True)
def spec_without_config(catalog: Catalog) -> Iterator[Problem]:
    """A `spec.yaml` has an `asset.yaml` beside it, or is named by one.

    Why: without an asset config, the spec is no asset and is never released.
    Fix: add the asset config, or remove the spec.
    Source: the checks of the system in public use.
    """
    specs = [path for path in catalog.files if posixpath.basename(path) == USUAL_SPEC]
    configs = {path: posixpath.join(posixpath.dirname(path), ASSET_CONFIG) for path in specs}
    alone = {path: config for path, config in configs.items() if config not in catalog.tree.entries}
    # To know what an asset names, its config must be read.
    named = {asset.spec.path for asset in catalog.assets if asset.spec} if alone else set()
    for path, config in alone.items():
        if path not in named and (catalog.asks(path) or catalog.asks(config)):
            yield _at(path, f"no `{ASSET_CONFIG}` stands beside this spec", catalog)


@rule(Catalog)
def config_name(catalog: Catalog) -> Iterator[Problem]:
    """An asset config is called `asset.yaml`, not `asset.yml`.

    Why: no asset is looked for under another name.
    Fix: rename the file.
    Source: the checks of the system in public use.
    """
    for path in catalog.files_asked:
        if posixpath.basename(path) == "asset.yml":
            yield _at(path, "asset configs are called `asset.yaml`; this file is not read", catalog, "rename the file")


@rule(Catalog)
def large_file(catalog: Catalog) -> Iterator[Problem]:
    """No file has more than 1 MB.

    Why: every clone carries it for ever, and every release of its asset once more.
    Fix: keep large files in a storage, and name their place.
    Source: the checks of the system in public use.
    """
    large = [path for path in catalog.files_asked if catalog.tree.sizes.get(path, 0) > MAX_BYTES]
    # Of what is read of an asset, yaml-syntax and unreadable-text say so.
    told = {path for asset in catalog.assets for path in (*_documents(asset), *asset.texts)} if large else set()
    for path in large:
        if path not in told:
            size = catalog.tree.sizes[path]
            yield _at(path, f"has {size:,} bytes; {MAX_BYTES:,} are allowed", catalog)


@rule(Catalog)
def lfs_pointer(catalog: Catalog) -> Iterator[Problem]:
    """No file of an asset is a pointer of Git LFS.

    Why: a release would carry the pointer, which nothing that builds or publishes the asset can follow.
    Fix: keep the file in a storage and name its place; a small one, in git itself.
    Source: the specification of Git LFS: a pointer is smaller than 1024 bytes and begins with its version line.
    """
    sizes = catalog.tree.sizes
    small = [
        path
        for path in catalog.files_asked
        if SMALLEST_POINTER < sizes.get(path, 0) < LARGEST_POINTER
        and not path.endswith(_NO_POINTERS)
        and catalog.tree.entries[path].mode != SYMLINK
    ]
    for path, content in zip(small, catalog.tree.stream(small, LARGEST_POINTER), strict=True):
        if content.startswith(POINTER):
            yield _at(path, "is a pointer of Git LFS, not the file itself", catalog)


@rule(Catalog, everywhere=True)
def case_collision(catalog: Catalog) -> Iterator[Problem]:
    """No two paths, and no two assets of a type, differ in case alone.

    Why: on Windows and macOS, one of them is lost when the repository, or its release branch, is cloned.
    Fix: rename one of them.
    """
    known: dict[str, tuple[str, str]] = {}
    reported: set[str] = set()
    for file in catalog.files:
        path = file
        while path and (found := known.setdefault(path.casefold(), (path, file)))[0] is path:
            path = path.rpartition("/")[0]
        other, its_file = found
        if path and other != path and path not in reported and (catalog.asks(file) or catalog.asks(its_file)):
            reported.add(path)
            yield _at(file, f"`{path}` and `{other}` differ in case alone", catalog)
    ids: dict[str, Asset] = {}
    for asset in catalog.assets:
        if asset.id and (first := ids.setdefault(asset.id.casefold(), asset)).id != asset.id:
            document, keys = asset.place_of("name")
            message = f"`{asset.id}` and `{first.id}` in {first.path} differ in case alone"
            yield Problem(document, keys, message, asset=asset.id)


@rule(Asset, partial=True)
def link_outside(asset: Asset) -> Iterator[Problem]:
    """No symbolic link of an asset leads out of the repository.

    Why: it leads somewhere else, or nowhere, on every other machine; and a pull request must not reach for files there.
    Fix: copy what is needed into the repository.
    """
    # No document is a link; and of a link that a document names, outside-repository says so.
    documents = _documents(asset)
    named = {link for one in asset.references if one.target.kind is Kind.OUTSIDE for link in one.target.links}
    for path in asset.files:
        if path in documents or path in named:
            continue
        if asset.tree.entries[path].mode == SYMLINK and asset.tree.resolve("", path).kind is Kind.OUTSIDE:
            yield Problem(Document(path, ""), slice(0, 0), "this symbolic link leads out of the repository")
