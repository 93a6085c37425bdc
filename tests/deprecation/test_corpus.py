"""Every asset of two real releases, deprecated."""

import datetime
import difflib
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog, fetch, load_catalog
from assets_actions.commands.release import release_branch
from assets_actions.commands.validation.examination import examine_catalog
from assets_actions.deprecation.dates import in_months
from assets_actions.deprecation.edit import deprecate
from assets_actions.deprecation.notice import Notice, delete_on, description_of, is_deprecated
from assets_actions.release.released import LATEST
from assets_actions.release.versions import ReleaseTags
from assets_actions.rules import rules
from assets_actions.settings import Settings
from tests.trees import tree

NOTICE = Notice("something-else", in_months(datetime.datetime.now(tz=datetime.UTC).date(), 6))
REFS = ("refs/heads/main", "refs/heads/release", "refs/tags/*")
SENTENCE = "DEPRECATED: Please use something-else instead."


class Case(NamedTuple):
    repository: Path
    before: Catalog
    after: Catalog
    edited: dict[str, tuple[bytes, bytes]]
    """Contents before and after, by path."""


@pytest.fixture(scope="module", params=["2025-10-16", "2025-11-05"])
def case(request: pytest.FixtureRequest, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    place, bundle = tmp_path_factory.mktemp("corpus"), corpus / request.param / "repo.bundle"
    subprocess.run(["git", "init", "--quiet", "--bare", place], check=True)
    subprocess.run(["git", "fetch", "--quiet", bundle, *(f"{ref}:{ref}" for ref in REFS)], cwd=place, check=True)
    source = git.commit_tree_of(place, "main")
    files, modes = source.read(source.entries), {path: entry.mode for path, entry in source.entries.items()}
    before = _catalog(files, modes)
    edits: dict[str, bytes] = {}
    for asset in before.assets:
        changed = deprecate(asset, NOTICE)
        assert changed, asset.path
        assert not changed.keys() & edits.keys(), "no two assets share what is edited"
        edits |= changed
    edited = {path: (files[path], content) for path, content in edits.items()}
    return Case(place, before, _catalog({**files, **edits}, modes), edited)


def _catalog(files: dict[str, bytes], modes: dict[str, str]) -> Catalog:
    catalog = load_catalog(tree(files, modes), ["assets"])
    fetch(catalog.assets)
    return catalog


def _pairs(case: Case) -> list[tuple[Asset, Asset]]:
    assert len(case.before.assets) > 690
    return list(zip(case.before.assets, case.after.assets, strict=True))


def _read(content: bytes) -> Any:
    return yaml.load(content, Loader=yaml.CSafeLoader)


def test_each_means_what_it_did_but_for_the_three_changes(case: Case) -> None:
    for old, new in _pairs(case):
        assert old.spec
        assert new.spec
        before, after = _read(old.spec.content), _read(new.spec.content)
        tags = {**(before.pop("tags", None) or {}), "DeleteOn": NOTICE.delete_on.isoformat()}
        assert after.pop("tags") == {"Deprecated": "", **tags}
        words, described = (description_of(old) or "").strip(), description_of(new)
        assert described
        assert described.startswith(SENTENCE)
        assert described.removeprefix(SENTENCE).strip() == words
        if ("description",) not in old.spec_texts:
            assert described == after.pop("description")
            before.pop("description", None)
        configs = _read(old.config.content), _read(new.config.content)
        if not old.is_auto:
            for was, now in ((before, after), configs):
                if was.get("version", "{{asset.version}}") != "{{asset.version}}":
                    assert _last_number(now.pop("version")) == _last_number(was.pop("version")) + 1
        assert before == after
        assert configs[0] == configs[1]


def _last_number(version: str | int) -> int:
    return int(str(version).rpartition(".")[2])


def test_the_difference_is_in_the_lines_of_description_tags_and_version(case: Case) -> None:
    gone = re.compile(r"(version|description): ?.*")
    new = re.compile(
        rf"(version|description): .*|tags:|  +(Deprecated|DeleteOn): \".*\"| *{re.escape(SENTENCE)}| +\"{re.escape(SENTENCE)} .*\"|"
    )
    for path, contents in case.edited.items():
        old, now = (content.decode().splitlines(keepends=True) for content in contents)
        assert {_ending(line) for line in now[:-1]} <= {_ending(line) for line in old[:-1]} | {_ending(old[0])}
        changes = [line for line in difflib.ndiff(old, now) if line[0] in "+-"]
        for line in changes:
            text = line[2:].rstrip("\r\n")
            if line[0] == "+":
                assert new.fullmatch(text), (path, line)
            elif not gone.fullmatch(text):  # a plain text on a line of its own
                assert f'"{SENTENCE} {text.strip()}"' in "".join(now), (path, line)
        assert len([line for line in changes if line[0] == "-"]) <= 2
        # Of a file that does not end with a new line, the last line stays so.
        assert path.endswith(".md") or _ending(old[-1]) == _ending(now[-1])


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def test_what_is_deprecated_already_is_left_alone(case: Case) -> None:
    for _, asset in _pairs(case):
        assert is_deprecated(asset)
        assert delete_on(asset) == NOTICE.delete_on
        assert deprecate(asset, NOTICE) == {}, asset.path


def test_validation_has_nothing_new_to_find(case: Case) -> None:
    released = git.commit_tree_of(case.repository, "release", LATEST)
    tags = ReleaseTags(release_branch.local_tags(case.repository).keys())
    before, after = (
        Counter(
            (finding.rule, finding.file, finding.message)
            for finding in examine_catalog(
                catalog, rules(), Settings(), lambda: (released, tags), None
            ).verdict.findings
        )
        for catalog in (case.before, case.after)
    )
    assert after - before == Counter()
    assert {rule for rule, _, _ in before - after} <= {"deprecated-description", "incomplete-deprecation"}
