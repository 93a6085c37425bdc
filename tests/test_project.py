"""The project's own files keep what they promise."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assets_actions import __version__
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, CORE = PYPROJECT["project"], PYPROJECT["dependency-groups"]["core"]


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    pairs = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-core.lock", CORE),
        ("requirements-dev.lock", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_the_lock_files_hold_every_dependency_in_a_version_that_is_asked_for(lock: str, wanted: list[str]) -> None:
    versions = locked(lock)
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement
    blocks = re.split(r"\n(?=[\w.-]+==)", (ROOT / lock).read_text())
    assert all("--hash=sha256:" in block for block in blocks)


def hashes(name: str) -> set[str]:
    return set(re.findall(r"--hash=sha256:[0-9a-f]{64}", (ROOT / name).read_text()))


@pytest.mark.parametrize(
    ("part", "whole"),
    [("requirements-core.lock", "requirements.lock"), ("requirements.lock", "requirements-dev.lock")],
)
def test_a_lock_file_holds_the_versions_and_files_of_the_one_that_it_has_more_than(part: str, whole: str) -> None:
    assert locked(part).items() <= locked(whole).items()
    assert hashes(part) <= hashes(whole), "a wheelhouse of the whole has the files of the part"


def test_what_core_commands_need_is_a_part_of_what_all_need() -> None:
    names = {canonicalize_name(Requirement(one).name) for one in CORE}
    assert names <= {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}


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


def test_what_is_to_be_used_is_the_tag_that_a_release_of_this_version_moves() -> None:
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("workflows-examples/*.yml")]
    used = {tag for path in files for tag in re.findall(r"OWNER/assets-actions[\w./-]*@(v\d+)", path.read_text())}
    assert used == {f"v{__version__.partition('.')[0]}"}


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
    "path", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks/README.md"], ids=lambda p: p.name
)
def test_documents_link_to_what_is_there(path: Path) -> None:
    for link in links(path):
        assert (path.parent / link).exists(), link
