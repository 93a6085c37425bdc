"""detect-changes and release-commit, on real repositories with a remote."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import IDENTITY, Repo, component, environment

DIGEST = f"sha256:{'0' * 64}"


def pins(tmp_path: Path, **versions: str) -> str:
    """A pins file: `base` is an image's tag, all others are packages."""
    file = tmp_path / f"pins-{'-'.join(versions.values())}.json"
    images = (
        [{"image": "host/base", "tag_regex": None, "reference": f":{versions.pop('base')}"}]
        if "base" in versions
        else []
    )
    packages = [{"package": name, "pre": False, "version": version} for name, version in versions.items()]
    file.write_text(json.dumps({"version": 1, "images": images, "packages": packages}))
    return str(file)


def version_in_release(repo: Repo, id_: str) -> str:
    spec = next(content for path, (_, content) in repo.released().items() if path == f"latest/{id_}/spec.yaml")
    return str(yaml.safe_load(spec)["version"])


def test_the_first_release_makes_the_branch_with_a_root_commit_of_its_own(repo: Repo) -> None:
    source = repo.commit({**component(), **environment(), "README.md": "not released"})
    assert repo.plan() == {"component/adder": ("new", "1"), "environment/env-1": ("new", "1")}
    result = repo.release("--tag").json
    assert result["release"] is None
    assert sorted(repo.released()) == [
        "latest/component/adder/asset.yaml",
        "latest/component/adder/spec.yaml",
        "latest/component/adder/src/add.py",
        "latest/environment/env-1/asset.yaml",
        "latest/environment/env-1/context/Dockerfile",
        "latest/environment/env-1/environment.yaml",
        "latest/environment/env-1/spec.yaml",
    ]
    refs = repo.remote_refs()
    assert refs.keys() == {
        "refs/heads/main",
        "refs/heads/release",
        "refs/tags/component/adder/1",
        "refs/tags/environment/env-1/1",
    }
    assert refs["refs/heads/release"] == result["commit"]
    assert repo.git("rev-list", "--count", result["commit"], at=repo.origin) == "1"
    assert repo.git("cat-file", "-t", refs["refs/tags/component/adder/1"], at=repo.origin) == "tag"
    assert repo.git("rev-parse", "component/adder/1^{commit}", at=repo.origin) == result["commit"]
    message = repo.git("log", "-1", "--format=%B", result["commit"], at=repo.origin)
    assert message.startswith("Release 2 assets: component/adder 1, environment/env-1 1\n")
    assert f"\nSource-Commit: {source}\n" in message


def test_a_second_run_has_nothing_to_do(repo: Repo) -> None:
    repo.commit({**component(), **environment()})
    repo.release("--tag")
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--tag")
    assert ran.code == 0
    assert ran.out.endswith("nothing to do\n")
    assert repo.remote_refs() == before
    assert {status for status, _ in repo.plan().values()} == {"unchanged"}


def test_a_dry_run_shows_the_same_and_writes_nothing(repo: Repo) -> None:
    repo.commit({**component(), **environment()})
    before = repo.remote_refs(), repo.git("count-objects", "-v"), repo.git("for-each-ref")
    dry = repo.release("--tag", "--dry-run").json
    assert (repo.remote_refs(), repo.git("count-objects", "-v"), repo.git("for-each-ref")) == before
    assert (dry["commit"], dry["dry_run"]) == (None, True)
    assert dry["assets"] == repo.release("--tag").json["assets"]


def test_nothing_in_the_working_tree_changes(repo: Repo) -> None:
    repo.commit(component())
    repo.write({"assets/adder/src/add.py": "uncommitted\n", "untracked": "x"})
    repo.git("add", "untracked")
    before = repo.git("status", "--porcelain"), repo.git("rev-parse", "HEAD"), repo.git("stash", "list")
    ran = repo.run("detect-changes")
    assert "uncommitted changes are not included" in ran.err
    repo.release("--tag")
    assert (repo.git("status", "--porcelain"), repo.git("rev-parse", "HEAD"), repo.git("stash", "list")) == before
    assert repo.released()["latest/component/adder/src/add.py"][1] == b"print(1 + 1)\n"


def test_an_automatic_version_goes_up_with_each_release_of_a_change(repo: Repo) -> None:
    repo.commit(environment())
    repo.release("--tag")
    for version in ("2", "3"):
        repo.commit({"assets/env-1/context/Dockerfile": f"FROM scratch\nLABEL v={version}\n"})
        assert repo.plan() == {"environment/env-1": ("updated", version)}
        result = repo.release("--tag").json
        assert result["assets"][0]["previous_version"] == str(int(version) - 1)
        assert result["assets"][0]["reasons"] == [{"path": "context/Dockerfile", "change": "modified"}]
        assert version_in_release(repo, "environment/env-1") == version


