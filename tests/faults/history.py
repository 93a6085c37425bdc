"""What must hold of a remote after any releases, whatever befell them."""

import subprocess
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from assets_actions.assets.document import top_values

HEADS, TAGS = "refs/heads/", "refs/tags/"


def git(repository: Path, *arguments: str, stdin: str = "") -> str:
    """What git answers; fails the test where git does."""
    done = subprocess.run(["git", *arguments], cwd=repository, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.removesuffix("\n")


def refs(repository: Path) -> dict[str, str]:
    """All refs: name → object."""
    lines = git(repository, "for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    return {name: object_ for object_, name in (line.split(" ", 1) for line in lines)}


def check_objects(repository: Path) -> None:
    """Nothing that a ref leads to is missing or broken."""
    git(repository, "fsck", "--strict", "--no-dangling", "--no-progress")


class State(NamedTuple):
    """An asset in a release commit: the id of its files' tree, and its version."""

    tree: str
    version: str


class Release(NamedTuple):
    """A commit of the release branch: the assets in it, and those that it released (not there so before)."""

    commit: str
    source: str
    assets: dict[str, State]
    released: dict[str, State]


def releases(origin: Path) -> list[Release]:
    """The release branch from its first commit on. It is linear."""
    found: list[Release] = []
    listed = git(
        origin, "log", "--reverse", "--format=%H %P,%(trailers:key=Source-Commit,valueonly,separator=%x20)", "release"
    )
    for line in listed.splitlines():
        (commit, *parents), (source,) = (part.split() for part in line.split(","))
        assert parents == [release.commit for release in found[-1:]]
        assets = _assets(origin, commit)
        before = found[-1].assets if found else {}
        released = {id_: state for id_, state in assets.items() if state != before.get(id_)}
        found.append(Release(commit, source, assets, released))
    return found


def _assets(origin: Path, commit: str) -> dict[str, State]:
    trees = {}
    for line in git(origin, "ls-tree", "-r", "-d", commit, "latest/").splitlines():
        tree, path = line.split()[2:]
        if path.count("/") == 2:
            trees[path.removeprefix("latest/")] = tree
    specs = [git(origin, "cat-file", "blob", f"{tree}:spec.yaml") for tree in trees.values()]
    versions = [top_values(spec.encode(), ["version"])["version"] for spec in specs]
    return {id_: State(tree, version) for (id_, tree), version in zip(trees.items(), versions, strict=True)}


def check_history(origin: Path) -> list[Release]:
    """A remote on which every release was tagged is as some releases, one after another, leave it.

    Sources never go backwards; a version names one content for ever; its tag stands where it was released first.
    """
    history = releases(origin)
    for earlier, later in pairwise(history):
        git(origin, "merge-base", "--is-ancestor", earlier.source, later.source)
    first: dict[str, tuple[str, str]] = {}
    for release in history:
        assert release.released or release.assets != history[history.index(release) - 1].assets, "an empty release"
        for id_, (tree, version) in release.released.items():
            assert first.setdefault(f"{id_}/{version}", (tree, release.commit))[0] == tree, f"{id_}/{version} is two"
    lines = git(origin, "for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", TAGS).splitlines()
    tags = {line.split()[0].removeprefix(TAGS): line.split()[1:] for line in lines}
    assert tags == {name: ["tag", commit] for name, (_, commit) in first.items()}
    check_objects(origin)
    return history
