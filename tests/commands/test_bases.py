"""Where a change starts, in clones as workflow runs have them: shallow, partial, on the merge that GitHub made."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from assets_actions import git
from tests.conftest import Ran, Repo, component, environment

REPOSITORY = {"default_branch": "main"}


def clone(repo: Repo, at: str, *switches: str) -> Repo:
    """A clone as actions/checkout makes it: one commit, detached, without branches."""
    path = repo.path.parent / "clone"
    repo.git("config", "uploadpack.allowFilter", "true", at=repo.origin)
    path.mkdir()
    clone = Repo(path, repo.origin)
    clone.git("init", "--quiet")
    clone.git("remote", "add", "origin", f"file://{repo.origin}")
    clone.git("fetch", "--quiet", "--no-tags", *(switches or ("--depth=1",)), "origin", at)
    clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    return clone


def since_auto(repo: Repo, name: str, payload: Mapping[str, Any], ref: str = "", *arguments: str) -> Ran:
    path = repo.path.parent / "event.json"
    path.write_text(json.dumps({"repository": REPOSITORY, **payload}))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path), "GITHUB_REF": ref}
    return repo.run("detect-changes", "--since", "auto", "--format", "json", *arguments, env=env)


def affected(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return {asset["id"]: asset["status"] for asset in ran.json["assets"]}


def pull_request(base: str, head: str) -> dict[str, Any]:
    return {"number": 1, "pull_request": {"base": {"sha": base}, "head": {"sha": head}}}


@pytest.fixture
def three(repo: Repo) -> Repo:
    """Three components on main; a branch `work` changed `one`, and main changed `two` after that."""
    repo.commit({**component("one"), **component("two"), **component("three")}, "first")
    repo.git("switch", "--quiet", "--create", "work")
    repo.write({"assets/one/src/add.py": "print(2)\n"}).git("commit", "--quiet", "--all", "--message", "work")
    repo.git("switch", "--quiet", "main")
    repo.commit({"assets/two/src/add.py": "print(2)\n"}, "main")
    repo.git("push", "--quiet", "origin", "work")
    return repo


def merge(repo: Repo) -> str:
    """The merge of `work` that GitHub makes for its pull request, pushed where GitHub has it."""
    repo.git("checkout", "--quiet", "--detach", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    repo.git("push", "--quiet", "origin", "HEAD:refs/pull/1/merge")
    merged = repo.git("rev-parse", "HEAD")
    repo.git("switch", "--quiet", "main")
    return merged


def commits(repo: Repo) -> int:
    return int(repo.git("rev-list", "--count", "--all", "HEAD"))


def test_of_the_merge_that_github_made_the_base_is_the_other_side_and_nothing_else_is_fetched(three: Repo) -> None:
    older = three.git("rev-parse", "main~1")
    shallow = clone(three, merge(three))
    ran = since_auto(shallow, "pull_request", pull_request(older, three.git("rev-parse", "work")))
    assert affected(ran) == {"component/one": "modified"}
    assert ran.json["base"] == three.git("rev-parse", "main")
    assert len((shallow.path / ".git/shallow").read_text().split()) == 2


@pytest.mark.parametrize(
    "switches",
    [("--depth=1",), ("--filter=blob:none",), ("--depth=1", "--filter=blob:none"), ("--depth=1", "--filter=tree:0")],
)
def test_of_the_head_of_a_pull_request_the_base_is_where_the_branches_parted(
    three: Repo, switches: tuple[str, ...]
) -> None:
    head = three.git("rev-parse", "work")
    ran = since_auto(clone(three, head, *switches), "pull_request", pull_request(three.git("rev-parse", "main"), head))
    assert affected(ran) == {"component/one": "modified"}
    assert ran.json["base"] == three.git("rev-parse", "main~1")


def test_a_commit_on_top_of_the_head_is_part_of_the_change(three: Repo) -> None:
    head = three.git("rev-parse", "work")
    shallow = clone(three, head)
    shallow.write({"assets/three/src/add.py": "print(3)\n"}).git("commit", "--quiet", "--all", "--message", "top")
    ran = since_auto(shallow, "pull_request", pull_request(three.git("rev-parse", "main"), head))
    assert affected(ran) == {"component/one": "modified", "component/three": "modified"}


def test_a_checkout_that_lacks_the_change_is_refused_and_never_unaffected(three: Repo) -> None:
    event = pull_request(three.git("rev-parse", "main"), three.git("rev-parse", "work"))
    shallow = clone(three, "main")
    for name in ("pull_request_target", "pull_request"):
        ran = since_auto(shallow, name, event)
        assert ran.code == 2
        assert "does not contain" in ran.err
    event["pull_request"]["base"]["sha"] = three.git("rev-parse", "main~1")
    assert since_auto(shallow, "pull_request_target", event).code == 2


def test_a_merge_group_starts_from_its_base(three: Repo) -> None:
    head = merge(three)
    event = {"merge_group": {"base_sha": three.git("rev-parse", "main"), "head_sha": head}}
    assert affected(since_auto(clone(three, head), "merge_group", event)) == {"component/one": "modified"}


def push(three: Repo, branch: str, before: str, **more: Any) -> dict[str, Any]:
    return {"ref": f"refs/heads/{branch}", "before": before, "after": three.git("rev-parse", branch), **more}


def test_a_push_starts_from_what_was_there_before(three: Repo) -> None:
    event = push(three, "main", three.git("rev-parse", "main~1"))
    assert affected(since_auto(clone(three, "main"), "push", event)) == {"component/two": "modified"}


@pytest.mark.parametrize("zeros", [40, 64])
def test_a_new_branch_starts_where_it_left_the_default_branch(three: Repo, zeros: int) -> None:
    event = push(three, "work", "0" * zeros, created=True)
    assert affected(since_auto(clone(three, "work"), "push", event)) == {"component/one": "modified"}


def test_a_new_default_branch_starts_from_nothing(three: Repo) -> None:
    ran = since_auto(clone(three, "main"), "push", push(three, "main", "0" * 40, created=True))
    assert affected(ran) == dict.fromkeys(("component/one", "component/two", "component/three"), "added")
    assert ran.json["base"] is None


def test_a_forced_push_to_the_default_branch_starts_from_what_it_replaced(three: Repo) -> None:
    before = three.git("rev-parse", "main")
    three.git("reset", "--quiet", "--hard", "main~1")
    three.write({"assets/three/src/add.py": "print(3)\n"}).git("commit", "--quiet", "--all", "--message", "other")
    three.git("push", "--quiet", "--force", "origin", "main")
    ran = since_auto(clone(three, "main"), "push", push(three, "main", before, forced=True))
    assert affected(ran) == {"component/two": "modified", "component/three": "modified"}


def test_a_forced_push_to_another_branch_starts_where_it_left_the_default_branch(three: Repo) -> None:
    ran = since_auto(clone(three, "work"), "push", push(three, "work", "f" * 40, forced=True))
    assert affected(ran) == {"component/one": "modified"}


@pytest.mark.parametrize("switches", [("--depth=1",), ("--depth=1", "--filter=blob:none"), ("--filter=tree:0",)])
def test_a_base_that_the_remote_no_longer_has_is_an_error(three: Repo, switches: tuple[str, ...]) -> None:
    ran = since_auto(clone(three, "main", *switches), "push", push(three, "main", "f" * 40, forced=True))
    assert ran.code == 2
    assert f"the change starts from {'f' * 40}, which cannot be fetched" in ran.err


def test_a_shallow_partial_clone_fetches_the_base_alone(three: Repo) -> None:
    event = push(three, "main", three.git("rev-parse", "main~1"))
    three.git("commit", "--quiet", "--allow-empty", "--message", "later")
    partial = clone(three, event["after"], "--depth=1", "--filter=blob:none")
    assert affected(since_auto(partial, "push", event)) == {"component/two": "modified"}
    assert partial.git("rev-list", "--count", event["before"]) == "1"


def test_a_run_by_hand_takes_all_that_a_branch_has_and_on_the_default_branch_everything(three: Repo) -> None:
    branch = since_auto(clone(three, "work"), "workflow_dispatch", {"ref": "refs/heads/work"}, "refs/heads/work")
    assert affected(branch) == {"component/one": "modified"}
    ran = since_auto(three, "schedule", {}, "refs/heads/main")
    assert set(affected(ran).values()) == {"added"}
    assert len(ran.json["assets"]) == 3
    text = since_auto(three, "schedule", {}, "refs/heads/main", "--format", "text")
    assert "every asset counts as changed: schedule on main\n" in text.out


def test_outside_of_a_workflow_run_there_is_no_event(three: Repo) -> None:
    ran = three.run("detect-changes", "--since", "auto")
    assert ran.code == 2
    assert "`auto` reads the event of a workflow run, and this is none" in ran.err
    assert "in place of `auto`" in ran.err


def test_validate_takes_its_change_from_the_event_as_well(three: Repo) -> None:
    event = three.path.parent / "event.json"
    head = three.git("rev-parse", "work")
    event.write_text(json.dumps({**pull_request(three.git("rev-parse", "main"), head), "repository": REPOSITORY}))
    shallow = clone(three, merge(three))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
    check = ("validate", "--changed-since", "auto", "--format", "json")
    assert shallow.run(*check, env=env).json["summary"]["assets"] == 1
    env |= {"GITHUB_EVENT_NAME": "schedule", "GITHUB_REF": "refs/heads/main"}
    event.write_text(json.dumps({"repository": REPOSITORY}))
    assert shallow.run(*check, env=env).json["summary"]["assets"] == 3


def test_history_is_fetched_step_by_step_and_no_further_than_it_must(three: Repo) -> None:
    for number in range(300):
        three.git("commit", "--quiet", "--allow-empty", "--message", f"{number}")
    three.git("switch", "--quiet", "--create", "near", "HEAD~10")
    three.commit({"assets/one/src/add.py": "print(3)\n"})
    three.git("push", "--quiet", "--force", "origin", "main", "near")
    shallow = clone(three, "near")
    ran = shallow.run("detect-changes", "--since", "origin/main", "--format", "json")
    assert affected(ran) == {"component/one": "modified"}
    assert commits(shallow) < 80


def test_a_base_is_not_taken_for_the_last_where_cut_off_history_may_hide_a_later_one(repo: Repo) -> None:
    """A branch that merged an old commit has it near, and the one where it really left main far behind."""
    repo.commit({"a": "old"})
    old = repo.git("rev-parse", "HEAD")
    parting = repo.commit({"a": "new"})
    main = repo.commit({"b": ""})
    repo.git("switch", "--quiet", "--detach", parting)
    for _ in range(4):
        repo.git("commit", "--quiet", "--allow-empty", "--message", "x")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    work = repo.git("commit-tree", tree, "-p", repo.git("rev-parse", "HEAD"), "-p", old, "-m", "merge")
    side = repo.git("commit-tree", tree, "-p", main, "-p", old, "-m", "merge")
    repo.git("push", "--quiet", "origin", f"{work}:refs/heads/work", f"{side}:refs/heads/side")
    assert git.merge_base(repo.path, work, side) == parting
    shallow = clone(repo, work, "--depth=2")
    shallow.git("fetch", "--quiet", "--depth=2", "origin", side)
    done = subprocess.run(
        ["git", "merge-base", work, side], cwd=shallow.path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == old
    assert git.merge_base(shallow.path, work, side) is None


def test_cut_off_history_that_cannot_be_fetched_is_an_error_that_says_so(three: Repo) -> None:
    shallow = clone(three, "work")
    shallow.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    shallow.git("remote", "set-url", "origin", "/nonexistent")
    ran = shallow.run("detect-changes", "--since", "origin/main")
    assert ran.code == 2
    assert "is cut off here, and cannot be fetched" in ran.err
    assert shallow.run("detect-changes", "--since", "gone").code == 2


def test_a_pull_request_of_three_thousand_files_is_told_whole_and_fast(repo: Repo) -> None:
    repo.commit({**component("one"), **environment("env-1")})
    head_files = {f"assets/many/src/f {number}.py": "" for number in range(3000)}
    base = repo.git("rev-parse", "HEAD")
    repo.git("switch", "--quiet", "--create", "work")
    head = repo.commit({**component("many"), **head_files, "assets/env-1/context/Dockerfile": "FROM x\n"})
    ran = since_auto(clone(repo, head), "pull_request", pull_request(base, head))
    assert affected(ran) == {"component/many": "added", "environment/env-1": "modified"}
    (many,) = (asset for asset in ran.json["assets"] if asset["id"] == "component/many")
    assert len(many["reasons"]) == 3003


@pytest.mark.parametrize("ref", ["side", "origin/side", "refs/heads/side", "light", "refs/tags/heavy", "heavy"])
def test_a_branch_or_tag_that_only_the_remote_has_is_fetched(three: Repo, ref: str) -> None:
    for command in ("branch side", "tag light", "tag --annotate --message x heavy"):
        three.git(*command.split(), "main")
    three.git("push", "--quiet", "origin", "side", "--tags")
    shallow = clone(three, "work")
    assert affected(shallow.run("detect-changes", "--since", ref, "--format", "json")) == {"component/one": "modified"}


def test_a_remote_may_be_named_by_its_address(three: Repo) -> None:
    shallow = clone(three, "work")
    before = shallow.git("for-each-ref")
    ran = shallow.run("detect-changes", "--since", "main", "--remote", f"file://{three.origin}", "--format", "json")
    assert affected(ran) == {"component/one": "modified"}
    ran = since_auto(shallow, "workflow_dispatch", {}, "refs/heads/work", "--remote", f"file://{three.origin}")
    assert affected(ran) == {"component/one": "modified"}
    assert shallow.git("for-each-ref") == before


@pytest.mark.parametrize("ref", ["refs/heads/main:refs/heads/mine", "+main:mine", "ma*"])
def test_what_a_change_starts_from_is_a_name_and_writes_to_no_branch(three: Repo, ref: str) -> None:
    ran = three.run("detect-changes", "--since", ref)
    assert ran.code == 2
    assert f"there is no `{ref}` here" in ran.err
    assert "mine" not in three.git("branch")


def test_a_remote_that_cannot_be_asked_is_not_said_to_lack_a_ref(three: Repo) -> None:
    three.git("remote", "set-url", "origin", "/nonexistent")
    ran = three.run("detect-changes", "--since", "gone")
    assert ran.code == 2
    assert "check the address of the remote" in ran.err
