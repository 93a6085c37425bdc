"""Why an image did not come about: told apart by what the engine says.

The texts are those of moby's builder (`builder/dockerfile`), of its registry client, of BuildKit's Dockerfile parser,
which it uses, and of the kernel's errors as programs print them.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """What kind of thing went wrong."""

    INSTRUCTION = "instruction"
    """A step of the Dockerfile failed."""
    SYNTAX = "syntax"
    BASE = "base image"
    CONTEXT = "build context"
    TIME = "time"
    """The image, or what was run in it, took too long."""
    TEST = "test"
    """What was run in the image failed."""
    DISK = "disk"
    ENGINE = "engine"
    """The engine went away, or does not answer."""
    REGISTRY = "registry"
    """A registry cannot be reached, or does not take the image."""
    TOOL = "tool"
    """A program that looks into the image failed."""
    STOPPED = "stopped"
    """The run was interrupted."""


OUTSIDE = (Fault.DISK, Fault.ENGINE, Fault.REGISTRY, Fault.TOOL, Fault.STOPPED)
"""Faults of the machine or the network: the asset's author can do nothing about them."""


class Failure(NamedTuple):
    """What went wrong. At a step of the build or at a line of the Dockerfile, both from 1; else at the image."""

    fault: Fault
    message: str
    fix: str | None = None
    step: int = 0
    line: int = 0


_FULL = re.compile(r"no space left on device|disk quota exceeded|\[Errno 28\]", re.IGNORECASE)
_SYNTAX_LINE = re.compile(r"(?:dockerfile )?parse error (?:on )?line (\d+): (.*)", re.DOTALL)
_EXIT = re.compile(r"The command '(.*)' returned a non-zero code: (\d+)", re.DOTALL)
_MISSING = re.compile(
    r"manifest unknown|manifest for .* not found|repository .* not found|does not exist|pull access denied"
    r"|name unknown|no such image|no matching manifest|was found but does not match the specified platform",
    re.IGNORECASE,
)
_UNREACHABLE = re.compile(
    r"dial tcp|no such host|connection re(?:fused|set)|(?:network is|host is) ?unreachable|no route to host"
    r"|(?:i/o|handshake) timeout|deadline exceeded|Client\.Timeout|unexpected EOF|: EOF|server misbehaving|x509:"
    r"|toomanyrequests|unexpected HTTP status: 5|status code 5",
)
"""What Go's net, crypto and http packages say, and the registry client of what only a registry can mend."""
DISK_FIX = "make room where the engine keeps its images: `docker system prune`, or a larger disk"
_LOGIN = re.compile(r"unauthorized|authentication required|access.*denied|no basic auth|forbidden", re.IGNORECASE)


def of_request(message: str) -> Failure:
    """Why the engine did not begin with a build at all: it could not read the Dockerfile."""
    if is_full(message):
        return full(message)
    if found := _SYNTAX_LINE.search(message):
        return Failure(Fault.SYNTAX, f"Docker cannot read the Dockerfile: {found[2].strip()}", line=int(found[1]))
    if "ockerfile" in message:
        return Failure(Fault.SYNTAX, f"Docker cannot read the Dockerfile: {message}", line=1)
    return Failure(Fault.CONTEXT, f"the engine refuses the build: {message}", line=1)


def of_step(message: str, step: int, instruction: str, said: Sequence[str]) -> Failure:
    """Why a step failed: what the engine says of it, the instruction, and the last that the step itself said."""
    if is_full(message):
        return full(message, step)
    name = instruction.partition(" ")[0].upper()
    if found := _EXIT.search(message):
        last = next((text for text in reversed(said) if text.strip()), "")
        if any(is_full(text) for text in said):
            return full(next(text for text in said if is_full(text)), step)
        told = f"{name} failed with exit code {found[2]}" + (f": {last}" if last else "")
        return Failure(Fault.INSTRUCTION, told, _killed(int(found[2])), step)
    if name == "FROM":
        base = next((word for word in instruction.split(" ")[1:] if not word.startswith("--")), "")
        if _MISSING.search(message):
            fix = "correct its name or tag; where it is not for everybody, log in to its registry"
            return Failure(Fault.BASE, f"there is no base image `{base}` to be had: {message}", fix, step)
        if _UNREACHABLE.search(message):
            fix = "see that the engine reaches the registry (a login may have higher limits), and run it again"
            return Failure(Fault.REGISTRY, f"the base image `{base}` cannot be pulled: {message}", fix, step)
        return Failure(Fault.BASE, f"the base image `{base}` cannot be pulled: {message}", step=step)
    newer = "the image is built without BuildKit: leave out what only BuildKit knows" if "BuildKit" in message else None
    return Failure(Fault.INSTRUCTION, f"{name} failed: {message}", newer, step)


def _killed(code: int) -> str | None:
    return "it was killed: most often, for want of memory; give --jobs a smaller number" if code == 137 else None


def of_push(message: str, host: str) -> Failure:
    """Why a registry did not take an image."""
    if is_full(message):
        return full(message)
    fix = None
    if _LOGIN.search(message):
        fix = f"log in with `docker login {host}`, with an account that may push there"
    return Failure(Fault.REGISTRY, f"{host} does not take the image: {message}", fix)


def is_full(message: str) -> bool:
    """Whether this says that a disk is full."""
    return _FULL.search(message) is not None


def full(message: str, step: int = 0) -> Failure:
    """A disk is full, the engine's or one in the container."""
    return Failure(Fault.DISK, f"no space is left on the engine's disk: {message}", DISK_FIX, step)


def gone(message: str, step: int = 0) -> Failure:
    """The engine went away while it was at work."""
    fix = "see that it runs and why it stopped (its own log tells), and run it again"
    return Failure(Fault.ENGINE, f"the Docker engine is gone: {message}", fix, step)
