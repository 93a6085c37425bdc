"""Assets with tests, in trees in memory."""

from collections.abc import Mapping
from typing import Any

from assets_actions.testing.locations import Locator
from assets_actions.testing.suites import Suite, declared, group
from tests.trees import catalog


def with_tests(name: str, pytest: str = "", **files: str | bytes) -> dict[str, Any]:
    """The files of a component with tests; `pytest` has more keys of its `test.pytest`."""
    folder = f"assets/{name}"
    return {
        f"{folder}/asset.yaml": "type: component\nspec: spec.yaml\ncategories: [A]\n"
        f"test:\n  pytest:\n    enabled: true\n{pytest}",
        f"{folder}/spec.yaml": f"type: command\nname: {name}\nversion: '1'\ncommand: 'true'\n",
        **{f"{folder}/{path}": content for path, content in files.items()},
    }


def suites(
    files: Mapping[str, Any], modes: Mapping[str, str] | None = None, ours: tuple[str, ...] = ("pytest",)
) -> list[Suite]:
    """The suites of all assets in a tree; template tags stay as they are."""
    every = [declared(asset) for asset in catalog(files, modes).assets]
    assert not [problem.message for one in every for problem in one.problems]
    texts = {document.path: document.text for one in every for document in one.documents}
    return group(every, texts, ours, "file:///home/me/repo")


def suite(files: Mapping[str, Any]) -> Suite:
    """The one suite in such a tree."""
    (found,) = suites(files)
    return found


def locator(suite: Suite) -> Locator:
    """What finds places for a suite, whose repository lies at /home/me/repo."""
    return Locator(suite, "/home/me/repo", lambda path: next(suite.asset.tree.stream([path])))
