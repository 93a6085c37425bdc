"""The project's own files keep what they promise."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assets_actions import __version__
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    pairs = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_the_lock_files_hold_every_dependency_in_a_version_that_is_asked_for(lock: str, wanted: list[str]) -> None:
    versions = locked(lock)
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement
    blocks = re.split(r"\n(?=[\w.-]+==)", (ROOT / lock).read_text())
    assert all("--hash=sha256:" in block for block in blocks)


def test_both_lock_files_hold_the_same_versions() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def readme_commands() -> list[str]:
    """The commands of README's first fenced block."""
    block = re.findall(r"```[a-z]*\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    return [line for line in block.splitlines() if line.strip() and not line.startswith("#")]


def test_the_readme_begins_with_two_commands() -> None:
    main_job, tests = readme_commands()
    assert main_job.endswith("assets-actions demo")
    assert tests.endswith("pytest -q")


def test_the_gate_runs_the_readmes_own_test_command() -> None:
    assert f"readme_tests='{readme_commands()[1]}'\n" in (ROOT / ".ci/run").read_text()


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_actions_of_others_are_pinned_to_a_commit_and_say_which_version_it_is() -> None:
    files = [
        *ROOT.glob("*.yml"),
        *ROOT.glob(".github/**/*.yml"),
        *ROOT.glob("workflows-examples/*.yml"),
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
    ]
    lines = [
        line for path in files for line in path.read_text().splitlines() if re.search(r"uses: (actions|github)/", line)
    ]
    assert lines
    for line in lines:
        assert re.search(r"uses: [^@\s]+@[0-9a-f]{40} # v\d", line), line


def links(path: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text())


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks/README.md"], ids=lambda p: p.name
)
def test_documents_link_to_what_is_there(path: Path) -> None:
    for link in links(path):
        assert (path.parent / link).exists(), link
