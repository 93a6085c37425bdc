"""The engine: where it is, what machine it has, and connections to it that can be cut."""

import math
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from assets_actions.building.faults import Failure, Fault, gone
from assets_actions.errors import UserError

if TYPE_CHECKING:
    from docker import APIClient

QUICK = 20
"""Seconds for an answer to a question that takes an engine no time."""
MEMORY = 2 << 30
LABEL = "assets-actions"
"""The label of all that is made in an engine; what is left over is found by it."""
FIX = "start Docker, or name another engine with DOCKER_HOST or `docker context use`"


class Machine(NamedTuple):
    """The machine that an engine has: `os/architecture`, processors, and bytes of memory."""

    os: str
    architecture: str
    processors: int
    memory: int

    @property
    def jobs(self) -> int:
        """How many images it builds at a time: one a processor, each with memory enough to install packages."""
        return max(1, min(self.processors, self.memory // MEMORY))


class FailedError(Exception):
    """What an engine was asked for came to nothing."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


STOPPED = Failure(Fault.STOPPED, "it was interrupted")


class Line:
    """A connection to the engine for one piece of work. From another thread it can be cut, which ends the work."""

    def __init__(self, client: "APIClient") -> None:
        self.client = client
        self.why: Failure | None = None
        """Why it was cut."""
        self._responses: list[Any] = []
        self._lock = threading.Lock()
        client.hooks["response"].append(self._answered)

    def _answered(self, response: Any, *_: Any, **__: Any) -> None:
        with self._lock:
            self._responses.append(response)
        if self.why:
            self._end()

    def cut(self, why: Failure) -> None:
        """End what the connection is used for. The engine sees it, and ends a build that it does for it."""
        self.why = self.why or why
        self._end()

    def close(self) -> None:
        """Let go of it, also where an answer was not read to its end."""
        with suppress(Exception):
            for response in self._responses:
                response.close()
            self.client.close()

    def _end(self) -> None:
        from docker.types import CancellableStream

        # The SDK has no other way to end a response that another thread reads.
        with self._lock, suppress(OSError, AttributeError):
            if self._responses:
                CancellableStream(iter(()), self._responses[-1]).close()


class Engine:
    """A Docker engine that has answered."""

    def __init__(self, address: str, options: dict[str, Any], version: str, machine: Machine) -> None:
        self.address, self.machine = address, machine
        self._options, self._version = options, version
        self._lines: set[Line] = set()
        self._lock = threading.Lock()
        self._stopped: Failure | None = None

    def client(self, seconds: float = QUICK) -> "APIClient":
        """A connection of its own; `seconds` is how long an answer may take."""
        from docker import APIClient

        return APIClient(**self._options, version=self._version, timeout=math.ceil(seconds))

    @contextmanager
    def line(self, seconds: float, late: Failure) -> Iterator[Line]:
        """A connection that is cut after so many seconds, which `late` says then; and when all is stopped.

        Raises FailedError, also for what goes wrong on the way to the engine and back.
        """
        from docker.errors import APIError, DockerException
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        away = (DockerException, RequestException, HTTPError, OSError)
        with self._lock:
            if self._stopped:
                raise FailedError(self._stopped)
            self._lines.add(line := Line(self.client(seconds + QUICK)))
        timer = threading.Timer(seconds, line.cut, [late])
        timer.daemon = True
        timer.start()
        try:
            yield line
            if line.why:
                raise FailedError(line.why)
        except Exception as error:
            if line.why:  # a response that is cut fails in many ways: the SDK reads on where there is nothing
                raise FailedError(line.why) from None
            if isinstance(error, APIError) or not isinstance(error, away):
                raise
            raise FailedError(gone(_cause(error))) from None
        finally:
            timer.cancel()
            with self._lock:
                self._lines.discard(line)
            line.close()

    def stop(self, why: Failure = STOPPED) -> None:
        """End all that is going on, and begin nothing any more."""
        with self._lock:
            self._stopped = self._stopped or why
            lines = list(self._lines)
        for line in lines:
            line.cut(why)

    @property
    def stopped(self) -> Failure | None:
        """Why nothing is begun any more."""
        return self._stopped


def connect() -> Engine:
    """The engine at DOCKER_HOST, else of Docker's current context, else at its usual place.

    Raises UserError where none answers.
    """
    from docker import APIClient
    from docker.constants import DEFAULT_DOCKER_API_VERSION, DEFAULT_UNIX_SOCKET
    from docker.errors import DockerException
    from docker.utils import kwargs_from_env

    address = None
    try:
        options: dict[str, Any] = dict(kwargs_from_env())
        if "base_url" not in options:
            options = {**_of_context(), **options}
        address = str(options.get("base_url") or DEFAULT_UNIX_SOCKET.removeprefix("http+"))
        if address.startswith("ssh://"):
            fix = "forward its socket, `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST`, and set DOCKER_HOST="
            raise UserError("an engine cannot be reached by ssh itself", address, f"{fix}unix:///tmp/docker.sock")
        # Asked for here, not by the client as it is made: of one that is not made, the connection cannot be closed.
        with closing(APIClient(**options, version=DEFAULT_DOCKER_API_VERSION, timeout=QUICK)) as client:
            version = str(client.version(api_version=False)["ApiVersion"])
        with closing(APIClient(**options, version=version, timeout=QUICK)) as client:
            info = client.info()
    except (DockerException, OSError, ValueError, KeyError) as error:
        why = _cause(error)
        fix = FIX
        if "ermission denied" in why:
            fix = "whoever runs this may not use the engine: add them to the group `docker`, or use a rootless engine"
        raise UserError(f"no Docker engine answers: {why}", address, fix) from None
    machine = Machine(
        str(info.get("OSType", "linux")),
        str(info.get("Architecture", "")),
        int(info.get("NCPU") or 1),
        int(info.get("MemTotal") or 0),
    )
    return Engine(address, options, version, machine)


def _of_context() -> dict[str, Any]:
    """Where the current context of docker's command line has its engine. Raises UserError where there is none."""
    from docker.context import ContextAPI

    name = os.environ.get("DOCKER_CONTEXT")
    context = ContextAPI.get_context(name)
    if context is None:
        shown = name or "that its configuration names as the current one"
        raise UserError(f"Docker has no context `{shown}`", fix="`docker context ls` lists them")
    options = {"base_url": context.Host, "tls": context.TLSConfig}
    return {key: value for key, value in options.items() if value}


def _cause(error: BaseException) -> str:
    """The innermost reason: what the operating system said, below what libraries wrapped around it."""
    seen: BaseException | None = error
    found = error
    while seen is not None:
        found = seen
        inner = [one for one in seen.args if isinstance(one, BaseException)]
        reason = getattr(seen, "reason", None)
        seen = (
            inner[0] if inner else reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__
        )
    if isinstance(found, OSError) and found.strerror:
        return found.strerror
    return str(found) or type(found).__name__
