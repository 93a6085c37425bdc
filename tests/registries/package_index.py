"""A package index by the Simple API: JSON (PEP 691, 700, 792) and HTML (PEP 503)."""

import hashlib
import json
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from packaging.utils import canonicalize_name

from tests.registries.server import Answer, Request, Server, basic

VERSION = "1.4"
JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
PLAIN = "text/html"
OFFERS = {
    JSON: JSON,
    "application/vnd.pypi.simple.latest+json": JSON,
    HTML: HTML,
    "application/vnd.pypi.simple.latest+html": HTML,
    PLAIN: PLAIN,
    "text/*": PLAIN,
    "application/*": JSON,
    "*/*": PLAIN,
}
Form = Literal["both", "json", "html"]


@dataclass
class File:
    """A file of a project, and its version."""

    version: str
    filename: str
    yanked: bool | str
    uploaded: str | None
    requires_python: str | None


@dataclass
class Project:
    """A project's files; `status` as in PEP 792, None where nothing is said."""

    files: list[File] = field(default_factory=list)
    status: str | None = None
    reason: str | None = None


class Index(Server):
    """An index at `url`; nothing is in it yet.

    `form` "both" answers as Accept wants it (406 where it wants neither); the other forms are answered whatever it
    wants. `login`, where there is one, has to come with each request. `not_modified` counts the answers 304.
    """

    def __init__(self, form: Form = "both", login: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.form: Form = form
        self.login = login
        self.not_modified = 0
        self._projects: dict[str, Project] = {}

    @property
    def url(self) -> str:
        return f"http://{self.host}/simple/"

    def add(
        self,
        project: str,
        version: str,
        *,
        filename: str | None = None,
        yanked: bool | str = False,
        uploaded: str | None = None,
        requires_python: str | None = None,
    ) -> None:
        """Add a file, a wheel unless it is named."""
        wheel = f"{canonicalize_name(project).replace('-', '_')}-{version}-py3-none-any.whl"
        self._project(project).files.append(File(version, filename or wheel, yanked, uploaded, requires_python))

    def remove(self, project: str) -> None:
        """Forget a project."""
        self._projects.pop(canonicalize_name(project))

    def status(self, project: str, status: str, reason: str | None = None) -> None:
        """Say what a project's state is: active, archived, quarantined, deprecated or anything."""
        self._project(project).status, self._project(project).reason = status, reason

    def answer(self, request: Request) -> Answer:
        if self.login and request.headers.get("Authorization") != basic(*self.login):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="index"'})
        path = request.path.partition("?")[0]
        name = path.removeprefix("/simple/").removesuffix("/")
        known = self._projects.get(canonicalize_name(name))
        if not path.startswith("/simple/") or known is None:
            return Answer(404)
        if path != f"/simple/{canonicalize_name(name)}/":
            return Answer(301, {"Location": f"/simple/{canonicalize_name(name)}/"})
        kind = self._kind(request.headers.get("Accept", "*/*"))
        if kind is None:
            return Answer(406)
        return self._page(request, kind, self._body(canonicalize_name(name), known, kind))

    def _page(self, request: Request, kind: str, body: bytes) -> Answer:
        tag = f'"{hashlib.sha256(kind.encode() + body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Vary": "Accept"}
        known = [known.strip().removeprefix("W/") for known in request.headers.get("If-None-Match", "").split(",")]
        if tag in known or "*" in known:
            with self._lock:
                self.not_modified += 1
            return Answer(304, headers)
        return Answer(200, {**headers, "Content-Type": kind}, body)

    def _project(self, name: str) -> Project:
        return self._projects.setdefault(canonicalize_name(name), Project())

    def _kind(self, accept: str) -> str | None:
        """The media type of the answer: the best that is accepted, the first of equals."""
        if self.form != "both":
            return JSON if self.form == "json" else PLAIN
        wanted = []
        for item in accept.split(","):
            kind, *parameters = (part.strip().lower() for part in item.split(";"))
            quality = next((float(text[2:]) for text in parameters if text.startswith("q=")), 1.0)
            if kind in OFFERS and quality > 0:
                wanted.append((quality, OFFERS[kind]))
        return max(wanted, key=lambda pair: pair[0])[1] if wanted else None

    def _body(self, name: str, project: Project, kind: str) -> bytes:
        if kind == JSON:
            return json.dumps(self._as_json(name, project)).encode()
        return self._as_html(name, project).encode()

    def _as_json(self, name: str, project: Project) -> dict[str, Any]:
        said: dict[str, Any] = {"meta": {"api-version": VERSION}, "name": name}
        if project.status is not None:
            reason = {"reason": project.reason} if project.reason is not None else {}
            said["project-status"] = {"status": project.status, **reason}
        said["versions"] = list(dict.fromkeys(file.version for file in project.files))
        said["files"] = [
            {
                "filename": file.filename,
                "url": self._url(file),
                "hashes": {},
                "requires-python": file.requires_python,
                "size": 1,
                "yanked": file.yanked,
                **({"upload-time": file.uploaded} if file.uploaded is not None else {}),
            }
            for file in project.files
        ]
        return said

    def _as_html(self, name: str, project: Project) -> str:
        said = {
            "pypi:repository-version": VERSION,
            "pypi:project-status": project.status,
            "pypi:project-status-reason": project.reason,
        }
        metas = [f'<meta name="{key}" content="{escape(text)}">' for key, text in said.items() if text is not None]
        links = [f"<a{self._attributes(file)}>{escape(file.filename)}</a><br/>" for file in project.files]
        head = ["<!DOCTYPE html>", "<html>", "<head>", *metas, f"<title>Links for {name}</title>", "</head>"]
        return "\n".join([*head, "<body>", f"<h1>Links for {name}</h1>", *links, "</body>", "</html>", ""])

    def _attributes(self, file: File) -> str:
        said = {"href": self._url(file)}
        if file.requires_python is not None:
            said["data-requires-python"] = file.requires_python
        if file.yanked is not False:
            said["data-yanked"] = "" if file.yanked is True else file.yanked
        return "".join(f' {key}="{escape(text)}"' for key, text in said.items())

    def _url(self, file: File) -> str:
        return f"http://{self.host}/files/{file.filename}"