def test_a_version_that_is_not_tagged_yet_is_released_again(repo: Repo) -> None:
    repo.commit({**environment("env-1"), **environment("env-2")})
    repo.release("--tag")
    repo.commit({"assets/env-1/context/Dockerfile": "FROM scratch\nLABEL v=2\n"})
    repo.release()
    assert version_in_release(repo, "environment/env-1") == "2"
    repo.commit({"assets/env-1/context/Dockerfile": "FROM scratch\nLABEL v=2a\n"})
    assert repo.plan()["environment/env-1"] == ("updated", "2")
    assert repo.release("--tag").json["tags"] == ["environment/env-1/2"]


def test_a_manual_version_that_was_tagged_blocks_until_it_is_bumped_and_the_others_are_released(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release("--tag")
    repo.commit({"assets/a/src/add.py": "print(2)\n", "assets/b/src/add.py": "print(2)\n"})
    repo.write(component("b", "2"))
    repo.commit({"assets/b/src/add.py": "print(2)\n"})
    ran = repo.run("release-commit", "--tag")
    assert ran.code == 1
    assert (
        "blocked   component/a      1   released already, content differs: bump its version (assets/a/spec.yaml:3)"
        in ran.out
    )
    assert repo.released()["latest/component/a/src/add.py"][1] == b"print(1 + 1)\n"
    assert repo.released()["latest/component/b/src/add.py"][1] == b"print(2)\n"
    planned = repo.run("detect-changes", "--format", "json")
    assert planned.code == 1
    assert planned.json["summary"] == {"new": 0, "updated": 0, "unchanged": 1, "removed": 0, "blocked": 1}
    (blocked,) = [asset for asset in planned.json["assets"] if asset["status"] == "blocked"]
    assert blocked["message"] == "released already, content differs: bump its version"
    repo.write(component("a", "2"))
    repo.commit({"assets/a/src/add.py": "print(2)\n"})
    assert repo.release("--tag").json["tags"] == ["component/a/2"]


def test_without_tags_a_changed_manual_asset_is_released_as_it_stands(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    repo.commit({"assets/adder/src/add.py": "print(2)\n"})
    assert repo.plan() == {"component/adder": ("updated", "1")}
    repo.release()
    assert repo.released()["latest/component/adder/src/add.py"][1] == b"print(2)\n"


def test_what_has_gone_from_the_source_goes_from_the_branch_and_keeps_its_tags(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release("--tag")
    repo.git("rm", "-rq", "assets/a")
    repo.commit()
    assert repo.plan() == {"component/a": ("removed", None), "component/b": ("unchanged", "1")}
    repo.release("--tag")
    assert {path.split("/")[2] for path in repo.released()} == {"b"}
    assert "refs/tags/component/a/1" in repo.remote_refs()


def test_an_asset_that_comes_back_never_takes_a_version_twice(repo: Repo) -> None:
    repo.commit({**component("a"), **environment(), **component("b")})
    repo.release("--tag")
    repo.git("rm", "-rq", "assets/a", "assets/env-1")
    repo.commit()
    repo.release("--tag")
    repo.commit({**component("a"), **environment()})
    assert repo.plan() == {
        "component/a": ("new", "1"),
        "component/b": ("unchanged", "1"),
        "environment/env-1": ("new", "2"),
    }
    repo.commit({"assets/a/src/add.py": "print(2)\n"})
    assert repo.plan()["component/a"] == ("blocked", "1")


def test_the_same_manual_asset_can_come_back_as_it_was(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release("--tag")
    tag = repo.remote_refs()["refs/tags/component/a/1"]
    repo.git("rm", "-rq", "assets/a")
    repo.commit()
    repo.release("--tag")
    repo.commit(component("a"))
    assert repo.plan()["component/a"] == ("new", "1")
    result = repo.release("--tag").json
    assert result["commit"]
    assert result["tags"] == []
    assert repo.remote_refs()["refs/tags/component/a/1"] == tag
    assert "latest/component/a/src/add.py" in repo.released()


def many(names: list[str]) -> dict[str, str | bytes]:
    return {path: text for name in names for path, text in component(name).items()}


def test_removing_most_of_what_is_released_has_to_be_meant(repo: Repo) -> None:
    repo.commit(many([f"c{number}" for number in range(40)]))
    repo.release()
    repo.git("rm", "-rq", *(f"assets/c{number}" for number in range(11)))
    repo.commit()
    before = repo.remote_refs()
    ran = repo.run("release-commit")
    assert ran.code == 2
    assert "11 of 40 released assets would be removed" in ran.err
    assert "--allow-removals" in ran.err
    assert repo.remote_refs() == before
    assert repo.release("--allow-removals").json["summary"]["removed"] == 11


@pytest.mark.parametrize(("assets", "removed"), [(12, 10), (60, 12)])
def test_removing_a_few_is_everyday_work(repo: Repo, assets: int, removed: int) -> None:
    repo.commit(many([f"c{number}" for number in range(assets)]))
    repo.release()
    repo.git("rm", "-rq", *(f"assets/c{number}" for number in range(removed)))
    repo.commit()
    assert repo.release().json["summary"]["removed"] == removed


def test_template_tags_are_resolved_in_what_is_released_and_nowhere_else(repo: Repo, tmp_path: Path) -> None:
    files = environment(
        dockerfile="FROM host/base:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}} y\n"
    )
    repo.commit(files)
    ran = repo.run("release-commit", "--pins", pins(tmp_path, base="2026.1", x="1.0"))
    assert ran.code == 0, ran.err
    released = repo.released()["latest/environment/env-1/context/Dockerfile"][1]
    assert released == b"FROM host/base:2026.1\nRUN pip install x==1.0 y\n"
    assert (repo.path / "assets/env-1/context/Dockerfile").read_bytes().count(b"{{latest-") == 2
    ran = repo.run("detect-changes", "--pins", pins(tmp_path, base="2026.2", x="1.0"))
    assert "context/Dockerfile: base 2026.1 → 2026.2" in ran.out


def test_an_image_name_in_the_environment_config_is_pinned_as_well(repo: Repo, tmp_path: Path) -> None:
    files = environment()
    files["assets/env-1/environment.yaml"] = (
        "image:\n  name: host/base:{{latest-image-tag}} # {{latest-image-tag}}\n  os: linux\n"
    )
    files["assets/env-1/spec.yaml"] = 'name: "{{asset.name}}"\nversion: "{{asset.version}}"\nimage: "{{image.name}}"\n'
    repo.commit(files)
    repo.release("--pins", pins(tmp_path, base="7"))
    released = repo.released()
    assert released["latest/environment/env-1/environment.yaml"][1].startswith(
        b"image:\n  name: host/base:7 # {{latest-image-tag}}\n"
    )
    assert yaml.safe_load(released["latest/environment/env-1/spec.yaml"][1])["image"] == "host/base:7"


def test_nothing_unresolved_is_ever_released(repo: Repo, tmp_path: Path) -> None:
    repo.commit(
        environment(dockerfile="FROM host/base:{{latest-image-tag}}\n\nRUN pip install x=={{latest-pypi-version}}\n")
    )
    for command in ("detect-changes", "release-commit"):
        ran = repo.run(command, "--format", "json", "--pins", pins(tmp_path, base="1"))
        assert ran.code == 1
        (finding,) = ran.json["findings"]
        assert (finding["file"], finding["line"], finding["column"]) == ("assets/env-1/context/Dockerfile", 3, 20)
        assert finding["message"] == "`x=={{latest-pypi-version}}` is not in the pins"
    assert len(repo.run("detect-changes", "--format", "json").json["findings"]) == 2
    assert "refs/heads/release" not in repo.remote_refs()


def test_the_spec_takes_its_texts_from_files_with_one_kind_of_line_ending(repo: Repo) -> None:
    repo.commit(
        {
            "assets/m/asset.yaml": "type: model\nspec: spec.yaml\n",
            "assets/m/spec.yaml": "name: m\nversion: 1\npath: ./\ntags:\n  notes: notes.md\n  other: nothing.md\n",
            "assets/m/description.md": "# M\r\n\r\ntext\r\n",
            "assets/m/notes.md": "a\r\nb",
        }
    )
    repo.release()
    spec = yaml.safe_load(repo.released()["latest/model/m/spec.yaml"][1])
    assert spec["description"] == "# M\n\ntext\n"
    assert spec["tags"] == {"notes": "a\nb", "other": "nothing.md"}
    assert repo.released()["latest/model/m/description.md"][1] == b"# M\r\n\r\ntext\r\n"


def test_a_changed_description_file_is_a_change_of_the_asset(repo: Repo) -> None:
    files = {**component(), "assets/adder/description.md": "one\n"}
    repo.commit(files)
    repo.release()
    repo.commit({"assets/adder/description.md": "two\n"})
    (asset,) = repo.run("detect-changes", "--format", "json").json["assets"]
    assert [reason["path"] for reason in asset["reasons"]] == ["description.md", "spec.yaml"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("assets/adder/src/add.py", "a\nb\n", "a\r\nb\r\n"),
        ("assets/adder/src/add.py", "a\nb\n", "a\nb"),
        (
            "assets/adder/spec.yaml",
            None,
            '# comment\nversion: "1"\nname: adder\ncode: src\ncommand: python add.py\ntype: command\n',
        ),
        ("assets/adder/notes.txt", "a\n", "b\n"),
    ],
    ids=["line endings", "last line ending", "a spec's layout", "a file that is not released"],
)
def test_what_makes_no_difference_releases_nothing(repo: Repo, path: str, old: str | None, new: str) -> None:
    repo.commit({**component(), **({path: old} if old else {})})
    repo.release("--tag")
    repo.commit({path: new})
    assert repo.plan() == {"component/adder": ("unchanged", "1")}
    assert repo.release("--tag").json["commit"] is None


def test_mode_link_folder_and_binary_changes_are_changes(repo: Repo) -> None:
    files = {
        **component(),
        "assets/adder/src/run": "#!/bin/sh\n",
        "assets/adder/src/image.png": b"\x89PNG\r\n\0",
        "assets/adder/src/turns": "file",
        "assets/adder/src/kept": b"\0\xff",
    }
    repo.write(files)
    (repo.path / "assets/adder/src/link").symlink_to("run")
    repo.commit()
    repo.release()
    (repo.path / "assets/adder/src/run").chmod(0o755)
    (repo.path / "assets/adder/src/link").unlink()
    (repo.path / "assets/adder/src/link").symlink_to("add.py")
    (repo.path / "assets/adder/src/turns").unlink()
    repo.commit({"assets/adder/src/image.png": b"\x89PNG\n\0", "assets/adder/src/turns/into": "a folder"})
    (asset,) = repo.run("detect-changes", "--format", "json").json["assets"]
    assert [(reason["path"], reason["change"]) for reason in asset["reasons"]] == [
        ("src/image.png", "modified"),
        ("src/link", "modified"),
        ("src/run", "mode"),
        ("src/turns", "removed"),
        ("src/turns/into", "added"),
    ]
    repo.release()
    released = repo.released()
    root = "latest/component/adder/src"
    assert released[f"{root}/run"][0] == "100755"
    assert released[f"{root}/link"] == ("120000", b"add.py")
    assert released[f"{root}/turns/into"] == ("100644", b"a folder")
    assert f"{root}/turns" not in released


HARD_NAMES = [
    "a b.py",
    "comma,semi;colon.py",
    "quote\"'`.py",
    "$(touch pwned).py",
    "new\nline.py",
    "ünïcode-名前.py",
    "-rf.py",
    "tab\there.py",
    "back\\slash.py",
    "tags/x.py",
    "CVS/x.py",
    ".hidden/.dot",
    ".gitattributes",
    "star*[x]?.py",
    ":(glob)x.py",
    "%0A%25.py",
    os.fsdecode(b"latin-\xe9.py"),
]


def test_files_of_any_name_survive_a_release_byte_for_byte_and_mode_for_mode(repo: Repo) -> None:
    contents = {f"assets/adder/src/{name}": f"{number}\n".encode() for number, name in enumerate(HARD_NAMES)}
    contents["assets/adder/src/all bytes"] = bytes(range(256))
    contents["assets/adder/src/empty"] = b""
    repo.write({**component(), **contents})
    (repo.path / "assets/adder/src/-rf.py").chmod(0o755)
    (repo.path / "assets/adder/src/dangling link").symlink_to("nowhere at all")
    repo.commit()
    repo.release()
    released = {path: file for path, file in repo.released().items() if "/src/" in path}
    wanted = {path.replace("assets/", "latest/component/"): ("100644", content) for path, content in contents.items()}
    wanted["latest/component/adder/src/add.py"] = ("100644", b"print(1 + 1)\n")
    wanted["latest/component/adder/src/-rf.py"] = ("100755", wanted["latest/component/adder/src/-rf.py"][1])
    wanted["latest/component/adder/src/dangling link"] = ("120000", b"nowhere at all")
    assert released == wanted
    assert not (repo.path / "pwned").exists()
    assert repo.plan() == {"component/adder": ("unchanged", "1")}
    repo.commit({"assets/adder/src/new\nline.py": "changed\n"})
    ran = repo.run("detect-changes")
    assert "src/new\\nline.py" in ran.out


def test_what_else_stands_on_the_release_branch_stays(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    repo.write({"README.md": "by hand", "latest/NOTES": "by hand", "latest/strange/x/y": "by hand"})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "By hand")
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("checkout", "--quiet", "main")
    repo.commit({"assets/adder/src/add.py": "print(2)\n"})
    repo.release()
    released = repo.released()
    assert {"README.md", "latest/NOTES", "latest/strange/x/y"} <= released.keys()
    assert released["latest/component/adder/src/add.py"][1] == b"print(2)\n"


def test_a_late_run_of_an_older_merge_changes_nothing_and_says_so(repo: Repo) -> None:
    older = repo.commit(component(version="1"))
    repo.commit({**component(version="2"), "assets/adder/src/add.py": "print(2)\n"})
    repo.release("--tag")
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--source", older)
    assert ran.code == 0
    assert "a newer source is released already" in ran.out
    assert repo.remote_refs() == before


def test_a_source_of_another_history_is_refused(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    before = repo.remote_refs()
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.write(component(version="2"))
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "Another history")
    ran = repo.run("release-commit")
    assert ran.code == 2
    assert ", which was released last, nor before it" in ran.err
    assert repo.remote_refs() == before


def test_a_rewritten_history_goes_on_from_what_was_released_as_the_error_says(repo: Repo) -> None:
    repo.commit({"README.md": "x"})
    repo.commit(component())
    repo.release("--tag")
    repo.git("commit", "--quiet", "--amend", "--message", "Reworded")
    repo.git("push", "--quiet", "--force", "origin", "HEAD:main")
    ran = repo.run("release-commit", "--tag")
    assert ran.code == 2
    order = ran.err.partition("`git ")[2].partition("`")[0]
    repo.git(*order.split())
    repo.commit(component(version="2"))
    assert repo.release("--tag").json["tags"] == ["component/adder/2"]


def test_two_runs_from_the_same_state_make_the_same_tree(new_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        repo = new_repo(name)
        repo.commit(
            {**component("b"), **component("a"), **environment(dockerfile="FROM host/base:{{latest-image-tag}}\n")}
        )
        repo.release("--pins", pins(tmp_path, base="1"), "--tag")
        trees.append(repo.git("rev-parse", "release^{tree}", at=repo.origin))
    assert trees[0] == trees[1]


def test_the_plan_depends_on_no_locale_zone_time_machine_or_order(
    new_repo: Callable[[str], Repo],
) -> None:
    files = {**component("b"), **component("a"), **environment("I"), **environment("i")}
    told = []
    for number, machine in enumerate(
        [
            {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
            {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
            {"LC_ALL": "C.UTF-8", "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "2", "PYTHONUTF8": "1"},
        ]
    ):
        repo = new_repo(f"machine{number}")
        day = f"2026-0{number + 1}-01T00:00:00Z"
        repo.write(dict(sorted(files.items(), reverse=bool(number))))
        repo.git("add", "--all")
        when = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
        commit = ["git", "commit", "--quiet", "--message", "x"]
        subprocess.run(commit, cwd=repo.path, check=True, env={**os.environ, **IDENTITY, **when})
        places = ["assets/a", "assets", "assets/b"]
        directories = [f"--assets-dir={place}" for place in (places if number else reversed(places))]
        env = {**machine, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        planned = repo.run("detect-changes", *directories, "--format", "json", env=env)
        assert planned.code == 0, planned.err
        released = repo.run("release-commit", *directories, "--tag", env=env)
        assert released.code == 0, released.err
        told.append((planned.out, repo.git("log", "-1", "--format=%T%n%B", "release", at=repo.origin)))
    assert told[0] == told[1] == told[2]


def test_a_source_that_cannot_be_read_stops_the_release_with_every_finding(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b")})
    repo.release()
    repo.commit({"assets/a/spec.yaml": "name: [\n", "assets/b/asset.yaml": "type: nothing\nspec: spec.yaml\n"})
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--format", "json")
    assert ran.code == 1
    assert {(f["rule"], f["file"]) for f in ran.json["findings"]} == {
        ("wrong-value", "assets/b/asset.yaml"),
        ("yaml-syntax", "assets/a/spec.yaml"),
    }
    assert repo.remote_refs() == before


def test_what_stands_in_the_release_branch_need_not_be_readable(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b"), **environment()})
    repo.release("--tag")
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    repo.write({"latest/component/a/spec.yaml": b"\xff", "latest/environment/env-1/asset.yaml": "- no\n"})
    repo.git("rm", "-q", "latest/component/b/asset.yaml")
    repo.git("commit", "--quiet", "--all", "--message", "By hand")
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("checkout", "--quiet", "main")
    assert repo.plan() == {
        "component/a": ("blocked", "1"),
        "component/b": ("blocked", "1"),
        "environment/env-1": ("updated", "2"),
    }


def test_an_assets_own_config_is_found_among_those_of_its_neighbours(repo: Repo) -> None:
    files = {**component("b", code="code: ..\n"), **component("a", "7")}
    repo.commit(files)
    repo.release("--tag")
    assert "latest/component/b/a/asset.yaml" in repo.released()
    result = repo.run("detect-changes", "--format", "json").json
    assert {asset["id"]: asset["previous_version"] for asset in result["assets"]} == {
        "component/a": "7",
        "component/b": "1",
    }


def test_without_fetching_the_branch_is_what_was_fetched_last(repo: Repo) -> None:
    repo.commit(component())
    ran = repo.run("detect-changes", "--no-fetch")
    assert ran.code == 2
    assert "`refs/remotes/origin/release` has not been fetched" in ran.err
    repo.release("--tag")
    repo.git("update-ref", "-d", "refs/remotes/origin/release")
    repo.git("fetch", "--quiet", "origin", "release:refs/remotes/origin/release")
    repo.commit(component(version="2"))
    other = Repo(repo.path.parent / "other", repo.origin)
    repo.git("clone", "--quiet", str(repo.origin), str(other.path))
    other.release("--tag")
    assert repo.plan("--no-fetch") == {"component/adder": ("updated", "2")}
    assert repo.plan() == {"component/adder": ("unchanged", "2")}


def test_a_branch_and_remote_of_any_name_will_do(repo: Repo) -> None:
    repo.commit(component())
    repo.git("remote", "rename", "origin", "up/stream")
    repo.release("--remote", "up/stream", "--release-branch", "releases/ml")
    assert repo.plan("--remote", "up/stream", "--release-branch", "releases/ml") == {
        "component/adder": ("unchanged", "1")
    }
    repo.release("--remote", str(repo.origin), "--release-branch", "by-path")
    assert {"refs/heads/releases/ml", "refs/heads/by-path"} <= repo.remote_refs().keys()


def test_a_shallow_clone_can_release(repo: Repo) -> None:
    repo.commit(component(version="1"))
    repo.release("--tag")
    repo.commit(component(version="2"))
    repo.commit({"unrelated": "x"})
    shallow = Repo(repo.path.parent / "shallow", repo.origin)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(shallow.path))
    assert shallow.release("--tag").json["tags"] == ["component/adder/2"]
    assert repo.git("rev-list", "--count", "release", at=repo.origin) == "2"


def test_who_commits_is_given_or_configured_or_asked_for(repo: Repo) -> None:
    repo.commit(component())
    nobody = dict.fromkeys(
        ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"), ""
    )
    repo.git("config", "user.useConfigOnly", "true")
    ran = repo.run("release-commit", env=nobody)
    assert ran.code == 2
    assert "--author-name" in ran.err
    ran = repo.run("release-commit", "--author-name", "Ann Ö", "--author-email", "ann@example.com", env=nobody)
    assert ran.code == 0, ran.err
    assert repo.git("log", "-1", "--format=%an <%ae> %cn", "release", at=repo.origin) == "Ann Ö <ann@example.com> Ann Ö"


def hook(repo: Repo, name: str, script: str) -> None:
    file = repo.origin / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_a_push_that_is_refused_leaves_nothing_behind_and_says_why(repo: Repo) -> None:
    repo.commit(component())
    before = repo.remote_refs()
    hook(repo, "update", 'case "$1" in refs/tags/*) echo "no tags here" >&2; exit 1;; esac')
    ran = repo.run("release-commit", "--tag")
    assert ran.code == 2
    assert "no tags here" in ran.err
    assert repo.remote_refs() == before


def test_a_release_that_somebody_overtakes_is_planned_again(repo: Repo, tmp_path: Path) -> None:
    """Another release lands while ours is on its way: the remote's hook does it, once, and lets ours fail."""
    repo.commit({**component("a"), **component("b")})
    repo.release("--tag")
    rival = Repo(tmp_path / "rival", repo.origin)
    repo.git("clone", "--quiet", str(repo.origin), str(rival.path))
    first = repo.commit({**component("a", "2")})
    assert first
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    repo.write({"README.md": "overtaken"})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "By somebody else")
    repo.git("push", "--quiet", "origin", "HEAD:refs/heads/rival")
    repo.git("checkout", "--quiet", "main")
    rival_commit = repo.remote_refs()["refs/heads/rival"]
    hook(
        repo,
        "pre-receive",
        f"[ -e overtaken ] && exit 0; touch overtaken; "
        f"env -u GIT_QUARANTINE_PATH git update-ref refs/heads/release {rival_commit}; exit 0",
    )
    result = repo.release("--tag").json
    assert result["tags"] == ["component/a/2"]
    assert repo.git("rev-parse", f"{result['commit']}^", at=repo.origin) == rival_commit
    assert {"README.md", "latest/component/a/spec.yaml"} <= repo.released().keys()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "no-such"], "there is no commit `no-such`"),
        (["--source", "--help"], "--source"),
        (["--remote", "nowhere"], "nowhere"),
        (["--pins", "no-such.json"], "no-such.json: No such file"),
        (["--repo", "no-such"], "there is no directory `no-such`"),
        (["--assets-dir", "no-such"], "the directory `no-such`, to look for assets in, does not exist"),
        (["--assets-dir", "../.."], "the directory `../..`"),
        (["--format", "xml"], "xml"),
        (["--unknown"], "--unknown"),
    ],
)
def test_what_the_caller_must_change_is_said_and_exits_with_2(repo: Repo, arguments: list[str], message: str) -> None:
    repo.commit(component())
    ran = repo.run("detect-changes", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_outside_of_a_repository_there_is_nothing_to_release(tmp_path: Path, repo: Repo) -> None:
    (tmp_path / "plain").mkdir()
    ran = repo.run("detect-changes", "--repo", str(tmp_path / "plain"))
    assert ran.code == 2
    assert "not a git repository" in ran.err


def test_a_repository_with_sha256_ids_can_release(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sha256", tmp_path / "sha256.git")
    repo.path.mkdir()
    repo.git("init", "--quiet", "--bare", "--object-format=sha256", str(repo.origin))
    repo.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    repo.git("remote", "add", "origin", str(repo.origin))
    repo.commit(environment())
    repo.release("--tag")
    assert repo.plan() == {"environment/env-1": ("unchanged", "1")}
    assert subprocess.run(["git", "fsck", "--strict"], cwd=repo.origin, check=True, capture_output=True).returncode == 0


def test_a_source_that_is_late_is_late_for_detect_changes_as_well(repo: Repo) -> None:
    older = repo.commit(component(version="1"))
    repo.commit(component(version="2"))
    repo.release("--tag")
    assert repo.plan("--source", older) == {"component/adder": ("unchanged", "2")}
    assert "a newer source is released already" in repo.run("detect-changes", "--source", older).out


def test_a_shallow_clone_goes_never_backwards_either(repo: Repo) -> None:
    """The tip of the release branch is a commit by hand: what was released last stands in the history that is cut off."""
    older = repo.commit(component(version="1"))
    repo.commit(component(version="2"))
    repo.release("--tag")
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    repo.write({"README.md": "by hand"})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "By hand")
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("push", "--quiet", "--force", "origin", f"{older}:refs/heads/late")
    shallow = Repo(repo.path.parent / "shallow", repo.origin)
    repo.git("clone", "--quiet", "--depth=1", "--branch=late", f"file://{repo.origin}", str(shallow.path))
    before = repo.remote_refs()
    assert "a newer source is released already" in shallow.run("release-commit").out
    assert repo.remote_refs() == before


def test_settings_are_those_of_the_source(repo: Repo) -> None:
    elsewhere = {path.replace("assets/", "other/"): text for path, text in component("b").items()}
    repo.commit({**component("a"), **elsewhere, ".github/assets-actions.yml": "release_branch: releases\n"})
    repo.write({".github/assets-actions.yml": "assets_dirs: [other]\n"})
    repo.release()
    assert {path.split("/")[2] for path in repo.released("releases")} == {"a"}


def test_what_detect_changes_shows_is_what_release_commit_will_say(repo: Repo) -> None:
    repo.commit(many([f"c{number}" for number in range(40)]))
    repo.release()
    repo.git("rm", "-rq", *(f"assets/c{number}" for number in range(11)))
    repo.commit()
    assert "release-commit needs --allow-removals" in repo.run("detect-changes").out
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.git("commit", "--quiet", "--message", "Another history")
    assert "release-commit refuses this source" in repo.run("detect-changes").out


@pytest.mark.parametrize(
    "files",
    [
        {"assets/m/description.md": "caf\xe9".encode("latin-1")},
        {"assets/m/description.md": "x" * 1_100_000},
        {"assets/m/notes.md": b"\xff"},
    ],
    ids=["latin-1", "huge", "a tag's"],
)
def test_a_text_that_no_spec_can_hold_is_a_finding_and_not_a_crash(repo: Repo, files: dict[str, str | bytes]) -> None:
    model = {
        "assets/m/asset.yaml": "type: model\nspec: spec.yaml\ncategories: [Vision]\n",
        "assets/m/spec.yaml": "name: m\nversion: 1\npath: ./\ntags:\n  notes: notes.md\n",
    }
    repo.commit({**model, **files})
    for command in ("validate", "release-commit"):
        ran = repo.run(command, "--format", "json")
        assert ran.code == 1
        assert [(f["rule"], f["file"], f["asset"]) for f in ran.json["findings"]] == [
            ("unreadable-text", *files, "model/m")
        ]


def test_a_large_description_that_still_fits_is_released(repo: Repo) -> None:
    repo.commit({**component(), "assets/adder/description.md": "x y\n" * 249_000})
    repo.release()
    assert repo.plan() == {"component/adder": ("unchanged", "1")}


def test_tags_and_names_of_any_kind_on_the_remote_do_no_harm(repo: Repo) -> None:
    repo.commit(component())
    for tag in ("line\u2028separator", "next\x85line", "component/adder/x/deeper", "ünï/x/1"):
        repo.git("tag", tag)
        repo.git("push", "--quiet", "origin", f"refs/tags/{tag}")
    assert repo.release("--author-name", "\udce9", "--author-email", "e@example.com", "--tag").code == 0


def test_files_that_several_assets_share_are_resolved_and_told_once(repo: Repo, tmp_path: Path) -> None:
    files = {**environment("a"), **environment("b")}
    for name in ("a", "b"):
        files[f"assets/{name}/environment.yaml"] = files[f"assets/{name}/environment.yaml"].replace(
            "dir: context", "dir: ../shared"
        )
    files["assets/shared/Dockerfile"] = (
        "FROM host/base:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}}\n"
    )
    repo.commit(files)
    for arguments in (["detect-changes"], ["pin-versions"]):
        ran = repo.run(*arguments, "--format", "json", "--pins", pins(tmp_path, base="1"))
        assert len(ran.json["findings"]) == 1


def test_what_a_pins_file_holds_beside_makes_no_difference(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment(dockerfile="FROM host/base:{{latest-image-tag}}\n"))
    repo.release("--pins", pins(tmp_path, base="1", other="1"))
    digests = [repo.git("log", "-1", "--format=%(trailers:key=Pins-Digest,valueonly)", "release", at=repo.origin)]
    repo.commit({"assets/env-1/context/x": ""})
    repo.release("--pins", pins(tmp_path, base="1", another="2"))
    digests.append(repo.git("log", "-1", "--format=%(trailers:key=Pins-Digest,valueonly)", "release", at=repo.origin))
    assert digests[0] == digests[1] != ""


def test_a_git_directory_in_the_environment_leads_nowhere_else(repo: Repo, new_repo: Callable[[str], Repo]) -> None:
    other = new_repo("other")
    other.commit({"precious": "x"})
    repo.commit(component())
    before = other.remote_refs(), other.git("for-each-ref")
    repo.run("release-commit", env={"GIT_DIR": str(other.path / ".git"), "GIT_WORK_TREE": str(other.path)})
    assert "refs/heads/release" in repo.remote_refs()
    assert (other.remote_refs(), other.git("for-each-ref")) == before


def test_many_links_cost_no_more_than_one(repo: Repo) -> None:
    repo.write(component())
    for number in range(300):
        (repo.path / f"assets/adder/src/link{number}").symlink_to("add.py")
    repo.commit()
    repo.release()
    assert len([1 for mode, _ in repo.released().values() if mode == "120000"]) == 300


def test_a_source_that_is_nowhere_is_told(repo: Repo) -> None:
    repo.commit(component())
    ran = repo.run("detect-changes", "--source", "1" * 40)
    assert ran.code == 2
    assert f"the commit {'1' * 40} is not here and cannot be fetched" in ran.err
    assert "fix: name the commit to release with --source" in ran.err


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("refs/heads/release", "call it `release`"),
        ("refs/tags/release", "name another"),
        ("HEAD", "name another"),
        ("-x", "name another"),
        ("a b", "name another"),
        ("release:main", "name another"),
    ],
)
def test_a_release_branch_has_a_name_that_a_branch_can_have(repo: Repo, name: str, fix: str) -> None:
    repo.commit(component())
    refs = repo.remote_refs()
    ran = repo.run("release-commit", f"--release-branch={name}")
    assert ran.code == 2
    assert f"no branch of releases can be called `{name}`" in ran.err
    assert f"fix: {fix}" in ran.err
    assert repo.remote_refs() == refs
    assert repo.release("--release-branch", "rel/ünï'$(id)").code == 0


@pytest.mark.parametrize("value", ["main:refs/heads/mine", "--all", "HEAD", "main"])
def test_a_source_that_is_no_commit_is_looked_past_and_never_fetched(repo: Repo, value: str) -> None:
    late = repo.commit(component())
    repo.commit(component(version="2"))
    repo.release()
    tip = repo.git("rev-parse", "release", at=repo.origin)
    message = f"By hand\n\nSource-Commit: {value}\n"
    by_hand = repo.git("commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", message)
    repo.git("push", "--quiet", "origin", f"{by_hand}:refs/heads/release")
    assert repo.plan() == {"component/adder": ("unchanged", "2")}
    assert "a newer source is released already" in repo.run("release-commit", "--source", late).out
    assert repo.git("branch", "--format=%(refname:short)") == "main"


def test_nothing_is_released_onto_the_branch_that_is_released_from(repo: Repo) -> None:
    source = repo.commit(component())
    ran = repo.run("release-commit", "--release-branch", "main")
    assert (ran.code, "`main` is one that is released from" in ran.err) == (2, True)
    assert repo.remote_refs() == {"refs/heads/main": source}
