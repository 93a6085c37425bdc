"""A new repository, and what README says to do: the first pull request and the first release go through."""

import re
from pathlib import Path

from tests.actions.workflow_runner import OWNER, execute
from tests.conftest import ROOT, Repo


def steps() -> dict[str, str]:
    """The files that README says to add: path → content."""
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## Adopt it") :].partition("\n## ")[0]
    return dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", section, re.DOTALL))


def test_the_first_pull_request_and_the_first_release_go_through(repo: Repo, tmp_path: Path) -> None:
    files = {path: text.replace("OWNER/assets-actions", OWNER) for path, text in steps().items()}
    assert len(files) == 4
    base = repo.commit({"README.md": "# Ours\n"})
    repo.git("switch", "--quiet", "--create", "adopt")
    repo.write(files).git("add", "--all")
    repo.git("commit", "--quiet", "--message", "Adopt assets-actions")
    repo.git("push", "--quiet", "origin", "adopt")
    head = repo.git("rev-parse", "HEAD")
    request = {"number": 1, "base": {"sha": base, "ref": "main"}, "head": {"sha": head, "ref": "adopt"}}
    payload = {"number": 1, "pull_request": request}
    checked = execute(repo, "pr-checks.yml", place(tmp_path, "check"), event="pull_request", payload=payload)
    assert checked.code == 0, checked.text
    assert checked.jobs["Validate"] == checked.jobs["Assets"] == "success"

    repo.git("push", "--quiet", "origin", "adopt:main")
    pushed = {"before": base, "after": head, "ref": "refs/heads/main"}
    released = execute(repo, "assets-release.yml", place(tmp_path, "release"), payload=pushed)
    assert released.code == 0, released.text
    assert "component/hello" in released.summary
    assert {"refs/heads/release", "refs/tags/component/hello/1"} <= repo.remote_refs().keys()
    assert 'version: "1"' in repo.released()["latest/component/hello/spec.yaml"][1].decode()


def place(directory: Path, name: str) -> Path:
    (directory / name).mkdir()
    return directory / name
