"""Programs that look into an image: trivy for known vulnerabilities, syft for the parts that it is made of.

Options as trivy's page on `trivy image` and syft's README have them.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from assets_actions.building.faults import Failure, Fault
from assets_actions.errors import UserError

from .engine import Engine, FailedError

SECONDS = 1800
SCAN, SBOM = "trivy", "syft"
_WHAT = {SCAN: "--scan", SBOM: "--sbom"}


def check(programs: Sequence[str]) -> None:
    """Raise UserError where one of these programs is not there."""
    if missing := [name for name in programs if shutil.which(name) is None]:
        named = " and ".join(f"`{name}`, which {_WHAT[name]} needs," for name in missing)
        raise UserError(f"{named} is not on PATH", fix="install it, or leave the flag out")


def scan(engine: Engine, image: str, report: Path) -> None:
    """Write what trivy knows of an image's vulnerabilities, as JSON. Raises FailedError."""
    command = ["image", "--quiet", "--scanners", "vuln", "--format", "json", "--output", str(report), image]
    _run(engine, SCAN, command)


def sbom(engine: Engine, image: str, report: Path) -> None:
    """Write what an image is made of, as SPDX JSON. Raises FailedError."""
    _run(engine, SBOM, [f"docker:{image}", "--quiet", "--output", f"spdx-json={report}"])


def _run(engine: Engine, program: str, arguments: Sequence[str]) -> None:
    environment = dict(os.environ)
    if "://" in engine.address:
        environment["DOCKER_HOST"] = engine.address
    try:
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        )
    except OSError as error:
        raise FailedError(Failure(Fault.TOOL, f"{program} does not start: {error.strerror}")) from None
    said = _wait(engine, program, process)
    if process.returncode:
        raise FailedError(Failure(Fault.TOOL, f"{program} failed: {said[-1] if said else 'without a word'}"))


def _wait(engine: Engine, program: str, process: "subprocess.Popen[str]") -> list[str]:
    """The lines that a program has said, at its end, which comes when all is stopped, or with its time."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return process.communicate(timeout=0.5)[0].strip().splitlines()
        except subprocess.TimeoutExpired:
            late = time.monotonic() > end
            if late or engine.stopped:
                process.kill()
                process.communicate()
                failure = Failure(Fault.TOOL, f"{program} takes longer than {SECONDS // 60} minutes")
                raise FailedError(engine.stopped or failure) from None
