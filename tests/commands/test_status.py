"""status, on real repositories with a remote."""

import json
import re
from pathlib import Path
from typing import Any

from tests.conftest import Repo, component, environment

DOCKERFILE = "FROM host/base:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}}\n"


def pins(tmp_path: Path, base: str, x: str) -> str:
    file = tmp_path / f"pins-{base}-{x}.json"
    images = [{"image": "host/base", "tag_regex": None, "reference": f":{base}"}]
    file.write_text(json.dumps({"version": 1, "images": images, "packages": [{"package": "x", "version": x}]}))
    return str(file)


def status(repo: Repo, *arguments: str) -> dict[str, dict[str, Any]]:
    """What status says: id → its facts."""
    ran = repo.run("status", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    return {asset["id"]: asset for asset in ran.json["assets"]}


def states(repo: Repo, *arguments: str) -> dict[str, str]:
    return {id_: asset["state"] for id_, asset in status(repo, *arguments).items()}


def test_every_asset_is_told_with_what_the_next_release_does_and_why(repo: Repo) -> None:
    source = repo.commit({**component("a"), **component("b"), **component("c"), **environment()})
    commit = repo.release("--tag").json["commit"]
    repo.git("rm", "-r", "--quiet", "assets/c")
    repo.commit(
        {"assets/b/src/add.py": "print(2)\n", "assets/env-1/context/Dockerfile": "FROM x\n", **component("d", "7")}
    )
    found = status(repo)
    told = {id_: (asset["state"], asset["version"], asset["next_version"]) for id_, asset in found.items()}
    assert told == {
        "component/a": ("unchanged", "1", "1"),
        "component/b": ("blocked", "1", "1"),
        "component/c": ("removed", "1", None),
        "component/d": ("new", None, "7"),
        "environment/env-1": ("updated", "1", "2"),
    }
    assert found["component/a"]["tag"] == "component/a/1"
    assert found["component/d"]["tag"] is None
    released = found["component/a"]["released"]
    assert (released["commit"], released["source"], released["or_earlier"]) == (commit, source, False)
    assert released["at"] == repo.git("log", "-1", "--format=%cI", commit, at=repo.origin).replace("Z", "+00:00")
    text = repo.run("status").out.splitlines()
    assert text[0] == "unchanged  component/a        1      tagged  today"
    assert text[2] == "updated    environment/env-1  1 → 2  tagged  today  context/Dockerfile"
    assert text[4] == (
        "blocked    component/b        1      tagged  today  "
        "released already, content differs: bump its version (assets/b/spec.yaml:3)"
    )
    assert text[-1] == "5 assets · 1 unchanged · 1 new · 1 updated · 1 removed · 1 blocked"


def test_each_asset_is_told_with_the_release_that_changed_it_last(repo: Repo) -> None:
    first = repo.commit({**component("a"), **component("b")})
    repo.release()
    second = repo.commit({"assets/b/src/add.py": "print(2)\n"})
    repo.release()
    assert {id_: asset["released"]["source"] for id_, asset in status(repo).items()} == {
        "component/a": first,
        "component/b": second,
    }


def test_a_named_asset_is_told_with_its_pins_and_since_when_each_is_there(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment(dockerfile=DOCKERFILE))
    dates = {}
    for day, (base, x) in enumerate([("1", "1.0"), ("2", "1.0"), ("2", "2.0"), ("2", "2.0")], start=1):
        env = {"GIT_COMMITTER_DATE": f"2020-01-0{day}T00:00:00+00:00"}
        repo.commit({"assets/env-1/context/more": str(day)})
        assert repo.run("release-commit", "--tag", "--pins", pins(tmp_path, base, x), env=env).code == 0
        dates[day] = f"2020-01-0{day}T00:00:00+00:00"
    asset = status(repo, "environment/env-1")["environment/env-1"]
    assert asset["state"] == "unchanged"
    assert [(pin["resolved"], pin["file"], pin["since"]) for pin in asset["pins"]] == [
        (":2", "context/Dockerfile", dates[2]),
        ("2.0", "context/Dockerfile", dates[3]),
    ]
    assert asset["released"]["at"] == dates[4]
    assert [pin["since"] for pin in status(repo)["environment/env-1"]["pins"]] == [None, None]
    text = repo.run("status", "environment/env-1").out
    assert "  pins         host/base 2 · since 2020-01-02, " in text
    assert "  release tag  environment/env-1/4\n" in text
    assert states(repo, "--pins", pins(tmp_path, "3", "2.0")) == {"environment/env-1": "updated"}


def test_a_tag_without_a_known_pin_is_told_and_the_others_are_planned(repo: Repo, tmp_path: Path) -> None:
    shared = environment("env-2", dockerfile=DOCKERFILE)
    repo.commit({**environment(dockerfile=DOCKERFILE), **shared, **component()})
    assert states(repo) == {
        "component/adder": "new",
        "environment/env-1": "unpinned",
        "environment/env-2": "unpinned",
    }
    ran = repo.run("status", "environment/env-1")
    assert "  unpinned     what a template tag resolves to is not known: give --pins\n" in ran.out
    assert "is not in the pins (assets/env-1/context/Dockerfile:1)\n" in ran.out
    assert set(states(repo, "--pins", pins(tmp_path, "1", "1")).values()) == {"new"}
    empty = tmp_path / "empty.json"
    empty.write_text('{"version": 1}')
    lacking = repo.run("status", "--pins", str(empty))
    assert lacking.code == 0
    assert lacking.out.endswith(f" · nothing is released until {empty} has all pins\n")


def test_changes_that_make_no_difference_are_told(repo: Repo) -> None:
    repo.commit({**component(), "assets/adder/README.md": "x"})
    repo.release()
    repo.commit({"assets/adder/src/add.py": "print(1 + 1)\r\n", "assets/adder/README.md": "y", "README.md": "z"})
    ran = repo.run("status", "component/adder")
    assert "  unchanged    nothing that a release carries has changed since 1\n" in ran.out
    assert "changed since, but says the same: assets/adder/src/add.py\n" in ran.out
    assert "changed since, but a release does not carry it: assets/adder/README.md\n" in ran.out


def test_files_whose_changes_are_ignored_are_told(repo: Repo) -> None:
    repo.commit({**component(), ".github/assets-actions-ignore": "*.py\n"})
    repo.release()
    repo.commit({"assets/adder/src/add.py": "print(2)\n"})
    ran = repo.run("status", "component/adder")
    assert "changed since, but .github/assets-actions-ignore has it ignored: assets/adder/src/add.py\n" in ran.out


def test_an_asset_that_was_rolled_back_is_held_until_its_source_changes(repo: Repo) -> None:
    repo.commit(environment())
    repo.release("--tag")
    repo.commit({"assets/env-1/context/Dockerfile": "FROM x\n"})
    repo.release("--tag")
    repo.release("--tag", "--rollback", "environment/env-1", "--to", "1")
    ran = repo.run("status", "environment/env-1")
    assert "  held         held back: rolled back by hand, until its source changes: context/Dockerfile\n" in ran.out
    assert "  release tag  environment/env-1/3\n" in ran.out
    repo.commit({"assets/env-1/context/Dockerfile": "FROM y\n"})
    assert states(repo) == {"environment/env-1": "updated"}


def test_what_is_not_committed_is_told(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release()
    repo.write({"assets/a/src/add.py": "print(2)\n", "assets/a/src/new\n.py": "", **component("c")})
    found = status(repo)
    assert found["component/a"]["uncommitted"] == ["assets/a/src/add.py", "assets/a/src/new\n.py"]
    assert found["component/b"]["uncommitted"] == []
    assert status(repo, "--source", "main")["component/a"]["uncommitted"] == []
    ran = repo.run("status", "component/a", "component/c")
    assert "  uncommitted  assets/a/src/add.py, assets/a/src/new\\n.py\n" in ran.out
    assert "component/c\n  elsewhere    a release does not find it\n" in ran.out
    assert "assets/c/asset.yaml is not committed\n" in ran.out


def test_an_asset_that_stands_below_no_directory_of_assets_is_told(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release()
    repo.git("mv", "assets/b", "b")
    repo.commit()
    found = status(repo, "component/b")["component/b"]
    assert found["state"] == "removed"
    assert found["messages"] == ["b/asset.yaml is not below `assets`, where assets are looked for"]


def test_one_asset_that_cannot_be_read_keeps_all_from_being_released(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b"), **component("c")})
    repo.release()
    repo.commit(
        {
            "assets/a/spec.yaml": "name: a\nversion: ]\n",
            "assets/b/src/add.py": "2\n",
            "assets/c/asset.yaml": "type: x\n",
        }
    )
    found = status(repo)
    assert {id_: asset["state"] for id_, asset in found.items()} == {
        "assets/c/asset.yaml": "unreadable",
        "component/a": "unreadable",
        "component/b": "updated",
        "component/c": "removed",
    }
    assert found["component/a"]["messages"][0].endswith(" (assets/a/spec.yaml:2)")
    ran = repo.run("status", "component/a", "assets/c/asset.yaml")
    assert ran.out.endswith(" · nothing is released until 2 assets can be read\n")
    assert "  unreadable   nothing is released, of any asset, until this is mended:\n" in ran.out


def test_two_assets_that_share_a_spec_that_cannot_be_read_are_both_told(repo: Repo) -> None:
    config = "type: component\nspec: ../spec.yaml\n"
    repo.commit({"assets/a/asset.yaml": config, "assets/b/asset.yaml": config, "assets/spec.yaml": "name: ]\n"})
    found = status(repo)
    assert {asset["state"] for asset in found.values()} == {"unreadable"}
    assert all(asset["messages"] for asset in found.values())


def test_two_assets_of_one_id_are_one_that_cannot_be_read(repo: Repo, tmp_path: Path) -> None:
    first = environment(dockerfile=DOCKERFILE)
    repo.commit(first)
    repo.release("--pins", pins(tmp_path, "1", "1"))
    repo.commit({path.replace("/env-1/", "/other/deep/"): text for path, text in first.items()})
    assert states(repo) == {"environment/env-1": "unreadable"}
    ran = repo.run("status", "environment/env-1")
    assert ran.code == 0
    assert "environment/env-1 is already defined in assets/env-1/asset.yaml (" in ran.out


def test_a_release_of_any_date_is_told(repo: Repo) -> None:
    repo.commit(component())
    commit = repo.release().json["commit"]
    text = repo.git("cat-file", "commit", commit, at=repo.origin) + "\n"
    for date, year in {"99999999999999": "9999", "x": "1970"}.items():
        file = repo.path / "commit"
        file.write_text(re.sub(r"(?m)^(committer .* )\d+ ", rf"\g<1>{date} ", text))
        made = repo.git("hash-object", "-t", "commit", "-w", "--literally", str(file), at=repo.origin)
        repo.git("update-ref", "refs/heads/release", made, at=repo.origin)
        assert status(repo)["component/adder"]["released"]["at"].startswith(year)


def test_a_source_that_comes_before_the_released_one_is_told(repo: Repo) -> None:
    old = repo.commit(component())
    repo.commit(component(version="2"))
    repo.release()
    ran = repo.run("status", "component/adder", "--source", old)
    assert "  late         a newer source than this one was released already\n" in ran.out
    assert ran.out.endswith(" · nothing to do: a newer source is released already\n")
    assert states(repo, "--source", old) == {"component/adder": "late"}


def test_a_source_of_another_history_is_told(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.git("commit", "--quiet", "--message", "Other")
    assert "release-commit refuses this source" in repo.run("status").out


def test_a_history_that_was_cut_off_says_so(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release()
    repo.commit({"assets/b/src/add.py": "print(2)\n"})
    repo.release()
    clone = Repo(tmp_path / "clone", repo.origin)
    repo.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{repo.origin}", str(clone.path))
    found = status(clone, "--no-fetch")
    assert {id_: asset["released"]["or_earlier"] for id_, asset in found.items()} == {
        "component/a": True,
        "component/b": True,
    }
    assert "0 days or more ago" in clone.run("status", "component/a").out


def test_dependencies_are_told_both_ways(repo: Repo) -> None:
    uses = component(code="code: src\nenvironment: azureml:env-1@latest\n")
    repo.commit({**environment(), **uses})
    found = status(repo)
    assert found["component/adder"]["dependencies"] == ["environment/env-1"]
    assert found["environment/env-1"]["dependents"] == ["component/adder"]
    ran = repo.run("status", "environment/env-1")
    assert "  needed by    component/adder\n" in ran.out


def test_names_that_there_are_none_of_are_refused_with_the_nearest(repo: Repo) -> None:
    repo.commit(component())
    ran = repo.run("status", "component/adde", "component/\x1b[2J", "component/adder")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no asset `component/adde`; did you mean `component/adder`?" in ran.err
    assert "there is no asset `component/\\x1b[2J`" in ran.err


def test_nothing_is_written(repo: Repo) -> None:
    repo.commit({**component(), **environment()})
    repo.release()
    repo.write({"assets/adder/src/add.py": "print(2)\n"})
    before = repo.remote_refs(), repo.git("status", "--porcelain"), repo.git("for-each-ref", "refs/heads", "refs/tags")
    repo.run("status", "component/adder")
    after = repo.remote_refs(), repo.git("status", "--porcelain"), repo.git("for-each-ref", "refs/heads", "refs/tags")
    assert before == after
