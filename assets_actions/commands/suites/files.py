"""The files in which the results of suites are left."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assets_actions import programs, worktree
from assets_actions.testing import junit
from assets_actions.testing.results import Result
from assets_actions.testing.suites import file_name

JUNIT = "junit.xml"


@contextmanager
def results_directory(given: Path | None) -> Iterator[Path]:
    """The directory for results, made where it is not there; else a temporary one, gone again if a run is cut short."""
    directory = given.expanduser().resolve() if given else programs.temporary_directory()
    directory.mkdir(parents=True, exist_ok=True)
    try:
        yield directory
    except BaseException:
        if not given:
            shutil.rmtree(directory, ignore_errors=True)
        raise


def write(found: Sequence[Result], directory: Path) -> None:
    """Write the JUnit XML of all assets, and that of all."""
    texts = {f"{file_name(asset)}.xml": junit.of_asset(one, asset) for one in found for asset in one.suite.assets}
    texts[JUNIT] = junit.merged(found)
    worktree.write(directory, {name: text.encode() for name, text in texts.items()})
