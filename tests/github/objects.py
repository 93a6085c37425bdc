"""The stand-in's part for the Git Data API."""

import base64
import tempfile
from typing import Any

from .bare import BOT, Bare, RefusedError


class Objects:
    """Blobs, trees, commits, tags and refs of a bare repository; `commits` are those that were asked for."""

    def __init__(self, bare: Bare, address: str) -> None:
        self.bare = bare
        self.address = address
        self.commits: list[dict[str, Any]] = []

    def answer(self, method: str, kind: str, rest: str | None, content: dict[str, Any]) -> tuple[int, Any]:
        if not self.bare.branches():
            raise RefusedError(409, "Git Repository is empty.")
        told: tuple[int, Any] = getattr(self, f"_{method.lower()}_{kind}")(rest, **content)
        return told

    def _url(self, kind: str, id_: str) -> str:
        return f"{self.address}/git/{kind}/{id_}"

    def _post_blobs(self, _: None, content: str, encoding: str) -> tuple[int, Any]:
        assert encoding == "base64"
        blob = self.bare.git("hash-object", "-w", "--stdin", stdin=base64.b64decode(content, validate=True))
        return 201, {"sha": blob, "url": self._url("blobs", blob)}

    def _post_trees(self, _: None, tree: list[dict[str, Any]], base_tree: str | None = None) -> tuple[int, Any]:
        if base_tree and self.bare.type(base_tree) != "tree":
            raise RefusedError(422, "base_tree is not a valid tree oid")
        with tempfile.TemporaryDirectory() as directory:
            index = f"{directory}/index"
            self.bare.git("read-tree", base_tree or "--empty", index=index)
            there = set(self.bare.git("ls-files", "-z", index=index).split("\0"))
            lines = []
            for entry in tree:
                assert entry["type"] == "blob"
                if entry["sha"] is None and entry["path"] not in there:
                    raise RefusedError(422, "GitRPC::BadObjectState")
                there = {path for path in there if not path.startswith(f"{entry['path']}/")} | {entry["path"]}
                if entry["sha"] and self.bare.type(entry["sha"]) != "blob":
                    raise RefusedError(422, f"tree.sha {entry['sha']} is not a valid blob")
                mode, sha = (entry["mode"], entry["sha"]) if entry["sha"] else ("0", "0" * 40)
                lines.append(f"{mode} {sha}\t{entry['path']}\0")
            self.bare.git("update-index", "-z", "--index-info", stdin="".join(lines).encode(), index=index)
            made = self.bare.git("write-tree", index=index)
        entries = []
        for line in filter(None, self.bare.git("ls-tree", "-z", made).split("\0")):
            (mode, kind, sha), path = line.partition("\t")[0].split(), line.partition("\t")[2]
            entries.append({"mode": mode, "type": kind, "sha": sha, "path": path})
        return 201, {"sha": made, "url": self._url("trees", made), "truncated": False, "tree": entries}

    def _post_commits(self, _: None, **content: Any) -> tuple[int, Any]:
        self.commits.append(content)
        if self.bare.type(content["tree"]) != "tree":
            raise RefusedError(422, "Tree SHA does not exist")
        parents = content.get("parents", [])
        if any(self.bare.type(parent) != "commit" for parent in parents):
            raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
        links = [word for parent in parents for word in ("-p", parent)]
        commit = self.bare.git("commit-tree", content["tree"], *links, "-F", "-", stdin=content["message"].encode())
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
        sha = self.bare.git("rev-parse", "--verify", name)
        object_ = {"type": self.bare.type(sha), "sha": sha, "url": self._url("objects", sha)}
        return {"ref": name, "node_id": "R_1", "url": self._url("refs", name), "object": object_}

    def _exists(self, name: str) -> bool:
        return name in self.bare.git("for-each-ref", "--format=%(refname)").split("\n")

    def _post_refs(self, _: None, ref: str, sha: str) -> tuple[int, Any]:
        if self._exists(ref):
            raise RefusedError(422, "Reference already exists")
        self.bare.git("update-ref", ref, sha, "0" * 40)
        return 201, self._told(ref)

    def _patch_refs(self, rest: str, sha: str, force: bool) -> tuple[int, Any]:
        assert not force
        name = f"refs/{rest}"
        if not self._exists(name):
            raise RefusedError(422, "Reference does not exist")
        before = self.bare.git("rev-parse", name)
        try:
            self.bare.git("merge-base", "--is-ancestor", before, sha)
        except RefusedError:
            raise RefusedError(422, "Update is not a fast forward") from None
        self.bare.git("update-ref", name, sha, before)
        return 200, self._told(name)

    def _get_ref(self, rest: str) -> tuple[int, Any]:
        if not self._exists(f"refs/{rest}"):
            raise RefusedError(404, "Not Found")
        return 200, self._told(f"refs/{rest}")

    def _post_tags(self, _: None, **content: Any) -> tuple[int, Any]:
        assert "tagger" not in content
        head = f"object {content['object']}\ntype {content['type']}\ntag {content['tag']}\n"
        text = f"{head}tagger {BOT['name']} <{BOT['email']}> 1767225600 +0000\n\n{content['message']}"
        tag = self.bare.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=text.encode())
        return 201, self._tag(tag)

    def _get_tags(self, rest: str) -> tuple[int, Any]:
        if self.bare.type(rest) != "tag":
            raise RefusedError(404, "Not Found")
        return 200, self._tag(rest)

    def _tag(self, tag: str) -> dict[str, Any]:
        head, _, message = self.bare.git("cat-file", "tag", tag).partition("\n\n")
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
