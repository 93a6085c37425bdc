"""Workflows and composite actions as data: their steps, and what their expressions name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "workflows-examples").glob("*.yml"))
ACTIONS = sorted([ROOT / "action.yml", *ROOT.glob(".github/actions/*/action.yml")])
OURS = re.compile(r"(?:\$/|\./|OWNER/assets-actions/)([^@]*)(?:@.*)?")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"\b(inputs|secrets|steps|needs|matrix|jobs)((?:\.[\w*-]+)+)")


def load(path: Path) -> dict[str, Any]:
    """A file's content; the key `on`, which YAML takes for a truth, by its name."""
    data = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in data.items()}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """The jobs of a workflow; an action is one job, whose outputs are the action's."""
    data = load(path)
    if "jobs" in data:
        found: dict[str, dict[str, Any]] = data["jobs"]
        return found
    outputs = {name: output["value"] for name, output in data.get("outputs", {}).items()}
    return {"action": {"steps": data["runs"]["steps"], "outputs": outputs}}


def steps(path: Path) -> list[dict[str, Any]]:
    """All steps of all jobs."""
    return [step for job in jobs(path).values() for step in job.get("steps", [])]


def given_inputs(path: Path) -> dict[str, Any]:
    """The inputs that a workflow or an action declares, whatever starts it."""
    data = load(path)
    found: dict[str, Any] = {**data.get("inputs", {})}
    for event in data["on"].values() if isinstance(data.get("on"), dict) else ():
        found |= (event.get("inputs") or {}) if isinstance(event, dict) else {}
    return found


def declared_secrets(path: Path) -> set[str]:
    """The secrets that a reusable workflow declares."""
    event = load(path).get("on", {})
    called = event.get("workflow_call") if isinstance(event, dict) else None
    return set((called or {}).get("secrets", {}))


def used(uses: str) -> Path | None:
    """The file of ours that this uses: an action's, or a workflow's; None where it is somebody else's."""
    found = OURS.fullmatch(uses)
    if not found:
        return None
    path = ROOT / found[1]
    return path if path.suffix == ".yml" else path / "action.yml"


def outputs_of(path: Path) -> set[str]:
    """The outputs of an action, or of a reusable workflow."""
    data = load(path)
    called = data.get("on", {}).get("workflow_call") or {} if "on" in data else data
    return set(called.get("outputs", {}))


def names(value: Any) -> Iterator[list[str]]:
    """What the expressions in a value name, part by part: `["steps", "run", "outputs", "x"]`.

    The value of an `if` is one without its braces.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _in(inner) if key == "if" and isinstance(inner, str) else names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)
    elif isinstance(value, str):
        for expression in _EXPRESSION.findall(value):
            yield from _in(expression)


def _in(expression: str) -> Iterator[list[str]]:
    for context, rest in _NAME.findall(re.sub(r"'[^']*'", "''", expression)):
        yield [context, *rest.split(".")[1:]]
