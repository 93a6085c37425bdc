"""What an environment's image is built from: its build context, as a release of it holds it."""

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from assets_actions.assets.config import Os
from assets_actions.assets.tree import Entry, below, relative

from .content import Content


@dataclass(frozen=True)
class BuildContext:
    """The files of a build context, by path within it, with template tags resolved.

    `dockerfile`: its path within the context. `sources`: where each file stands in the repository.
    """

    os: Os
    dockerfile: str
    entries: Mapping[str, Entry]
    sources: Mapping[str, str]

    @property
    def digest(self) -> str:
        """A digest of all that an image is built from: the same where it is the same, whoever looks.

        Every file's blob must be known.
        """
        files = [(path, *entry) for path, entry in sorted(self.entries.items())]
        text = repr((str(self.os), self.dockerfile, files))
        return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def build_context(made: Content) -> BuildContext | None:
    """The build context of an asset's content; None where it has none, or no Dockerfile in it."""
    asset = made.asset
    if not asset.environment or not asset.environment.image.context or not asset.extra or not asset.dockerfile:
        return None
    image = asset.environment.image
    assert image.context
    directory = asset.tree.resolve(posixpath.dirname(asset.extra.path), image.context.dir).path
    if directory and not asset.dockerfile.startswith(f"{directory}/"):
        return None
    sources = {path: below(asset.root, path) for path in made.entries}
    within = {
        released: relative(path, directory)
        for released, path in sources.items()
        if not directory or path.startswith(f"{directory}/")
    }
    dockerfile = relative(asset.dockerfile, directory)
    if dockerfile not in within.values():
        return None
    return BuildContext(
        image.os,
        dockerfile,
        {path: made.entries[released] for released, path in within.items()},
        {path: sources[released] for released, path in within.items()},
    )
