"""Images that were built as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assets_actions.release.images import Image, Images, Status
from assets_actions.rules.registry import Finding, Severity

from .base import SCHEMA_VERSION
from .findings import finding_data, finding_lines, finding_table
from .markdown import escape, table
from .text import Segments, counted, visible

STYLES = {Status.PASSED: "green", Status.FAILED: "bold red", Status.SKIPPED: "dim"}
PLANNED = "to build"


@dataclass(frozen=True)
class ImageResult:
    """What became of one image.

    `directory`: where its context and its log lie, and the `files` beside them that were written; `note`: what else
    there is to say.
    """

    image: Image
    findings: Sequence[Finding] = ()
    directory: str | None = None
    note: str = ""
    files: Sequence[str] = ()


@dataclass(frozen=True)
class ImagesReport:
    """Images, in the order of their ids; `without`: environments that have nothing to build, and why.

    `planned`: nothing was built, they only would be. `outcome`: what there is to say of the whole.
    """

    results: Sequence[ImageResult]
    without: Sequence[tuple[str, str]] = ()
    planned: bool = False
    seconds: float | None = None
    outcome: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong, at the lines of Dockerfiles."""
        found = [finding for result in self.results for finding in result.findings]
        return sorted(found, key=lambda finding: (finding.place, finding.rule, finding.message))

    @property
    def images(self) -> Images:
        """What the results file holds."""
        return Images(images=[result.image for result in self.results])

    def count(self, status: Status) -> int:
        """How many images have come to this."""
        return sum(result.image.status is status for result in self.results)

    @property
    def headline(self) -> str:
        """All of it in one line."""
        parts = [counted(len(self.results), "image")]
        parts += [f"{self.count(status)} {status}" for status in _ORDER if self.count(status) and not self.planned]
        warnings = sum(finding.severity is Severity.WARNING for finding in self.findings)
        parts += [counted(warnings, "warning")] if warnings else []
        parts += [f"{self.seconds:.1f} s"] if self.seconds is not None else []
        return visible(" · ".join([*parts, *filter(None, [self.outcome])]))

    def text(self) -> Segments:
        """A line for each image, and where its files lie; then what is wrong."""
        text: list[tuple[str, str]] = []
        width = max((len(one) for one in [*(r.image.asset for r in self.results), *dict(self.without)]), default=0)
        for result in self.results:
            one = result.image
            took = f"{one.seconds:>6.1f} s" if one.seconds else " " * 8
            text.append((f"{self._status(one):<8} ", "" if self.planned else STYLES[one.status]))
            line = f"{one.asset:<{width}}  {took}   {visible(_told(result))}"
            text.append((f"{line.rstrip()}\n", ""))
            if result.directory:
                text.append((f"{'':<9}{visible(result.directory)}: {', '.join(_files(result))}\n", "dim"))
        for id_, why in self.without:
            text += [("nothing  ", "dim"), (f"{id_:<{width}}  {'':<8}   {visible(why)}\n", "")]
        return [*text, *finding_lines(self.findings), (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {"images": len(self.results), **{str(status): self.count(status) for status in _ORDER}},
            "images": [
                {
                    **result.image.model_dump(mode="json"),
                    **({"status": PLANNED} if self.planned else {}),
                    "directory": result.directory,
                    "note": result.note,
                }
                for result in self.results
            ],
            "nothing_to_build": [{"asset": id_, "reason": why} for id_, why in self.without],
            "findings": [finding_data(finding) for finding in self.findings],
            **self.extra,
        }

    def markdown(self) -> str:
        """A table of images, the worst first, and one of what is wrong."""
        ordered = sorted(self.results, key=lambda result: list(Status).index(result.image.status))
        rows = [
            (self._status(one.image), f"`{one.image.asset}`", f"{one.image.seconds:.1f} s", _told(one))
            for one in ordered
        ]
        rows += [("nothing", f"`{id_}`", "", why) for id_, why in self.without]
        parts = [f"### Images\n\n{escape(self.headline)}\n"]
        parts += [table(("status", "asset", "time", ""), rows)] if rows else []
        return "\n".join(filter(None, [*parts, finding_table(self.findings)]))

    def _status(self, image: Image) -> str:
        return PLANNED if self.planned else image.status


_ORDER = (Status.PASSED, Status.FAILED, Status.SKIPPED)


def _told(result: ImageResult) -> str:
    """Why, where it did not pass; else where it was pushed, or what it is."""
    one = result.image
    what = one.reason or one.reference or (one.id or "")[:19]
    return "; ".join(filter(None, (what, result.note)))


def _files(result: ImageResult) -> list[str]:
    return ["context", *(["build.log"] if result.image.log else []), *result.files]
