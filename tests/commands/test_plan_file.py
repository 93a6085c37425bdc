"""One job decides, another carries out exactly that."""

import json
from pathlib import Path

import pytest

from tests.commands.test_release import pins
from tests.conftest import Repo, component, environment

FILES = {
    **component(),
    **environment(dockerfile="FROM host/base:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}}\n"),
}


@pytest.fixture
def plan(repo: Repo, tmp_path: Path) -> Path:
    repo.commit(component("first"))
    repo.release("--tag")
    repo.commit(FILES)
    file = tmp_path / "plan.json"
    planned = repo.run(
        "detect-changes", "--pins", pins(tmp_path, base="7", x="1.0"), "--plan-out", str(file), "--format", "json"
    )
    assert planned.code == 0, planned.err
    written = json.loads(file.read_text())
    assert {key: written[key] for key in planned.json} == planned.json
    return file


def test_a_plan_is_carried_out_with_its_own_source_and_pins_and_once(repo: Repo, plan: Path) -> None:
    repo.commit({"assets/adder/src/add.py": "later\n"})
    planned = json.loads(plan.read_text())
    result = repo.release("--plan", str(plan), "--tag").json
    assert (result["source"], result["assets"]) == (planned["source"], planned["assets"])
    assert (
        repo.released()["latest/environment/env-1/context/Dockerfile"][1]
        == b"FROM host/base:7\nRUN pip install x==1.0\n"
    )
    assert repo.released()["latest/component/adder/src/add.py"][1] == b"print(1 + 1)\n"
    before = repo.remote_refs()
    again = repo.run("release-commit", "--plan", str(plan), "--tag")
    assert (again.code, again.out) == (0, "3 assets · 3 unchanged · nothing to do: this plan was carried out already\n")
    assert repo.remote_refs() == before


def test_another_clone_carries_it_out_though_it_lacks_the_source(repo: Repo, plan: Path, tmp_path: Path) -> None:
    repo.commit({"assets/adder/src/add.py": "later\n"})
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "shallow"))
    Repo(tmp_path / "shallow", repo.origin).release("--plan", str(plan), "--tag")
    assert "refs/tags/environment/env-1/1" in repo.remote_refs()


def test_a_plan_is_refused_where_the_release_branch_has_moved(repo: Repo, plan: Path) -> None:
    repo.run("release-commit", "--burn", "component/first", "9")
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--plan", str(plan))
    assert ran.code == 2
    assert "the branch `release` has moved since the plan was made" in ran.err
    assert "detect-changes --plan-out" in ran.err
    assert repo.remote_refs() == before


def test_a_plan_is_refused_where_it_is_not_what_a_release_would_do_now(repo: Repo, plan: Path) -> None:
    repo.git("push", "--quiet", "origin", "HEAD:refs/tags/environment/env-1/1")
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--plan", str(plan))
    assert ran.code == 2
    assert "the plan is not what a release would do now" in ran.err
    assert repo.remote_refs() == before


def test_what_was_kept_back_for_its_image_is_released_by_a_second_run_of_the_same_plan(
    repo: Repo, tmp_path: Path
) -> None:
    for name in ("old", "lost"):
        repo.commit(environment(name))
    repo.release("--tag")
    repo.commit(environment("new"))
    plan, images = str(tmp_path / "plan.json"), tmp_path / "images.json"
    rebuilt = ["--rebuild", "environment/old", "--rebuild", "environment/lost"]
    assert repo.run("detect-changes", *rebuilt, "--plan-out", plan).code == 0
    shown = repo.run("build-images", "--every", "--dry-run", "--format", "json").json["images"]

    def run(*passed: str) -> dict[str, tuple[str, str]]:
        built = [{**one, "status": "passed" if one["asset"] in passed else "failed", "reason": "x"} for one in shown]
        images.write_text(json.dumps({"version": 1, "images": built}))
        ran = repo.run("release-commit", "--plan", plan, "--require-built", str(images), "--tag", "--format", "json")
        assert ran.code == (0 if len(passed) == 3 else 1), ran.err
        return {one["id"]: (one["status"], one["version"]) for one in ran.json["assets"]}

    old, lost, new = "environment/old", "environment/lost", "environment/new"
    assert run(old) == {old: ("updated", "2"), lost: ("blocked", "2"), new: ("blocked", "1")}
    assert run(old) == {old: ("unchanged", "2"), lost: ("blocked", "2"), new: ("blocked", "1")}
    assert run(old, new) == {old: ("unchanged", "2"), lost: ("blocked", "2"), new: ("new", "1")}
    assert run(old, new, lost) == {old: ("unchanged", "2"), lost: ("updated", "2"), new: ("unchanged", "1")}
    before = repo.remote_refs()
    assert {f"refs/tags/{tag}" for tag in (f"{old}/2", f"{lost}/2", f"{new}/1")} < before.keys()
    ran = repo.run("release-commit", "--plan", plan)
    assert (ran.code, ran.out) == (0, "3 assets · 3 unchanged · nothing to do: this plan was carried out already\n")
    assert repo.remote_refs() == before


