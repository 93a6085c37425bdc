"""A real engine, started for the tests and gone after them, and images to build from that need no network."""

import io
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import docker
import pytest

BUSYBOX = Path("/bin/busybox")
BASE = "base:1"
"""What the tests build from: a shell, a Python that says that it is one, and a distribution."""
BARE = "bare:1"
"""The same with a shell alone, which is looked into sooner."""
PYTHON = """\
#!/bin/sh
case "$*" in
  -V) echo "Python 3.12.4" ;;
  "-m pip list --format json") echo '[{"name": "numpy", "version": "2.3.4"}]' ;;
  *) echo "this Python cannot: $*" >&2; exit 2 ;;
esac
"""
OS_RELEASE = 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n'
BARE_DOCKERFILE = """\
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
"""
DOCKERFILE = f"""\
FROM {BARE}
COPY python /bin/python
COPY os-release /etc/os-release
"""


@dataclass(frozen=True)
class Daemon:
    """An engine that runs. `address` is what DOCKER_HOST names."""

    address: str
    directory: Path
    process: "subprocess.Popen[bytes]"
    client: Any

    @property
    def env(self) -> dict[str, str]:
        return {"DOCKER_HOST": self.address}

    def containers(self) -> list[str]:
        """The commands of all containers, whether they run or not."""
        return [one["Command"] for one in self.client.containers(all=True)]

    def wait_for(self, command: str) -> None:
        """Until a container runs this."""
        end = time.monotonic() + 30
        while not any(command in one["Command"] for one in self.client.containers()):
            assert time.monotonic() < end, f"nothing runs {command}"
            time.sleep(0.02)

    def build(self, name: str, dockerfile: str, files: Mapping[str, bytes] | None = None) -> str:
        """Build an image without our own code; its id."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for path, content in {"Dockerfile": dockerfile.encode(), **(files or {})}.items():
                info = tarfile.TarInfo(path)
                info.size, info.mode = len(content), 0o755
                tar.addfile(info, io.BytesIO(content))
        archive.seek(0)
        said = list(self.client.build(fileobj=archive, custom_context=True, tag=name, rm=True, decode=True))
        assert not any("error" in one for one in said), said
        return str(self.client.inspect_image(name)["Id"])


@contextmanager
def running(data: Path | None = None) -> Iterator[Daemon]:
    """A fresh engine that has the base image; the test is skipped where what it takes is missing.

    `data`: where it keeps its images, on a disk with little room, say.
    """
    program = shutil.which("dockerd")
    if program is None:
        pytest.skip("no dockerd on PATH; Debian and Ubuntu have it in the package docker.io")
    if not BUSYBOX.exists():
        pytest.skip(f"no {BUSYBOX}; Debian and Ubuntu have it in the package busybox-static")
    if os.geteuid() != 0:
        pytest.skip("dockerd is started by root alone")
    # The path of a socket has to be short.
    directory = Path(tempfile.mkdtemp(prefix="aa", dir="/tmp"))
    try:
        process = _started(program, directory, data, "overlay2") or _started(program, directory, data, "vfs")
        if process is None:
            pytest.skip(f"dockerd does not start here: {(directory / 'log').read_text()[-2000:]}")
        address = f"unix://{directory}/s"
        daemon = Daemon(address, directory, process, docker.APIClient(base_url=address, timeout=60))
        try:
            daemon.build(BARE, BARE_DOCKERFILE, {"busybox": BUSYBOX.read_bytes()})
            daemon.build(BASE, DOCKERFILE, {"python": PYTHON.encode(), "os-release": OS_RELEASE.encode()})
            yield daemon
        finally:
            _stop(daemon)
            daemon.client.close()
    finally:
        for place in (directory, *([data] if data else [])):
            _unmount(place)
        shutil.rmtree(directory, ignore_errors=True)


def _started(program: str, directory: Path, data: Path | None, driver: str) -> "subprocess.Popen[bytes] | None":
    """The engine with this storage driver, once it answers; None where it does not start."""
    places = [f"--data-root={data or directory}/{driver}", f"--exec-root={directory}/x", f"--pidfile={directory}/pid"]
    network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"]
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            [program, *places, f"--host=unix://{directory}/s", "--log-level=warn", f"--storage-driver={driver}", *network],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        if _answers(directory):
            return process
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()
    return None


def _answers(directory: Path) -> bool:
    with closing(HTTPConnection("localhost", timeout=5)) as connection, suppress(OSError):
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(f"{directory}/s")
        connection.request("GET", "/_ping")
        return connection.getresponse().status == 200
    return False


def _stop(daemon: Daemon) -> None:
    """Its containers first, then itself; and what it started, where it was killed before it could."""
    if daemon.process.poll() is None:
        with suppress(Exception):
            for one in daemon.client.containers(all=True):
                daemon.client.remove_container(one["Id"], force=True, v=True)
        daemon.process.terminate()
        try:
            daemon.process.wait(20)
        except subprocess.TimeoutExpired:
            daemon.process.kill()
            daemon.process.wait()
    for process in _left_behind(daemon.directory):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _left_behind(directory: Path) -> list[int]:
    """Processes that name the engine's directory: its containerd and shims, where it was killed, and their children."""
    found: list[int] = []
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(place.name))
            if f"{directory}/".encode() in (place / "cmdline").read_bytes() and int(place.name) != os.getpid():
                found.append(int(place.name))
    for process in found:
        found += [child for child in children.get(process, []) if child not in found]
    return found


def _unmount(directory: Path) -> None:
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if m.startswith(f"{directory}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)
