"""Run things in an image, read files out of it, and push it."""

import io
import posixpath
import shlex
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

from assets_actions.building.faults import Failure, Fault, gone, of_push
from assets_actions.building.image import Contents, read_os, read_packages
from assets_actions.errors import UserError

from .engine import LABEL, QUICK, Engine, FailedError, Line

MOST_OUTPUT = 1_000_000
"""So many bytes of what a container prints are kept."""
LONGEST_FILE = 100_000
CONTENTS_SECONDS = 120
PUSH_SECONDS = 3600
USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Docker's own, for an image that names none."""
VERSION = ("python", "-V")
PIP = ("python", "-m", "pip", "list", "--format", "json")
CONDA = ("conda", "list", "--json")


class Ran(NamedTuple):
    """What a command in a container came to. `code` is None where the image has no such program."""

    code: int | None
    out: str
    err: str


def run(engine: Engine, image: str, command: Sequence[str], seconds: float, platform: str | None = None) -> Ran:
    """Run a command in a new container of an image, without a network; nothing of the container is left.

    Raises FailedError.
    """
    from docker.errors import APIError

    told = shlex.join(command)
    late = Failure(Fault.TIME, f"`{told}` takes longer than {seconds:.0f} s in the image")
    with engine.line(seconds, late) as line, _container(engine, line, image, command, platform) as container:
        try:
            line.client.start(container)
        except APIError as error:
            said = str(error.explanation or error)
            if "not found" in said or "no such file" in said:
                return Ran(None, "", said)
            raise FailedError(Failure(Fault.TEST, f"`{told}` does not start in the image: {said}")) from None
        code = int(line.client.wait(container)["StatusCode"])
        out, err = (_output(line, container, out=out) for out in (True, False))
        return Ran(code, out, err)


@contextmanager
def _container(engine: Engine, line: Line, image: str, command: Sequence[str], platform: str | None) -> Iterator[str]:
    """A container of the image while it is needed, and not a moment longer."""
    from docker.types import LogConfig

    host = line.client.create_host_config(
        network_mode="none",
        log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "10m", "max-file": "1"}),
        security_opt=["no-new-privileges"] if engine.machine.os == "linux" else None,
    )
    made = line.client.create_container(
        image,
        entrypoint=list(command[:1]),
        command=list(command[1:]),
        labels={LABEL: "test"},
        host_config=host,
        platform=platform,
    )["Id"]
    try:
        yield made
    finally:
        # By a connection of its own: the other one may have been cut.
        with suppress(Exception), closing(engine.client(QUICK)) as client:
            client.remove_container(made, force=True, v=True)


def _output(line: Line, container: str, *, out: bool) -> str:
    said = line.client.logs(container, out, not out, stream=True)
    parts: list[bytes] = []
    size = 0
    for part in said:
        parts.append(part)
        size += len(part)
        if size > MOST_OUTPUT:
            break
    return b"".join(parts)[:MOST_OUTPUT].decode("utf-8", "replace")


def contents(engine: Engine, image: str, platform: str | None, version: Ran | None) -> Contents:
    """What an image holds: its distribution, its Python, and the packages that pip and conda know.

    `version`: what `python -V` came to in it, where that was run. Raises FailedError.
    """

    def said(command: Sequence[str]) -> str:
        ran = run(engine, image, command, CONTENTS_SECONDS, platform)
        return ran.out if ran.code == 0 else ""

    # To start a container takes longer than all else: what can be read from one that never ran, is.
    late = Failure(Fault.ENGINE, "the engine does not answer")
    with engine.line(QUICK, late) as line, _container(engine, line, image, ("-",), platform) as container:
        os = read_os(_file(line, container, "/etc/os-release").decode("utf-8", "replace"))
        places = _search_path(line, image)
        has_python, has_conda = (_has(line, container, places, command[0]) for command in (VERSION, CONDA))
    ran = version or (run(engine, image, VERSION, CONTENTS_SECONDS, platform) if has_python else Ran(None, "", ""))
    words = (ran.out or ran.err).split()  # Python 2 says it on standard error
    python = words[1] if ran.code == 0 and len(words) > 1 and words[0] == "Python" else None
    listed = read_packages(said(PIP), "pip") if python else []
    return Contents(os, python, [*listed, *(read_packages(said(CONDA), "conda") if has_conda else [])])


