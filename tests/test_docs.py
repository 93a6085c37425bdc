"""What the documentation says of the code is so."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

from assets_actions.commands import COMMANDS, module_name
from assets_actions.commands.arguments import Argument, flag_name
from tests.actions.expressions import WORKFLOWS, jobs
from tests.conftest import ROOT

SOURCES = sorted(path for path in (ROOT / "assets_actions").rglob("*.py") if "sample" not in path.parts)
SCRIPTS = (ROOT / ".github/actions/run.sh", ROOT / ".github/workflows/pr-checks.yml")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
HEADINGS = re.findall(r"^### `(.+)`$", (ROOT / "docs/troubleshooting.md").read_text(), re.MULTILINE)


@cache
def texts() -> list[str]:
    """All texts that the code may print; what is put into them as `…`, and without backticks."""
    found = [path.read_text() for path in SCRIPTS]
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append(
                    "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
                )
    return [text.replace("`", "") for text in found]


def is_printed(quoted: str) -> bool:
    return any(quoted in text for text in texts())


@pytest.mark.parametrize("heading", HEADINGS)
def test_each_error_that_is_explained_is_one_that_the_code_prints(heading: str) -> None:
    assert is_printed(heading)


def test_errors_are_explained_once_and_no_heading_is_without_its_text() -> None:
    page = (ROOT / "docs/troubleshooting.md").read_text()
    assert len(HEADINGS) == len(set(HEADINGS)) == page.count("\n### ")


def test_a_text_that_no_code_prints_is_noticed() -> None:
    assert not is_printed("the release branch is protected by a dragon")
    assert not is_printed("there is no … there, nor at the remote …")


def test_the_permissions_in_the_documentation_are_those_of_the_workflows() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| ([\w-]+) \| (.+?) \|", (ROOT / "docs/security.md").read_text(), re.MULTILINE)
    told = {(workflow, job): dict(re.findall(r"`([\w-]+): (\w+)`", given)) for workflow, job, given in rows}
    told.pop(("workflow", "job"), None)
    assert told == {(path.stem, name): job["permissions"] for path in WORKFLOWS for name, job in jobs(path).items()}


def test_the_limits_in_the_documentation_are_those_of_the_code() -> None:
    from assets_actions.assets import document
    from assets_actions.registries import http, oci

    page = (ROOT / "docs/security.md").read_text()
    for told in (
        f"{document.MAX_VALUES:,} values, {document.MAX_DEPTH} levels, {document.MAX_BYTES // 2**20} MiB",
        f"{http.LARGEST_ANSWER // 2**20} MiB, {http.ALL_SECONDS} s; {http.READ_SECONDS} s without a byte",
        f"| tries | {http.TRIES}, with {http.LONGEST_WAIT_SECONDS} s at most",
        f"| redirects | {http.MOST_REDIRECTS} |",
        f"| pages of tags | {oci.MOST_PAGES:,} |",
        f"| requests at a time | {http.CONNECTIONS} to a host |",
    ):
        assert told in page


def anchors(path: Path) -> set[str]:
    """What GitHub lets a link lead to: the headings, in its spelling."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_into_a_page_lead_to_a_heading_of_it(path: Path) -> None:
    for page, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", path.read_text()):
        assert anchor in anchors(path.parent / page if page else path), f"{page}#{anchor}"


def flags(command: str) -> set[str]:
    fields = importlib.import_module(module_name(command)).Inputs.model_fields.items()
    return {f"--{'no-' if Argument(f).is_switch and f.default else ''}{flag_name(name)}" for name, f in fields}


@pytest.mark.parametrize("path", [*PAGES, *ROOT.glob("benchmarks/*.md")], ids=lambda path: path.name)
def test_a_command_is_shown_with_flags_that_it_has(path: Path) -> None:
    """In code, a command's name and what follows it: up to another command of the shell, or the end of the line."""
    for code in re.findall(r"```.*?```|`[^`]+`", path.read_text(), re.DOTALL):
        for command, rest in re.findall(rf"(?:^`|assets-actions )({'|'.join(COMMANDS)})( [^|;&#\n`]+)", code):
            shown = set(re.findall(r"(?<= )--[a-z][a-z-]+", rest))
            assert shown <= {*flags(command), "--help"}, f"{command}{rest}"
