"""GitHub's Git Data API in front of a real bare repository, every request and answer held to GitHub's description."""

import base64
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.conftest import Repo
from tests.registries.server import Answer, Request, Server

TOKEN = "ghs_" + "0123456789abcdef" * 2
NAME = "octo/assets"
BOT = {"name": "github-actions[bot]", "email": "41898282+github-actions[bot]@users.noreply.github.com"}
DESCRIPTION = OpenAPI.from_file_path(str(Path(__file__).parent / "openapi.json"))


class RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def refusal(status: int, message: str, **headers: str) -> Answer:
    return Answer.json({"message": message, "documentation_url": "https://docs.github.com/rest"}, status, headers)


def nothing(request: Request) -> None:
    """What others do, most of the time."""


class GitHub(Server):
    """`meanwhile` is called before a request is answered, for what others do at that moment."""

    def __init__(self, repo: Repo) -> None:
        super().__init__()
        self.repo = repo
        self.meanwhile: Callable[[Request], None] = nothing
        self.commits: list[dict[str, Any]] = []

    @property
    def environment(self) -> dict[str, str]:
        return {"GITHUB_API_URL": f"http://{self.host}", "GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": TOKEN}

    def asked(self, method: str, path: str) -> list[Any]:
        """The contents of the requests of a kind."""
        found = [r for r in self.requests if r.method == method and r.path.startswith(f"/repos/{NAME}/git/{path}")]
        return [json.loads(request.body) if request.body else None for request in found]

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"token {TOKEN}":
            return refusal(401, "Bad credentials")
        found = re.fullmatch(rf"/repos/{NAME}/git/(\w+)(?:/(.+))?", request.path)
        if found is None:
            return refusal(404, "Not Found")
        self.meanwhile(request)
        kind, rest = found[1], found[2] and unquote(found[2])
        path = f"/repos/{NAME}/git/{kind}" + (f"/{quote(rest, safe='')}" if rest else "")
        asked = MockRequest(
            f"http://{self.host}",
            request.method.lower(),
            path,
            data=request.body or None,
            content_type="application/json",
        )
        DESCRIPTION.validate_request(asked)
        content = json.loads(request.body) if request.body else {}
        try:
            if not self._git("for-each-ref", "refs/heads/"):
                raise RefusedError(409, "Git Repository is empty.")
            status, told = getattr(self, f"_{request.method.lower()}_{kind}")(rest, **content)
        except RefusedError as refused:
            status, told = refused.status, {"message": refused.message, "documentation_url": "https://docs.github.com"}
        answer = Answer.json(told, status)
        DESCRIPTION.validate_response(asked, MockResponse(answer.body, status_code=status))
        return answer

    def _git(self, *arguments: str, stdin: bytes = b"", index: str | None = None) -> str:
        identity = {f"GIT_{role}_{key.upper()}": BOT[key] for role in ("AUTHOR", "COMMITTER") for key in BOT}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.repo.origin,
            input=stdin,
            capture_output=True,
            env={**os.environ, **identity, **({"GIT_INDEX_FILE": index} if index else {})},
            check=False,
        )
        if done.returncode:
            raise RefusedError(422, done.stderr.decode())
        return done.stdout.decode().strip()

    def _url(self, kind: str, id_: str) -> str:
        return f"http://{self.host}/repos/{NAME}/git/{kind}/{id_}"

    def _type(self, id_: str) -> str | None:
        try:
            return self._git("cat-file", "-t", id_)
        except RefusedError:
            return None

    def _post_blobs(self, _: None, content: str, encoding: str) -> tuple[int, Any]:
        assert encoding == "base64"
        blob = self._git("hash-object", "-w", "--stdin", stdin=base64.b64decode(content, validate=True))
        return 201, {"sha": blob, "url": self._url("blobs", blob)}

    def _post_trees(self, _: None, tree: list[dict[str, Any]], base_tree: str | None = None) -> tuple[int, Any]:
        if base_tree and self._type(base_tree) != "tree":
            raise RefusedError(422, "base_tree is not a valid tree oid")
        with tempfile.TemporaryDirectory() as directory:
            index = f"{directory}/index"
            self._git("read-tree", base_tree or "--empty", index=index)
            there = set(self._git("ls-files", "-z", index=index).split("\0"))
            lines = []
            for entry in tree:
                assert entry["type"] == "blob"
                if entry["sha"] is None and entry["path"] not in there:
                    raise RefusedError(422, "GitRPC::BadObjectState")
                there = {path for path in there if not path.startswith(f"{entry['path']}/")} | {entry["path"]}
                if entry["sha"] and self._type(entry["sha"]) != "blob":
                    raise RefusedError(422, f"tree.sha {entry['sha']} is not a valid blob")
                mode, sha = (entry["mode"], entry["sha"]) if entry["sha"] else ("0", "0" * 40)
                lines.append(f"{mode} {sha}\t{entry['path']}\0")
            self._git("update-index", "-z", "--index-info", stdin="".join(lines).encode(), index=index)
            made = self._git("write-tree", index=index)
        entries = []
        for line in filter(None, self._git("ls-tree", "-z", made).split("\0")):
            (mode, kind, sha), path = line.partition("\t")[0].split(), line.partition("\t")[2]
            entries.append({"mode": mode, "type": kind, "sha": sha, "path": path})
        return 201, {"sha": made, "url": self._url("trees", made), "truncated": False, "tree": entries}

    def _post_commits(self, _: None, **content: Any) -> tuple[int, Any]:
        self.commits.append(content)
        if self._type(content["tree"]) != "tree":
            raise RefusedError(422, "Tree SHA does not exist")
        parents = content.get("parents", [])
        if any(self._type(parent) != "commit" for parent in parents):
            raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
        links = [word for parent in parents for word in ("-p", parent)]
        commit = self._git("commit-tree", content["tree"], *links, "-F", "-", stdin=content["message"].encode())
        who = {**BOT, "date": "2026-01-01T00:00:00Z"}
        is_signed = not {"author", "committer"} & content.keys()
        return 201, {
            "sha": commit,
            "node_id": "C_1",
            "url": self._url("commits", commit),
            "html_url": self._url("commits", commit),
            "author": who,
            "committer": who,
            "message": content["message"],
            "tree": {"sha": content["tree"], "url": self._url("trees", content["tree"])},
            "parents": [{"sha": p, "url": self._url("commits", p), "html_url": ""} for p in parents],
            "verification": {
                "verified": is_signed,
                "reason": "valid" if is_signed else "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        }

    def _told(self, name: str) -> dict[str, Any]:
        sha = self._git("rev-parse", "--verify", name)
        object_ = {"type": self._type(sha), "sha": sha, "url": self._url("objects", sha)}
        return {"ref": name, "node_id": "R_1", "url": self._url("refs", name), "object": object_}

    def _exists(self, name: str) -> bool:
        return name in self._git("for-each-ref", "--format=%(refname)").split("\n")

    def _post_refs(self, _: None, ref: str, sha: str) -> tuple[int, Any]:
        if self._exists(ref):
            raise RefusedError(422, "Reference already exists")
        self._git("update-ref", ref, sha, "0" * 40)
        return 201, self._told(ref)

    def _patch_refs(self, rest: str, sha: str, force: bool) -> tuple[int, Any]:
        assert not force
        name = f"refs/{rest}"
        if not self._exists(name):
            raise RefusedError(422, "Reference does not exist")
        before = self._git("rev-parse", name)
        try:
            self._git("merge-base", "--is-ancestor", before, sha)
        except RefusedError:
            raise RefusedError(422, "Update is not a fast forward") from None
        self._git("update-ref", name, sha, before)
        return 200, self._told(name)

    def _get_ref(self, rest: str) -> tuple[int, Any]:
        if not self._exists(f"refs/{rest}"):
            raise RefusedError(404, "Not Found")
        return 200, self._told(f"refs/{rest}")

    def _post_tags(self, _: None, **content: Any) -> tuple[int, Any]:
        assert "tagger" not in content
        head = f"object {content['object']}\ntype {content['type']}\ntag {content['tag']}\n"
        text = f"{head}tagger {BOT['name']} <{BOT['email']}> 1767225600 +0000\n\n{content['message']}"
        tag = self._git("hash-object", "-t", "tag", "-w", "--stdin", stdin=text.encode())
        return 201, self._tag(tag)

    def _get_tags(self, rest: str) -> tuple[int, Any]:
        if self._type(rest) != "tag":
            raise RefusedError(404, "Not Found")
        return 200, self._tag(rest)

    def _tag(self, tag: str) -> dict[str, Any]:
        head, _, message = self._git("cat-file", "tag", tag).partition("\n\n")
        told = dict(line.split(" ", 1) for line in head.split("\n"))
        return {
            "node_id": "T_1",
            "sha": tag,
            "url": self._url("tags", tag),
            "tag": told["tag"],
            "message": message,
            "tagger": {**BOT, "date": "2026-01-01T00:00:00Z"},
            "object": {"type": told["type"], "sha": told["object"], "url": self._url("objects", told["object"])},
        }
