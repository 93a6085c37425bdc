"""The images that were built and tested, and what a release may therefore take."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from .build_context import build_context
from .content import Content

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class Status(StrEnum):
    """What became of an image: of two builds of one and the same, the first of these counts."""

    FAILED = "failed"
    PASSED = "passed"
    SKIPPED = "skipped"


class Image(BaseModel):
    """The image of an environment, and how its build and its tests went.

    `context`: the digest of the build context that it was built from, template tags resolved. `reason`: why it failed,
    or was skipped. `id`: the image's, in the engine that built it. `reference`: where it was pushed, as
    `name:tag@sha256:…`. More keys may stand beside these; whoever reads them ignores what it does not know.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    asset: str
    context: Digest
    status: Status
    reason: str = ""
    version: str | None = None
    id: str | None = None
    reference: str | None = None
    seconds: float = 0
    log: str | None = None
    """Where the log lies, on the machine that built it."""


class Images(BaseModel):
    """All images of a run; the content of its results file."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    images: list[Image]

    @classmethod
    def merged(cls, parts: "Iterable[Images]") -> "Images":
        """One of several runs. Of one image that was built in several, a failure counts before a pass."""
        known: dict[tuple[str, str], Image] = {}
        for one in (image for part in parts for image in part.images):
            key = (one.asset, one.context)
            known[key] = min(known.get(key, one), one, key=_rank)
        return cls(images=[image for _, image in sorted(known.items())])

    def refusal(self, made: Content) -> str | None:
        """Why the environment with this content must not be released; None where its image is built and passed.

        An asset without a build context needs no image.
        """
        context = build_context(made)
        if context is None:
            return None
        found = [one for one in self.images if one.asset == made.asset.id]
        same = min((one for one in found if one.context == context.digest), key=_rank, default=None)
        if same is None:
            return "its image was built from other files, or other pins" if found else "its image was not built"
        if same.status is Status.PASSED:
            return None
        return f"its image {'failed' if same.status is Status.FAILED else 'was not built'}: {same.reason}"


def _rank(image: Image) -> int:
    return list(Status).index(image.status)
