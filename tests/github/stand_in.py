"""GitHub's API in front of a real bare repository, every request and answer held to GitHub's description."""

import json
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from tests.conftest import Repo
from tests.registries.server import Answer, Request, Server

from . import description
from .bare import Bare, RefusedError
from .objects import Objects
from .tracker import Tracker

TOKEN = "ghs_" + "0123456789abcdef" * 2
NAME = "octo/assets"


def refusal(status: int, message: str, *errors: Any, **headers: str) -> Answer:
    told = RefusedError(status, message, *errors).told
    return Answer.json(told, status, {name.replace("_", "-"): value for name, value in headers.items()})


def nothing(request: Request) -> None:
    """What others do, most of the time."""


class GitHub(Server):
    """`meanwhile` is called before a request is answered, for what others do at that moment."""

    def __init__(self, repo: Repo) -> None:
        super().__init__()
        self.repo = repo
        self.meanwhile: Callable[[Request], None] = nothing
        self.bare = Bare(repo.origin)
        self.permissions = {"contents": "write", "pull_requests": "write", "issues": "write"}
        """Of the token."""

    @property
    def address(self) -> str:
        """That of the repository within the API."""
        return f"http://{self.host}/repos/{NAME}"

    @property
    def environment(self) -> dict[str, str]:
        return {"GITHUB_API_URL": f"http://{self.host}", "GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": TOKEN}

    def __enter__(self) -> Self:
        super().__enter__()
        self.objects = Objects(self.bare, self.address)
        self.tracker = Tracker(self.bare, self.address, NAME)
        return self

    def merge(self, number: int, *, squash: bool = False) -> str:
        """Merge a pull request in the bare repository, as somebody would by the button; returns the commit."""
        return self.tracker.merge(number, squash=squash)

    def close(self, number: int) -> None:
        """Close a pull request or an issue as somebody would by the button."""
        self.tracker.follow_branches()
        self.tracker.threads[number].state = "closed"

    def asked(self, method: str, path: str) -> list[Any]:
        """The contents of the requests of a kind."""
        found = [r for r in self.requests if r.method == method and r.path.startswith(f"/repos/{NAME}/{path}")]
        return [json.loads(request.body) if request.body else None for request in found]

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"token {TOKEN}":
            return refusal(401, "Bad credentials")
        path, _, query = request.path.partition("?")
        if not f"{path}/".startswith(f"/repos/{NAME}/"):
            return refusal(404, "Not Found")
        self.meanwhile(request)
        asked = description.check_request(request, NAME)
        parts = [unquote(part) for part in path.removeprefix(f"/repos/{NAME}").split("/")[1:]]
        content = json.loads(request.body) if request.body else {}
        accepted = self._accepted(request.method, parts)
        headers = {"X-Accepted-GitHub-Permissions": "; ".join(f"{name}={access}" for name, access in accepted)}
        try:
            if not any(self.permissions.get(name) in ("write", access) for name, access in accepted):
                raise RefusedError(403, "Resource not accessible by integration")
            if parts[:1] == ["git"]:
                status, told = self.objects.answer(request.method, parts[1], "/".join(parts[2:]), content)
            else:
                status, told, more = self.tracker.answer(request.method, parts, dict(parse_qsl(query)), content)
                headers |= more
        except RefusedError as refused:
            status, told = refused.status, refused.told
        answer = Answer.json(told, status, headers)
        description.check_answer(asked, answer)
        return answer

    def _accepted(self, method: str, parts: list[str]) -> list[tuple[str, str]]:
        """The permissions of which a token needs one."""
        access = "read" if method == "GET" else "write"
        if parts[0] == "git":
            return [("contents", access)]
        if parts[0] == "pulls":
            return [("pull_requests", access)]
        return [("issues", access), *([("pull_requests", access)] if len(parts) > 1 else [])]
