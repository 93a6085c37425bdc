"""Look into an image, and write down what is found beside the log of its build."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assets_actions.building.faults import Failure, Fault
from assets_actions.building.image import Contents, read_scan
from assets_actions.containers import image, scanners
from assets_actions.containers.engine import Engine, FailedError

from . import files
from .how import How


def look_into(
    engine: Engine, how: How, made: str, tested: image.Ran, place: Path, tell: Callable[[str], None]
) -> Contents:
    """What an image holds, with what the programs that are asked for find in it.

    `tested`: what the test came to. Raises FailedError.
    """
    tell("listing packages")
    version = tested if tuple(how.test) == image.VERSION else None
    found = image.contents(engine, made, how.platform, version)
    listed = [one._asdict() for one in found.packages]
    data = {"python": found.python, "os": dict(found.os), "packages": listed}
    (place / files.PACKAGES).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    if how.sbom:
        tell(f"running {scanners.SBOM}")
        scanners.sbom(engine, made, place / files.SBOM)
    if how.scan:
        tell(f"running {scanners.SCAN}")
        scanners.scan(engine, made, report := place / files.SCAN)
        counts = read_scan(report.read_text(encoding="utf-8", errors="replace")) if report.is_file() else None
        if counts is None:
            raise FailedError(Failure(Fault.TOOL, f"what {scanners.SCAN} wrote is no report of a scan"))
        found = replace(found, vulnerabilities=counts)
    return found
