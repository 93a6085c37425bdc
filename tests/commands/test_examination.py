"""A large catalog is examined in two halves: what comes of it is the same."""

import threading
from typing import Any

import pytest

from assets_actions.commands import validate
from assets_actions.commands.validation import examination
from assets_actions.commands.validation.facts import release_files
from assets_actions.errors import UserError
from tests.conftest import Repo, component, environment


def many(repo: Repo) -> None:
    files: dict[str, Any] = {}
    for number in range(examination.WORTH_SPLITTING + 20):
        files |= component(f"part{number:03}")
    for name in ("part000", "part100", "part219"):
        files[f"assets/{name}/asset.yaml"] = "type: component\nspec: spec.yaml\nrelease_paths: [../shared]\n"
    files["assets/shared/x"] = ""
    files["assets/part150/spec.yaml"] = "name: [\n"
    files["assets/part210/spec.yaml"] += "environment: azureml:gone:1\ntags: {Python: 3.10}\n"
    files["assets/part005/spec.yaml"] += "jobs: {a: {component: azureml:part212:1}}\n"
    files["assets/part212/spec.yaml"] += "jobs: {a: {component: azureml:part005:1}}\n"
    files |= environment("sklearn-1.7") | {
        path.replace("sklearn-1.7/", "a-copy/"): text for path, text in environment("sklearn-1.7").items()
    }
    files["assets/zz/spec.yaml"] = "x: 1\n"
    repo.commit(files)


def test_two_halves_find_what_one_whole_does(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    many(repo)
    repo.write({"assets/shared/x": "1\n", "assets/part210/src/add.py": ""})
    for since in (None, "HEAD"):
        found = []
        for worth in (10, 10_000):
            monkeypatch.setattr(examination, "WORTH_SPLITTING", worth)
            report: Any = validate.run(validate.Inputs(repo=repo.path, changed_since=since)).report
            found.append((report.assets, report.findings, sorted(map(str, report.skipped))))
        assert found[0] == found[1]
        rules = {finding.rule for finding in found[0][1]}
        assert {"missing-category", "missing-dependency", "dependency-cycle", "duplicate-asset"} <= rules


def test_no_thread_runs_once_it_is_known_that_nothing_is_known_of_the_release(repo: Repo) -> None:
    repo.commit(component())
    (repo.path / ".git/refs/tags").mkdir(exist_ok=True)
    (repo.path / ".git/refs/tags/broken").write_text("0" * 39 + "1\n")
    before = threading.active_count()
    with pytest.raises(UserError, match="has not been fetched"):
        release_files(repo.path, "origin", "release")()
    assert threading.active_count() == before
