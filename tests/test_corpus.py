"""Two real releases of the system in public use: planned and carried out exactly as they were."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from assets_actions.release.compare import same_text
from tests.commands.test_compare import fetched, partial
from tests.conftest import Repo

CASES = ["2025-10-16", "2025-11-05"]


class Case(NamedTuple):
    repo: Repo
    pins: list[str]
    expected: dict[str, Any]
    after: Path


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    place = tmp_path_factory.mktemp("corpus") / request.param
    subprocess.run([corpus / "unpack", request.param, place], check=True)
    repo = Repo(place / "work", place / "origin.git")
    subprocess.run(["git", "clone", "--quiet", repo.origin, repo.path], check=True)
    return Case(
        repo, ["--pins", str(place / "pins.json")], json.loads((place / "expected.json").read_text()), place / "after"
    )


def test_the_plan_is_the_real_one(case: Case) -> None:
    ran = case.repo.run("detect-changes", "--release-branch", "release", *case.pins, "--format", "json")
    assert ran.code == 0, ran.err
    found: dict[str, dict[str, str]] = {"new": {}, "updated": {}, "removed": {}, "blocked": {}, "unchanged": {}}
    for asset in ran.json["assets"]:
        found[asset["status"]][asset["id"]] = asset["version"]
    assert found["new"] == case.expected["new"]
    assert found["updated"] == case.expected["updated"]
    assert sorted(found["removed"]) == sorted(case.expected["removed"])
    assert found["blocked"] == {}


def test_a_clone_without_contents_and_history_releases_the_same_and_reads_what_differs_alone(
    case: Case, tmp_path: Path
) -> None:
    origin = tmp_path / "origin.git"
    shutil.copytree(case.repo.origin, origin)
    source = Repo(case.repo.path, origin)
    clone = partial(source, tmp_path / "partial", "--filter=blob:none")
    ours = {line.split()[2] for line in source.git("ls-tree", "-r", "HEAD").splitlines()}
    theirs = source.git("ls-tree", "-r", "release", at=origin).splitlines()
    (batch,) = fetched(clone, "detect-changes", *case.pins, trace=tmp_path / "trace")
    assert not batch & ours
    read = {line.split("\t")[1] for line in theirs if line.split()[2] in batch}
    specs = {path for path in read if path.rpartition("/")[2] in ("spec.yaml", "spec.yml")}
    # The public system writes specs anew, so that each of them has another id than its source; ours keeps their layout.
    assert len(specs) > 600
    # Of all else, what pins, authors or line endings changed, and the asset configs of what is removed.
    assert len(read - specs) < 70
    assert len(read) < len(theirs) / 4
    plan = source.run("detect-changes", "--release-branch", "release", *case.pins, "--format", "json").json
    result = clone.release(*case.pins, "--tag").json
    assert result["assets"] == plan["assets"]
    released = {**case.expected["new"], **case.expected["updated"]}
    assert set(result["tags"]) == {f"{id_}/{version}" for id_, version in released.items()}
    full = tmp_path / "full.git"
    shutil.copytree(case.repo.origin, full)
    again = Repo(case.repo.path, full)
    again.release("--release-branch", "release", "--remote", str(full), *case.pins)
    assert again.git("rev-parse", "release^{tree}", at=full) == source.git("rev-parse", "release^{tree}", at=origin)


SHIPPED_UNRESOLVED = "`{{image.context.dir}}` resolves to nothing here; did you mean `image.context.path`?"


def test_validation_has_no_error_to_show_but_a_real_one(case: Case) -> None:
    """Two specs ask for a tag that there is none of; both were released with it unresolved."""
    ran = case.repo.run("validate", "--format", "json")
    errors = [finding for finding in ran.json["findings"] if finding["severity"] == "error"]
    assert {finding["message"] for finding in errors} <= {SHIPPED_UNRESOLVED}
    for finding in errors:
        spec = case.repo.git("show", f"origin/release:latest/{finding['asset']}/spec.yaml")
        assert "{{image.context.dir}}" in spec


def test_the_release_is_the_real_one_and_a_second_run_has_nothing_to_do(case: Case, tmp_path: Path) -> None:
    origin = tmp_path / "origin.git"
    shutil.copytree(case.repo.origin, origin)
    repo = Repo(case.repo.path, origin)
    before, tags_before = repo.released(), repo.remote_refs().keys()
    arguments = ["--release-branch", "release", "--remote", str(origin), *case.pins, "--tag"]
    result = repo.release(*arguments).json
    touched = {*case.expected["new"], *case.expected["updated"]}
    after = repo.released()
    for id_ in sorted(touched):
        ours = {path: file for path, file in after.items() if path.startswith(f"latest/{id_}/")}
        theirs = {
            path.relative_to(case.after).as_posix(): path.read_bytes()
            for path in (case.after / "latest" / id_).rglob("*")
            if path.is_file()
        }
        assert ours.keys() == theirs.keys()
        for path, (_, content) in ours.items():
            assert same_text(content, theirs[path]) or (
                path.endswith("spec.yaml") and yaml.safe_load(content) == yaml.safe_load(theirs[path])
            ), path
    untouched = {
        path for path in before if "/".join(path.split("/")[1:3]) not in touched | set(case.expected["removed"])
    }
    assert {path: before[path] for path in untouched} == {path: after[path] for path in untouched}
    assert repo.git("rev-list", "--count", f"{result['release']}..release", at=origin) == "1"
    released = {**case.expected["new"], **case.expected["updated"]}
    assert repo.remote_refs().keys() - tags_before == {
        f"refs/tags/{id_}/{version}" for id_, version in released.items()
    }
    again = repo.run("release-commit", *arguments)
    assert again.code == 0
    assert again.out.endswith("nothing to do\n")
    assert repo.remote_refs()["refs/heads/release"] == result["commit"]


def test_template_files_are_pinned_byte_for_byte_as_they_were(case: Case, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "copy", case.repo.origin)
    subprocess.run(["git", "clone", "--quiet", case.repo.path, repo.path], check=True)
    ran = repo.run("pin-versions", *case.pins, "--write", "--format", "json")
    assert ran.code == 0, ran.err
    written = {place["file"] for pin in [*ran.json["images"], *ran.json["packages"]] for place in pin["places"]}
    compared = set()
    for config in sorted((repo.path / "assets").rglob("asset.yaml")):
        model = yaml.safe_load(config.read_bytes())
        if model["type"] != "environment":
            continue
        for path in config.parent.rglob("*"):
            name = path.relative_to(repo.path).as_posix()
            theirs = case.after / "latest/environment" / model["name"] / path.relative_to(config.parent)
            if name in written:
                # The public system writes `\n` whatever the author wrote; nothing else may differ.
                assert path.read_bytes().replace(b"\r\n", b"\n") == theirs.read_bytes().replace(b"\r\n", b"\n"), name
                compared.add(name)
    assert compared == written
    assert len(compared) > 40