def _search_path(line: Line, image: str) -> list[str]:
    """The directories in which programs of an image are looked for."""
    found = line.client.inspect_image(image)  # type: ignore[no-untyped-call]
    variables = dict(one.partition("=")[::2] for one in (found.get("Config") or {}).get("Env") or [])
    return [place.rstrip("/") for place in variables.get("PATH", USUAL_PATH).split(":") if place.startswith("/")]


def _has(line: Line, container: str, places: Sequence[str], program: str) -> bool:
    """Whether a program is there, as a file or a link."""
    from docker.errors import APIError

    for place in places:
        with suppress(APIError):
            line.client.get_archive(container, f"{place}/{program}")
            return True
    return False


def _file(line: Line, container: str, path: str, links: int = 5) -> bytes:
    """A file of a container that need not run; empty where there is none."""
    from docker.errors import APIError

    for _ in range(links):
        try:
            stream, _stat = line.client.get_archive(container, path)
            with tarfile.open(fileobj=io.BytesIO(_limited(stream))) as archive:
                member = archive.next()
                if member is None or not (member.issym() or member.isfile()):
                    return b""
                if member.isfile():
                    content = archive.extractfile(member)
                    return content.read() if content else b""
        except (APIError, tarfile.TarError):  # there is none, or it is larger than such a file ever is
            return b""
        path = _joined(path, member.linkname)
    return b""


def _joined(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _limited(stream: Iterator[bytes]) -> bytes:
    content = b""
    for part in stream:
        content += part
        if len(content) > LONGEST_FILE:
            break
    return content


def made_for(engine: Engine, image: str) -> str:
    """The `os/architecture` that an image is for."""
    late = Failure(Fault.ENGINE, "the engine does not answer")
    with engine.line(QUICK, late) as line:
        found = line.client.inspect_image(image)  # type: ignore[no-untyped-call]
    return f"{found.get('Os', '')}/{found.get('Architecture', '')}"


def push(engine: Engine, image: str, repository: str, tag: str) -> str:
    """Push an image; its digest. Raises FailedError where the registry does not take it."""
    from docker.errors import APIError

    from assets_actions.registries.http import LookUpError
    from assets_actions.registries.logins import of_registry

    host = host_of(repository)
    try:
        login = of_registry(host)
    except LookUpError as error:
        raise UserError(str(error)) from None
    auth = None
    if login:
        auth = {"username": login.user, "password": login.password, "serveraddress": host}
        if login.identity_token:
            auth = {"identitytoken": login.identity_token, "serveraddress": host}
    digest = None
    try:
        late = Failure(Fault.REGISTRY, f"{host} does not take the image within {PUSH_SECONDS // 60} minutes")
        with engine.line(PUSH_SECONDS, late) as line:
            line.client.tag(image, repository, tag)
            for item in line.client.push(repository, tag, stream=True, decode=True, auth_config=auth):
                if "error" in item:
                    raise FailedError(of_push(str(item["error"]).strip(), host))
                if isinstance(aux := item.get("aux"), dict):
                    digest = aux.get("Digest", digest)
            if digest is None and not line.why:
                raise FailedError(gone("it broke off in the middle of the push"))
    except APIError as error:
        raise FailedError(of_push(str(error.explanation or error), host)) from None
    return str(digest)


def check_name(reference: str) -> None:
    """Raise UserError where no image can be called like this."""
    from docker.utils.build import match_tag

    if not match_tag(reference):
        fix = "names are of small letters and digits, tags of letters, digits, `_`, `.` and `-`"
        raise UserError(f"no image can be pushed as `{reference}`", fix=fix)


def host_of(repository: str) -> str:
    """The registry of an image's name, by Docker's rules: without one it is the public one."""
    first, slash, _ = repository.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
