"""A git server on 127.0.0.1 that lives on when its clients are killed, and that can be told to fail them."""

import select
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 16
PUSH = b"git-receive-pack"


@dataclass(frozen=True)
class Fault:
    """What befalls a push: after so many bytes from the client (`up`) or to it (`down`), no more passes.

    The client is cut off, or left waiting (`hang`). `wrapper` is a program that the server's git runs under.
    """

    up: int | None = None
    down: int | None = None
    hang: bool = False
    wrapper: Sequence[str] = ()


class GitServer:
    """Serves every bare repository below a directory, as `git daemon` does: each client by a process of its own."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.faults: list[Fault] = []
        """What befalls the next pushes, one each; all later ones go well."""
        self.passed: list[tuple[int, int]] = []
        """Bytes of each push that was to have a fault: from the client, to it."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._clients: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def url(self, repository: Path) -> str:
        """Where a repository below the directory is served."""
        host, port = self._listener.getsockname()
        return f"git://{host}:{port}/{repository.relative_to(self.base)}"

    def settle(self) -> None:
        """Wait until the server is done with all clients that have come so far."""
        for client in list(self._clients):
            client.join()

    def stop(self) -> None:
        """Take no more clients, and wait for those that are there."""
        self._stopping.set()
        socket.create_connection(self._listener.getsockname()).close()
        self._accepting.join()
        self._listener.close()
        self.settle()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._stopping.is_set():
                client.close()
                return
            self._clients = [thread for thread in self._clients if thread.is_alive()]
            thread = threading.Thread(target=self._serve, args=[client])
            self._clients.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(ConnectionError):
            # What a client asks for may come in pieces.
            pushes = client.recv(len(PUSH) + 4, socket.MSG_PEEK | socket.MSG_WAITALL)[4:] == PUSH
            fault = self.faults.pop(0) if pushes and self.faults else None
            if fault is None:
                self._daemon(client).wait()
                return
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    daemon = self._daemon(theirs, fault.wrapper)
                self.passed.append(_relay(client, ours, fault))
            daemon.wait()

    def _daemon(self, connection: socket.socket, wrapper: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        options = ["--inetd", "--export-all", "--enable=receive-pack", f"--base-path={self.base}"]
        # In a session of its own: what is done to a client's process group is not done to the server.
        return subprocess.Popen(
            [*wrapper, "git", "daemon", *options],
            stdin=connection.fileno(),
            stdout=connection.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _relay(client: socket.socket, server: socket.socket, fault: Fault) -> tuple[int, int]:
    """Pass on what two ends say until both have ended; returns how many bytes each has said.

    After the fault the server reads no more, but is heard out: it may have all that it needs to go on.
    """
    passed = {client: 0, server: 0}
    limits = {client: fault.up, server: fault.down}
    others = {client: server, server: client}
    speaking, broken = [client, server], False
    while speaking:
        for source in select.select(speaking, [], [])[0]:
            data = _receive(source, limits[source], passed[source])
            other = others[source]
            passed[source] += len(data)
            if not broken or not data:
                with suppress(OSError):
                    other.sendall(data) if data else other.shutdown(socket.SHUT_WR)
            if not data:
                speaking.remove(source)
            if passed[source] == limits[source] and not broken:
                broken = True
                server.shutdown(socket.SHUT_WR)
                if not fault.hang:
                    client.shutdown(socket.SHUT_RDWR)
    return passed[client], passed[server]


def _receive(source: socket.socket, limit: int | None, passed: int) -> bytes:
    left = PIECE if limit is None or passed >= limit else limit - passed
    try:
        return source.recv(min(PIECE, left))
    except OSError:
        return b""
