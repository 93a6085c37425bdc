"""What the servers of these tests have in common: HTTP in threads that is recorded, can be late and can go wrong."""

import base64
import json
import re
import select
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self, cast

from requests.structures import CaseInsensitiveDict

Headers = Mapping[str, str] | Sequence[tuple[str, str]]


class Request(NamedTuple):
    """What came in; `path` has the query, `headers` take names in any case, `time` is by the monotonic clock."""

    method: str
    path: str
    headers: CaseInsensitiveDict[str]
    time: float
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """A whole answer. A Content-Length of its own is sent as it is, true or not; a false one ends the connection."""

    status: int = 200
    headers: Headers = ()
    body: bytes = b""

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Headers = ()) -> "Answer":
        given = pairs(headers)
        if not any(name.lower() == "content-type" for name, _ in given):
            given.append(("Content-Type", "application/json"))
        return cls(status, given, json.dumps(value).encode())


@dataclass(frozen=True)
class Drop:
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Stall:
    """Nothing for so long, then the true answer."""

    seconds: float


@dataclass(frozen=True)
class Drip:
    """The true answer (or this one): its head at once, its body in pieces of `size` bytes, a pause before each."""

    seconds: float
    size: int = 1
    answer: Answer | None = None


@dataclass(frozen=True)
class Endless:
    """A body that begins with `start` and goes on with `repeat` until the client hangs up."""

    status: int = 200
    headers: Headers = ()
    start: bytes = b""
    repeat: bytes = b" " * 65536


Effect = Answer | Drop | Stall | Drip | Endless


@dataclass
class Fault:
    """What happens instead of the true answer, to the first `times` requests with this method and path (or to all).

    `path` is searched for in the path with its query. `hits` counts how often it happened.
    """

    effect: Effect
    path: str = ""
    method: str | None = None
    times: int | None = None
    hits: int = 0

    def meets(self, request: Request) -> bool:
        return (
            (self.times is None or self.hits < self.times)
            and self.method in (None, request.method)
            and re.search(self.path, request.path) is not None
        )


class Server:
    """An HTTP/1.1 server on 127.0.0.1 while it is entered; what it answers, its subclasses say.

    Faults and latency can be changed at any time. Errors of its own are raised when it is left.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.latency = 0.0
        self.peak = 0
        self.errors: list[BaseException] = []
        self._in_flight = 0
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._listener.server_port}"

    def __enter__(self) -> Self:
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        self._listener.hang_up()
        if error is None and self.errors:
            raise self.errors[0]

    def arrived(self, request: Request) -> Effect | None:
        """Record a request; say what goes wrong with it."""
        with self._lock:
            self.requests.append(request)
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
            fault = next((fault for fault in self.faults if fault.meets(request)), None)
            if fault is None:
                return None
            fault.hits += 1
            return fault.effect

    def left(self) -> None:
        with self._lock:
            self._in_flight -= 1


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        self._connections: set[socket.socket] = set()
        self._change = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._change:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._change:
            self._connections.discard(request)
            self._change.notify_all()

    def hang_up(self) -> None:
        """End all connections and wait for their threads to see it."""
        with self._change:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            assert self._change.wait_for(lambda: not self._connections, timeout=10), "a connection that does not end"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.owner.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        pass

    def _exchange(self) -> None:
        owner = cast("_Listener", self.server).owner
        request = self._request()
        effect = owner.arrived(request)
        self._in_flight = True
        try:
            self._pause(owner.latency)
            self._act(owner, request, effect)
        finally:
            self._leave(owner)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _exchange  # noqa: N815

    def _request(self) -> Request:
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for name, value in self.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        assert "Transfer-Encoding" not in headers, "bodies come with their length"
        body = self.rfile.read(int(headers.get("Content-Length", "0")))
        return Request(self.command, self.path, headers, time.monotonic(), body)

    def _act(self, owner: Server, request: Request, effect: Effect | None) -> None:
        match effect:
            case Drop():
                self.close_connection = True
            case Endless():
                self._pour(request, effect)
            case Stall(seconds):
                self._pause(seconds)
                self._send(owner, request, owner.answer(request))
            case Drip(answer=answer):
                self._send(owner, request, answer or owner.answer(request), effect)
            case _:
                self._send(owner, request, effect or owner.answer(request))

    def _send(self, owner: Server, request: Request, answer: Answer, drip: Drip | None = None) -> None:
        headers = pairs(answer.headers)
        names = {name.lower(): value for name, value in headers}
        bodiless = request.method == "HEAD" or answer.status in (204, 304)
        body = b"" if bodiless else answer.body
        if answer.status not in (204, 304) and not names.keys() & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(answer.body))))
        elif not bodiless and names.get("content-length") != str(len(body)):
            self.close_connection = True
        if names.get("connection", "").lower() == "close":
            self.close_connection = True
        pieces = [_head(answer.status, headers) + (b"" if drip else body)]
        if drip:
            pieces += [body[at : at + drip.size] for at in range(0, len(body), drip.size)]
        for number, piece in enumerate(pieces, 1):
            if drip and number > 1:
                self._pause(drip.seconds)
            if number == len(pieces):
                self._leave(owner)  # or the client's next request could be counted beside this one
            self.wfile.write(piece)

    def _pour(self, request: Request, endless: Endless) -> None:
        self.close_connection = True
        self.wfile.write(_head(endless.status, [*pairs(endless.headers), ("Connection", "close")]))
        if request.method != "HEAD":
            self.wfile.write(endless.start)
            while True:
                self.wfile.write(endless.repeat)

    def _pause(self, seconds: float) -> None:
        """Wait, and no longer than the client does."""
        if seconds > 0:
            poll = select.poll()
            poll.register(self.connection, select.POLLIN)
            if poll.poll(seconds * 1000):
                raise ConnectionAbortedError

    def _leave(self, owner: Server) -> None:
        if self._in_flight:
            self._in_flight = False
            owner.left()


def pairs(headers: Headers) -> list[tuple[str, str]]:
    """Headers one by one, as a name may come more than once."""
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def basic(user: str, password: str) -> str:
    """The Authorization header of a login."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _head(status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unknown')}", *(f"{name}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")
