"""The files of a build on disk, a directory for each image: its pinned context, its log, what it holds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from assets_actions import worktree
from assets_actions.assets.tree import EXECUTABLE, FILE, SUBMODULE
from assets_actions.building.dockerfile import ignored
from assets_actions.errors import UserError
from assets_actions.release.build_context import BuildContext
from assets_actions.release.content import Content

CONTEXT, LOG, PACKAGES, SCAN, SBOM = "context", "build.log", "packages.json", "scan.json", "sbom.spdx.json"
MARK = ".assets-actions"
"""What tells a directory that we made, and may remove, from others."""
IGNORE_FILE = ".dockerignore"


def prepare(work: Path, asset_id: str) -> Path:
    """A new directory for the image of an asset; one of an earlier run is removed.

    Raises UserError where something of somebody else's is in its place.
    """
    place = work.absolute() / asset_id.replace("/", "-")
    if place.exists() or place.is_symlink():
        if place.is_symlink() or not (place / MARK).is_file():
            raise UserError("this is in the way, and no earlier run made it", str(place), "name another --work-dir")
        shutil.rmtree(place)
    place.mkdir(parents=True)
    (place / MARK).touch()
    # Where it lies in the repository, nothing of it becomes part of an asset.
    (place / ".gitignore").write_text("*\n", encoding="utf-8")
    return place


def write_context(made: Content, context: BuildContext, place: Path) -> list[str]:
    """Write a build context as it will be released; the patterns of what the engine is not to get of it.

    Raises UserError where a file of it would be written elsewhere.
    """
    tree = made.asset.tree

    def contents() -> Iterator[bytes]:
        for path, entry in context.entries.items():
            if entry.mode == SUBMODULE:
                yield b""
            elif (known := made.new_blobs.get(entry.blob)) is not None:
                yield known
            else:
                yield next(tree.stream([context.sources[path]]))

    worktree.write_out(place / CONTEXT, context.entries, contents())
    # One that is a link would lead out of the context: whoever builds by hand sees the same.
    entry = context.entries.get(IGNORE_FILE)
    if entry is None or entry.mode not in (FILE, EXECUTABLE):
        return []
    return ignored((place / CONTEXT / IGNORE_FILE).read_text(encoding="utf-8", errors="replace"))
