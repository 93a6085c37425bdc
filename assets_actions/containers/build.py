"""Build an image with the engine's own builder."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assets_actions.building.faults import Failure, Fault, gone, of_request, of_step
from assets_actions.building.log import Line as LogLine
from assets_actions.building.log import Log

from .engine import QUICK, Engine, FailedError, Line

_PIECE = 1 << 16
_GRACE = 10
"""Seconds in which the engine removes the container of a step whose build was cut; then we do."""


@dataclass(frozen=True)
class Order:
    """What to build: a directory on disk, its Dockerfile, patterns of files to leave out, and how."""

    context: Path
    dockerfile: str
    ignored: Sequence[str]
    name: str
    labels: Mapping[str, str]
    arguments: Mapping[str, str]
    platform: str | None = None
    cache: bool = True
    pull: bool = False


def build(engine: Engine, order: Order, seconds: float, log: Log, tell: Callable[[Sequence[LogLine]], None]) -> str:
    """Build an image; its id. `tell` gets the lines of the log as they come.

    Raises FailedError: what went wrong, also where it takes longer than so many seconds.
    """
    from docker.errors import APIError

    others: list[str] = []
    try:
        with _packed(order) as packed, engine.line(seconds, _late(seconds)) as line:
            others = [str(one["Id"]) for one in line.client.containers(quiet=True, all=True)]
            return _build(line, order, packed, log, tell)
    except APIError as error:
        raise FailedError(of_request(str(error.explanation or error))) from None
    except FailedError as error:
        failure = error.failure
        if failure.fault in (Fault.TIME, Fault.STOPPED):
            _settle(engine, log.containers, others)
        raise FailedError(failure._replace(step=failure.step or log.step)) from None
    finally:
        tell(log.finish())


def _build(line: Line, order: Order, packed: IO[bytes], log: Log, tell: Callable[[Sequence[LogLine]], None]) -> str:
    stream = line.client.build(
        fileobj=_sent(packed, line),  # type: ignore[arg-type]  # any iterable is sent, piece by piece
        custom_context=True,
        dockerfile=order.dockerfile,
        tag=order.name,
        labels=dict(order.labels),
        buildargs=dict(order.arguments),
        platform=order.platform,
        nocache=not order.cache,
        pull=order.pull,
        use_config_proxy=True,  # as `docker build` does
        rm=True,
        forcerm=True,
        decode=True,
        timeout=line.client.timeout,  # of its own it would wait for ever
    )
    made = None
    for item in stream:
        if "error" in item:
            raise FailedError(of_step(str(item["error"]).strip(), log.step, log.title, log.said_by(log.step)))
        if isinstance(aux := item.get("aux"), dict):
            made = aux.get("ID", made)
        if text := item.get("stream"):
            tell(log.add(str(text)))
        elif status := item.get("status"):
            _tell_status(item, str(status), log, tell)
    if made is None and not line.why:
        raise FailedError(gone("it broke off in the middle of the build", log.step))
    return str(made)


def _tell_status(item: Mapping[str, object], status: str, log: Log, tell: Callable[[Sequence[LogLine]], None]) -> None:
    """Of a pull, what is said once; no progress of each layer."""
    if not item.get("progressDetail") and not item.get("id"):
        tell(log.add(f"{status}\n"))


def _packed(order: Order) -> IO[bytes]:
    """The files of the context that the engine is to get, as an archive."""
    from docker.utils.build import tar

    packed: IO[bytes] = tar(order.context, exclude=list(order.ignored), dockerfile=(order.dockerfile, None))  # type: ignore[assignment]
    return packed


def _sent(packed: IO[bytes], line: Line) -> Iterator[bytes]:
    """The archive in pieces, until it ends or the connection is cut."""
    while piece := packed.read(_PIECE):
        if line.why:
            raise ConnectionAbortedError
        yield piece


def _late(seconds: float) -> Failure:
    fix = "give it more time with --timeout, or make the build shorter"
    return Failure(Fault.TIME, f"its build takes longer than {seconds / 60:.3g} minutes", fix)


def _settle(engine: Engine, containers: Sequence[str], others: Sequence[str]) -> None:
    """See to it that the containers of steps are gone: the engine removes them itself, a moment after a build was cut.

    `others` were there before the build: a step that names one of them as its own does not have it removed.
    """
    from docker.errors import APIError

    end = time.monotonic() + _GRACE
    own = [one for one in containers if not any(other.startswith(one) for other in others)]
    with suppress(Exception), closing(engine.client(QUICK)) as client:
        for container in own:
            with suppress(APIError):
                while time.monotonic() < end:
                    client.inspect_container(container)
                    time.sleep(0.05)
                client.remove_container(container, force=True, v=True)
