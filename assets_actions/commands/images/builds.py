"""Build the image of one environment: write its context out, build, test, look into it, push it."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from assets_actions.building.faults import Failure, Fault
from assets_actions.building.image import BuiltImage, Contents
from assets_actions.building.log import Line, Log
from assets_actions.building.verdict import dockerfile, judged, local_name, other_platform, told
from assets_actions.containers import build, image
from assets_actions.containers.engine import LABEL, Engine, FailedError
from assets_actions.containers.image import Ran
from assets_actions.errors import UserError
from assets_actions.release.build_context import BuildContext
from assets_actions.release.content import Content
from assets_actions.release.images import Image, Status
from assets_actions.report.images import ImageResult
from assets_actions.rules.registry import Finding, Severity

from . import files
from .contents import look_into
from .how import How, Tell


@dataclass
class Build:
    """One image that is to be built.

    `push`: the repository and the tag to push it as; `note`: what else there is to say; `fault`: what went wrong.
    """

    made: Content
    context: BuildContext
    version: str | None = None
    push: tuple[str, str] | None = None
    note: str = ""
    fault: Fault | None = None

    @property
    def id(self) -> str:
        """The asset's."""
        return self.made.asset.id or ""

    def image(self, status: Status, reason: str = "") -> Image:
        """The image as the results file has it."""
        digest, version = self.context.digest, self.version or None
        reason = reason.encode("utf-8", "backslashreplace").decode()  # a file's name may be no text
        return Image(asset=self.id, context=digest, status=status, reason=reason, version=version)

    def run(self, engine: Engine, how: How, place: Path, tell: Tell) -> ImageResult:
        """Build the image, and look at it. What goes wrong with it is no error here."""
        started = time.perf_counter()
        asset = self.made.asset
        source = dockerfile(asset, self.context.sources[self.context.dockerfile])
        built = BuiltImage(asset, source, (log := Log()).lines, Contents(), how.day)
        found: list[Finding] = []
        made = reference = failure = None
        try:
            with (place / files.LOG).open("w", 1, encoding="utf-8", errors="backslashreplace") as file:
                made = self._build(engine, how, place, log, file, tell)
                tested = self._test(engine, how, made, file, tell)
                built = replace(built, contents=look_into(engine, how, made, tested, place, partial(tell, self.id)))
            found = self._judged(how, built)
            if self.push and not _errors(found):
                tell(self.id, f"pushing {':'.join(self.push)}")
                reference = f"{':'.join(self.push)}@{image.push(engine, made, *self.push)}"
        except FailedError as error:
            failure = error.failure
        except UserError as error:
            failure = Failure(Fault.CONTEXT, f"{error.where}: {error.message}", error.fix)
        except OSError as error:
            failure = Failure(Fault.DISK, f"{error.filename or place}: {error.strerror or error}")
        if failure:
            self.fault = failure.fault
            _add(place / files.LOG, failure.message)
            found = found or self._judged(how, built)
            found += [told(failure, built)] if failure.fault is not Fault.STOPPED else []
            if failure.fault is Fault.ENGINE:
                engine.stop(Failure(Fault.STOPPED, "the engine is gone"))
        tell(self.id, None)
        status = Status.FAILED if _errors(found) else Status.SKIPPED if failure else Status.PASSED
        reason = failure.message if failure else next(iter(_errors(found)), "")
        more = {"id": made, "reference": reference, "seconds": round(time.perf_counter() - started, 3)}
        result = self.image(status, reason).model_copy(update={**more, "log": str(place / files.LOG)})
        beside = [name for name in (files.PACKAGES, files.SBOM, files.SCAN) if (place / name).is_file()]
        return ImageResult(result, found, str(place), self.note, beside)

    def _build(self, engine: Engine, how: How, place: Path, log: Log, file: IO[str], tell: Tell) -> str:
        tell(self.id, "writing its context")

        def heard(lines: Sequence[Line]) -> None:
            file.writelines(f"{line.text}\n" for line in lines)
            tell(self.id, f"step {log.step}/{log.steps}: {log.title}")

        order = build.Order(
            place / files.CONTEXT,
            self.context.dockerfile,
            files.write_context(self.made, self.context, place),
            local_name(self.id),
            {LABEL: self.id, f"{LABEL}.context": self.context.digest},
            how.arguments,
            how.platform,
            how.cache,
            how.pull,
        )
        made = build.build(engine, order, how.seconds, log, heard)
        if how.platform and (other := other_platform(image.made_for(engine, made), how.platform)):
            raise FailedError(Failure(Fault.BASE, other, "take a base image that there is for it"))
        return made

    def _test(self, engine: Engine, how: How, made: str, file: IO[str], tell: Tell) -> Ran:
        shown = " ".join(how.test)
        tell(self.id, f"testing: {shown}")
        ran = image.run(engine, made, how.test, how.test_seconds, how.platform)
        said = f"{ran.out}\n{ran.err}".strip()
        file.write(f"$ {shown}\n{said}\n")
        if ran.code is None:
            fix = "give a command that is, with --test-command"
            raise FailedError(Failure(Fault.TEST, f"the image has no program `{how.test[0]}` to test it with", fix))
        if ran.code:
            last = f": {said.splitlines()[-1]}" if said else ""
            raise FailedError(Failure(Fault.TEST, f"`{shown}` fails in the image with exit code {ran.code}{last}"))
        return ran

    def _judged(self, how: How, built: BuiltImage) -> list[Finding]:
        return [finding for finding in judged(built, how.rules, how.policy) if how.keeps(finding)]


def _add(log: Path, message: str) -> None:
    """Write to the end of a log what went wrong, for whoever reads it alone."""
    with suppress(OSError), log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"error: {message}\n")


def _errors(found: Sequence[Finding]) -> list[str]:
    return [one.message for one in found if one.severity is Severity.ERROR]