def test_the_rest_of_a_plan_is_refused_where_it_is_no_longer_that(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**environment("a"), **component()})
    plan, images = str(tmp_path / "plan.json"), tmp_path / "images.json"
    assert repo.run("detect-changes", "--plan-out", plan).code == 0
    images.write_text('{"version": 1, "images": []}')
    assert repo.run("release-commit", "--plan", plan, "--require-built", str(images)).code == 1
    repo.git("push", "--quiet", "origin", "HEAD:refs/tags/environment/a/1")
    ran = repo.run("release-commit", "--plan", plan)
    assert ran.code == 2
    assert "the plan is not what a release would do now" in ran.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"digest": "sha256:0"}, "the plan is not what a release would do now"),
        ({"source": "--upload-pack=x"}, "not a plan: source: "),
        (
            {"pins": {"version": 1, "packages": [{"package": "x", "version": "None"}]}},
            "not a plan: pins.packages.0.version: ",
        ),
        ({"pins": {"version": 1}}, "is not in the pins"),
        ({"schema_version": 2}, "not a plan: schema_version: "),
        ({"source": "0" * 40}, "0000"),
    ],
)
def test_a_plan_that_somebody_changed_does_nothing(
    repo: Repo, plan: Path, change: dict[str, object], said: str
) -> None:
    plan.write_text(json.dumps({**json.loads(plan.read_text()), **change}))
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--plan", str(plan))
    assert ran.code in (1, 2)
    assert said in ran.err + ran.out
    assert repo.remote_refs() == before


@pytest.mark.parametrize(
    "arguments", [["--pins", "p.json"], ["--source", "HEAD"], ["--rebuild", "a/b"], ["--release-branch", "x"]]
)
def test_what_a_plan_decides_is_not_given_beside_it(repo: Repo, plan: Path, arguments: list[str]) -> None:
    ran = repo.run("release-commit", "--plan", str(plan), *arguments)
    assert ran.code == 2
    assert arguments[0].removeprefix("--") in ran.err


def test_what_is_no_file_of_a_plan_is_said(repo: Repo, tmp_path: Path) -> None:
    ran = repo.run("release-commit", "--plan", pins(tmp_path, x="1.0"))
    assert ran.code == 2
    assert "not a plan: source: " in ran.err
    assert "give the file that detect-changes --plan-out wrote" in ran.err


@pytest.mark.parametrize("place", [".", "nowhere/plan.json"])
def test_a_plan_that_cannot_be_written_is_told_before_the_work(repo: Repo, place: str) -> None:
    ran = repo.run("detect-changes", "--plan-out", place, "--source", "no such commit")
    assert ran.code == 2
    assert "the result cannot be written" in ran.err
    assert "name another file with --plan-out" in ran.err


def test_what_else_was_done_with_the_source_of_a_plan_is_not_taken_for_the_plan(repo: Repo, plan: Path) -> None:
    repo.release("--plan", str(plan), "--tag")
    newer = pins(plan.parent, base="8", x="2.0")
    assert repo.run("detect-changes", "--pins", newer, "--plan-out", str(plan)).code == 0
    assert repo.run("release-commit", "--burn", "environment/env-1", "9").code == 0
    ran = repo.run("release-commit", "--plan", str(plan))
    assert ran.code == 2
    assert "the branch `release` has moved since the plan was made" in ran.err
