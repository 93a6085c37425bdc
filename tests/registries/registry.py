"""The real registry program, filled by plain HTTP; no engine is needed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import yaml

from tests.registries.server import Request, basic
from tests.registries.tokens import TokenServer

PROGRAM = "docker-registry"
READER = ("reader", "secret")
WRITER = ("writer", "secret")
# crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=2**4)) of Python 3.11 on Debian
HASH = "$2b$04$bSpomvifXE3kUCr2fbTi6uYSCKv/pZAiq6KwcniNO4sSR1Zk37MGS"
Auth = Literal[None, "basic", "bearer"]


@dataclass(frozen=True)
class MediaTypes:
    """How a family of formats calls its parts."""

    manifest: str
    index: str
    config: str
    layer: str


OCI = MediaTypes(
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.oci.image.layer.v1.tar+gzip",
)
DOCKER = MediaTypes(
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
)
ACCEPT = ", ".join([OCI.manifest, OCI.index, DOCKER.manifest, DOCKER.index])


class Registry:
    """A registry that runs, and what it takes to fill it."""

    def __init__(self, host: str, connection: HTTPConnection, auth: Auth, tokens: TokenServer | None) -> None:
        self.host = host
        self.url = f"http://{host}"
        self.tokens = tokens
        self._connection = connection
        self._login = {"Authorization": basic(*WRITER)} if auth == "basic" else {}

    @property
    def token_requests(self) -> list[Request]:
        """What the token server was asked."""
        return self.tokens.requests if self.tokens else []

    def push(
        self,
        name: str,
        *tags: str,
        content: str = "x",
        created: str | None = None,
        platforms: Sequence[str] = (),
        docker: bool = False,
    ) -> str:
        """Push an image (with platforms an index of one for each) under all tags; its digest.

        The same arguments give the same digest, whatever the tags.
        """
        self._log_in(name)
        types = DOCKER if docker else OCI
        if not platforms:
            return self._put(name, tags, self._manifest(name, types, content, created, {}))
        manifests = []
        for platform in platforms:
            manifest = self._manifest(name, types, content, created, _platform(platform))
            self._put(name, (), manifest)
            manifests.append({**_descriptor(types.manifest, _bytes(manifest)), "platform": _platform(platform)})
        return self._put(name, tags, {"schemaVersion": 2, "mediaType": types.index, "manifests": manifests})

    def delete(self, name: str, digest: str) -> None:
        """Delete a manifest, and with it the tags that it has."""
        self._log_in(name)
        self._send("DELETE", f"/v2/{name}/manifests/{digest}")

    def _manifest(
        self, name: str, types: MediaTypes, content: str, created: str | None, platform: dict[str, str]
    ) -> dict[str, Any]:
        layer = content.encode()
        config = {
            **({"created": created} if created is not None else {}),
            **(platform or _platform("linux/amd64")),
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
        for blob in (layer, _bytes(config)):
            where = urlsplit(self._send("POST", f"/v2/{name}/blobs/uploads/").headers["Location"])
            self._send("PUT", f"{where.path}?{where.query}&digest={_digest(blob)}", blob)
        return {
            "schemaVersion": 2,
            "mediaType": types.manifest,
            "config": _descriptor(types.config, _bytes(config)),
            "layers": [_descriptor(types.layer, layer)],
        }

    def _put(self, name: str, tags: Sequence[str], manifest: dict[str, Any]) -> str:
        digest = _digest(_bytes(manifest))
        for reference in tags or [digest]:
            self._send("PUT", f"/v2/{name}/manifests/{reference}", _bytes(manifest), manifest["mediaType"])
        return digest

    def _log_in(self, name: str) -> None:
        if self.tokens:
            access = {"type": "repository", "name": name, "actions": ["pull", "push", "delete"]}
            self._login = {"Authorization": f"Bearer {self.tokens.issue([access])}"}

    def _send(self, method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream") -> HTTPResponse:
        self._connection.request(method, path, body, {"Content-Type": kind, **self._login})
        response = self._connection.getresponse()
        said = response.read()
        assert response.status < 300, f"{method} {path}: {response.status} {said!r}"
        return response


@contextmanager
def running(directory: Path, auth: Auth = None, *, on_disk: bool = False) -> Iterator[Registry]:
    """A fresh registry with its settings and log in this directory; the test is skipped where the program is missing.

    On disk it lists tags in no order, and is filled three times slower as each file is synced.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        pytest.skip(f"no {PROGRAM} on PATH; Debian and Ubuntu have it in the package of that name")
    with ExitStack() as stack:
        tokens = stack.enter_context(TokenServer(directory, _allowed)) if auth == "bearer" else None
        (directory / "htpasswd").write_text(f"{READER[0]}:{HASH}\n{WRITER[0]}:{HASH}\n")
        (directory / "registry.yml").write_text(yaml.safe_dump(_settings(directory, auth, tokens, on_disk)))
        host = stack.enter_context(_process(program, directory))
        connection = stack.enter_context(closing(HTTPConnection(host, timeout=60)))
        yield Registry(host, connection, auth, tokens)


def _allowed(login: tuple[str, str] | None, name: str) -> Sequence[str] | None:
    """What somebody may do with a repository; nothing at all, not even ask, with a bad login."""
    if login == WRITER:
        return ["pull", "push", "delete"]
    if login == READER:
        return ["pull"]
    if login is None:
        return ["pull"] if name.startswith("public/") else []
    return None


def _settings(directory: Path, auth: Auth, tokens: TokenServer | None, on_disk: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            **({"filesystem": {"rootdirectory": str(directory / "registry")}} if on_disk else {"inmemory": {}}),
            "delete": {"enabled": True},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        "http": {"addr": "127.0.0.1:0", "secret": "test"},
    }
    if auth == "basic":
        settings["auth"] = {"htpasswd": {"realm": "registry", "path": str(directory / "htpasswd")}}
    if tokens:
        settings["auth"] = {"token": tokens.settings}
    return settings


@contextmanager
def _process(program: str, directory: Path) -> Iterator[str]:
    """The program while it runs; the host and port on which it listens."""
    log = directory / "registry.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", str(directory / "registry.yml")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={"PATH": os.environ["PATH"]},  # a variable REGISTRY_... would change the settings
        )
    try:
        yield _listening(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listening(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where the program listens: it takes a free port itself, so that no other test can take it before."""
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.01)
    raise AssertionError(f"{PROGRAM} does not start:\n{log.read_text()}")


def _platform(text: str) -> dict[str, str]:
    return dict(zip(("os", "architecture", "variant"), text.split("/"), strict=False))


def _descriptor(kind: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "size": len(blob), "digest": _digest(blob)}


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _digest(blob: bytes) -> str:
    return "sha256:" + hashlib.sha256(blob).hexdigest()
