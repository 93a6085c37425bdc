"""What a release reads and counts: partial clones, files that LFS keeps, files that are no reason for a release."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Repo, component, environment

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n"
ATTRIBUTES = {".gitattributes": "*.bin filter=lfs -text\n"}


def partial(repo: Repo, place: Path, *switches: str) -> Repo:
    """A clone that has neither contents nor history but for what is checked out, and keeps a log of what it fetches."""
    repo.git("config", "uploadpack.allowFilter", "true", at=repo.origin)
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true", at=repo.origin)
    repo.git("clone", "--quiet", "--depth=1", *switches, f"file://{repo.origin}", str(place))
    return Repo(place, repo.origin)


def fetched(clone: Repo, *arguments: str, trace: Path) -> list[set[str]]:
    """For each fetch of contents by a command, the blobs that came."""
    trace.unlink(missing_ok=True)
    ran = clone.run(*arguments, env={"GIT_TRACE_PACKET": str(trace)})
    assert ran.code in (0, 1), ran.err
    batches: list[set[str]] = []
    for line in trace.read_text(errors="replace").splitlines():
        if re.search(r" (fetch|upload-pack)[<>] command=fetch", line) or " fetch> command=fetch" in line:
            batches.append(set())
        if want := re.search(r" fetch> want ([0-9a-f]{40})", line):
            batches[-1].add(want[1])
    blobs = [{one for one in batch if clone.git("cat-file", "-t", one) == "blob"} for batch in batches]
    return [batch for batch in blobs if batch]


def names(repo: Repo, blobs: set[str], ref: str = "release") -> set[str]:
    listed = repo.git("ls-tree", "-r", ref, at=repo.origin).splitlines()
    return {line.split("\t")[1] for line in listed if line.split()[2] in blobs}


@pytest.mark.parametrize(
    "switches", [["--filter=blob:none"], ["--filter=tree:0"], ["--filter=blob:none", "--no-checkout"]]
)
def test_a_partial_clone_fetches_what_differs_in_one_batch_and_nothing_else(
    repo: Repo, tmp_path: Path, switches: list[str]
) -> None:
    many = {path: text for n in range(20) for path, text in component(f"c{n}", "1").items()}
    repo.commit(
        {**many, **component("gone"), **environment("auto"), "assets/c1/src/add.py": "print(0)\n", "README.md": "x"}
    )
    repo.release("--tag")
    repo.git("rm", "-rq", "assets/gone")
    repo.commit(
        {**component("c1", "2"), "assets/c1/src/add.py": "print(2)\n", "assets/auto/context/Dockerfile": "FROM x\n"}
    )
    clone = partial(repo, tmp_path / "partial", *switches)
    of_source = {line.split()[2] for line in repo.git("ls-tree", "-r", "main", at=repo.origin).splitlines()}
    batches = fetched(clone, "detect-changes", trace=tmp_path / "trace")
    assert len(batches) == (5 if "--no-checkout" in switches else 1)
    (of_release,) = [batch for batch in batches if not batch <= of_source]
    assert names(repo, of_release) == {
        "latest/environment/auto/context/Dockerfile",
        "latest/environment/auto/spec.yaml",
        "latest/component/c1/spec.yaml",
        "latest/component/c1/src/add.py",
        "latest/component/gone/spec.yaml",
    }
    result = clone.release("--tag").json
    assert set(result["tags"]) == {"component/c1/2", "environment/auto/2"}
    assert repo.plan() == clone.plan()
    subprocess.run(["git", "fsck", "--strict"], cwd=repo.origin, check=True, capture_output=True)


def test_a_partial_clone_reads_nothing_that_is_equal(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**component("a"), **component("b"), "assets/a/src/data.bin": bytes(range(256))})
    repo.release("--tag")
    clone = partial(repo, tmp_path / "partial", "--filter=blob:none")
    assert fetched(clone, "detect-changes", trace=tmp_path / "trace") == []


def test_a_pointer_of_lfs_blocks_its_asset_at_the_file(repo: Repo) -> None:
    pointer = POINTER.format("1" * 64)
    repo.commit({**ATTRIBUTES, **component("a"), **component("b"), "assets/a/src/weights.bin": pointer})
    ran = repo.run("release-commit")
    assert ran.code == 1
    assert "blocked   component/a  1   a file that Git LFS keeps elsewhere" in ran.out
    assert "(assets/a/src/weights.bin:1)" in ran.out
    assert "release_lfs_pointers: true" in ran.out
    assert {path.split("/")[2] for path in repo.released()} == {"b"}
    repo.commit({".github/assets-actions.yml": "release_lfs_pointers: true\n"})
    repo.release("--tag")
    assert repo.released()["latest/component/a/src/weights.bin"][1] == pointer.encode()


def test_pointers_are_compared_by_what_they_stand_for(repo: Repo) -> None:
    pointer = POINTER.format("1" * 64)
    settings = {".github/assets-actions.yml": "release_lfs_pointers: true\n"}
    repo.commit({**ATTRIBUTES, **settings, **component(), "assets/adder/src/weights.bin": pointer})
    repo.release("--tag")
    repo.commit({"assets/adder/src/weights.bin": pointer + "x-note added\n"})
    assert repo.plan() == {"component/adder": ("unchanged", "1")}
    repo.commit({"assets/adder/src/weights.bin": POINTER.format("2" * 64)})
    assert repo.plan() == {"component/adder": ("blocked", "1")}


def test_a_file_that_lfs_would_keep_and_does_not_is_released(repo: Repo) -> None:
    repo.commit(
        {
            **ATTRIBUTES,
            **component(),
            "assets/adder/src/real.bin": b"\0content",
            "assets/adder/src/p.txt": POINTER.format("1" * 64),
        }
    )
    assert repo.plan() == {"component/adder": ("new", "1")}


def test_files_that_are_ignored_cause_no_release_and_are_carried_by_the_next_one(repo: Repo) -> None:
    files = {**component(), "assets/adder/src/README.md": "one", "assets/adder/src/tests/test_add.py": "1"}
    repo.commit({**files, ".github/assets-actions-ignore": "# docs and tests\n*.md\n**/tests/\n!KEEP.md\n"})
    repo.release("--tag")
    repo.git("rm", "-q", "assets/adder/src/tests/test_add.py")
    repo.commit({"assets/adder/src/README.md": "two", "assets/adder/src/tests/new.py": "2"})
    assert repo.plan() == {"component/adder": ("unchanged", "1")}
    assert repo.release("--tag").json["commit"] is None
    repo.commit({"assets/adder/src/KEEP.md": "counts"})
    assert repo.plan() == {"component/adder": ("blocked", "1")}
    repo.commit(component(version="2"))
    repo.release("--tag")
    released = {path.removeprefix("latest/component/adder/"): text for path, (_, text) in repo.released().items()}
    assert (released["src/README.md"], released["src/tests/new.py"]) == (b"two", b"2")
    assert "src/tests/test_add.py" not in released


def test_an_assets_own_documents_are_never_ignored(repo: Repo) -> None:
    repo.commit({**component(), ".github/assets-actions-ignore": "*\n"})
    repo.release()
    repo.commit({"assets/adder/src/add.py": "print(2)\n"})
    assert repo.plan() == {"component/adder": ("unchanged", "1")}
    repo.commit(component(version="2"))
    assert repo.plan() == {"component/adder": ("updated", "2")}


@pytest.mark.parametrize(("pattern", "line"), [("ok\n[z-a]\n", 2), ("!\n", 1), ("a\nb\n\\\n", 3)])
def test_a_pattern_that_is_none_is_told_at_its_line(repo: Repo, pattern: str, line: int) -> None:
    repo.commit({**component(), ".github/assets-actions-ignore": pattern})
    ran = repo.run("detect-changes")
    assert ran.code == 2
    assert f".github/assets-actions-ignore:{line}: " in ran.err


def test_types_are_tagged_as_the_settings_say(repo: Repo) -> None:
    repo.commit({**component(), **environment(), ".github/assets-actions.yml": "release_tags: [environment]\n"})
    assert repo.release().json["tags"] == ["environment/env-1/1"]
    repo.commit({**component(version="2"), "assets/env-1/context/Dockerfile": "FROM x\n"})
    assert repo.release("--tag").json["tags"] == ["environment/env-1/2"]
    repo.commit({".github/assets-actions.yml": "release_tags: []\n", "assets/env-1/context/Dockerfile": "FROM y\n"})
    assert repo.release("--tag").json["tags"] == []


def test_a_shallow_clone_fetches_no_more_history_than_it_takes(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    repo.release("--tag")
    for number in range(120):
        repo.git("commit", "--quiet", "--allow-empty", "--message", str(number))
    repo.commit({"README.md": "x"})
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "near"))
    near = Repo(tmp_path / "near", repo.origin)
    assert near.plan() == {"component/adder": ("unchanged", "1")}
    assert near.git("rev-list", "--count", "HEAD") == "122"  # 50 were too few, 200 more were all
    repo.release()  # nothing to release, and nothing to record
    repo.commit(component(version="2"))
    repo.release("--tag")
    for number in range(9):
        repo.git("commit", "--quiet", "--allow-empty", "--message", str(number))
    repo.commit({"README.md": "y"})
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "far"))
    far = Repo(tmp_path / "far", repo.origin)
    assert far.plan() == {"component/adder": ("unchanged", "2")}
    assert int(far.git("rev-list", "--count", "HEAD")) < 70
