"""What GitHub's runner would take a step's log and files for; the local runner is laxer.

Sources: src/Runner.Common/ActionCommand.cs, src/Runner.Worker/ActionCommandManager.cs and FileCommandManager.cs of
https://github.com/actions/runner
"""

import re
from typing import NamedTuple

COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "warning",
}  # fmt: skip
STOP = "stop-commands"


class Command(NamedTuple):
    """A command in a log."""

    name: str
    properties: dict[str, str]
    message: str


def commands(log: str) -> list[Command]:
    """The commands that it acts on: `::name key=value::message` behind any white space, `##[name]message` anywhere."""
    found: list[Command] = []
    resume: str | None = None
    for line in log.splitlines():
        command = _command(line, {*COMMANDS, STOP, *([resume] if resume else [])})
        if command is None:
            continue
        if resume:
            resume = None if command.name.lower() == resume.lower() else resume
        elif command.name.lower() == STOP:
            resume = command.message
        else:
            found.append(command)
    assert resume is None, "commands stay stopped after this step"
    return found


def _command(line: str, registered: set[str]) -> Command | None:
    known = {name.lower() for name in registered}
    for pattern, between in ((r"\s*::(.*?)::(.*)", ","), (r".*?##\[(.*?)\](.*)", ";")):
        found = re.fullmatch(pattern, line)
        if found and (name := found[1].partition(" ")[0]).lower() in known:
            pairs = (pair.split("=", 1) for pair in found[1].partition(" ")[2].split(between) if "=" in pair)
            return Command(name, {key: _plain(value) for key, value in pairs}, _plain(found[2]))
    return None


def _plain(text: str) -> str:
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, character)
    return text


def outputs(text: str) -> dict[str, str]:
    """What a file of outputs sets. Fails where GitHub would."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, mark, delimiter = line.partition("<<")
        if "=" in name or not mark:
            name, mark, value = line.partition("=")
            assert mark, f"neither NAME=VALUE nor NAME<<DELIMITER: {line!r}"
        else:
            values = []
            for value in lines:
                if value == delimiter:
                    break
                values.append(value)
            else:
                raise AssertionError(f"{name} has no end")
            value = "\n".join(values)
        assert name
        found[name] = value
    return found
