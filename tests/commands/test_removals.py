"""What becomes of released assets that are gone from the source."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assets_actions import git
from assets_actions.commands.release import release_branch
from assets_actions.errors import UserError
from assets_actions.release import by_hand
from assets_actions.release.released import Release
from assets_actions.report.commit import commit_message
from tests.conftest import Repo, component, environment

KEEP = {".github/assets-actions.yml": "release_removals: false\n"}
WAITS = "gone from the source; its removal waits for a pull request"


def without(repo: Repo, name: str) -> str:
    repo.git("rm", "-r", "--quiet", f"assets/{name}")
    return repo.commit()


def test_what_is_gone_from_the_source_stays_released_where_the_settings_say_so(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b"), **environment(), **KEEP})
    repo.release("--tag")
    before = repo.released()
    without(repo, "b")
    without(repo, "env-1")
    planned = repo.run("detect-changes")
    assert planned.out == (
        f"unchanged component/b        1   {WAITS}\nunchanged environment/env-1  1   {WAITS}\n3 assets · 3 unchanged\n"
    )
    assert repo.run("release-commit").out.endswith("3 assets · 3 unchanged · nothing to do\n")
    repo.commit({"assets/a/spec.yaml": component("a", "2")["assets/a/spec.yaml"]})
    done = repo.release("--tag").json
    assert (done["summary"]["updated"], done["summary"]["removed"], done["summary"]["unchanged"]) == (1, 0, 2)
    assert {asset["id"]: asset.get("note") for asset in done["assets"]} == {
        "component/a": None,
        "component/b": WAITS,
        "environment/env-1": WAITS,
    }
    after = repo.released()
    kept = {path for path in before if "/a/" not in path}
    assert kept
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}


def test_an_asset_that_comes_back_meanwhile_is_compared_with_what_stayed(repo: Repo) -> None:
    repo.commit({**component("a"), **environment(), **KEEP})
    repo.release("--tag")
    without(repo, "env-1")
    repo.release("--tag")
    repo.commit(environment())
    assert repo.plan()["environment/env-1"] == ("unchanged", "1")
    repo.commit(environment(dockerfile="FROM other\n"))
    assert repo.plan()["environment/env-1"] == ("updated", "2")


def test_status_tells_what_waits_to_be_removed(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b"), **KEEP})
    repo.release("--tag")
    without(repo, "b")
    told = repo.run("status")
    assert told.out.splitlines()[1:] == [
        f"gone       component/b  1  tagged  today  {WAITS}",
        "2 assets · 1 unchanged · 1 gone",
    ]
    detailed = repo.run("status", "component/b").out.splitlines()
    assert detailed[1].split(maxsplit=1) == ["gone", WAITS]


def test_what_cannot_be_read_is_not_told_to_be_gone(repo: Repo) -> None:
    repo.commit({**component("a"), **component("b"), **KEEP})
    repo.release("--tag")
    repo.commit({"assets/b/spec.yaml": "type: command\nname: b\nversion: [\n"})
    told = {asset["id"]: asset["state"] for asset in repo.run("status", "--format", "json").json["assets"]}
    assert told == {"component/a": "unchanged", "component/b": "unreadable"}


def test_an_asset_whose_pins_are_not_known_is_not_told_to_be_gone(repo: Repo) -> None:
    repo.commit({**environment(), **KEEP})
    repo.release("--tag")
    repo.commit({"assets/env-1/context/Dockerfile": "FROM host/base:{{latest-image-tag}}\n"})
    told = repo.run("status", "--format", "json").json
    assert {asset["id"]: asset["state"] for asset in told["assets"]} == {"environment/env-1": "unpinned"}


def test_the_settings_of_the_source_commit_decide_and_a_plan_that_they_do_not_fit_is_refused(
    repo: Repo, tmp_path: Path
) -> None:
    repo.commit({**component("a"), **component("b"), **KEEP})
    repo.release("--tag")
    without(repo, "b")
    keeping = repo.git("rev-parse", "HEAD")
    repo.commit({".github/assets-actions.yml": "release_removals: true\n", **component("c")})
    assert repo.plan("--source", keeping)["component/b"] == ("unchanged", "1")
    assert repo.plan()["component/b"] == ("removed", None)
    file, settings = tmp_path / "plan.json", tmp_path / "settings.yml"
    settings.write_text("release_removals: false\n")
    assert repo.run("detect-changes", "--plan-out", str(file)).code == 0
    before = repo.remote_refs()
    ran = repo.run("release-commit", "--plan", str(file), "--settings", str(settings))
    assert ran.code == 2
    assert "the plan is not what a release would do now" in ran.err
    assert repo.remote_refs() == before
    repo.release("--plan", str(file))
    assert not any("/b/" in path for path in repo.released())


ENV = "environment/env-1"
BURNED = f"Burned: {ENV}/1"


def read(repo: Repo) -> Release:
    return release_branch.read(repo.path, "origin", "release", [], fetch=True)


def propose_removal(repo: Repo, id_: str = ENV) -> str:
    """The commit of a removal on a branch of its own, `removal`, here and on the remote."""
    plan = by_hand.remove(read(repo), id_)
    who = git.Identity("A", "a@example.com")
    made = release_branch.make(repo.path, "removal", plan, commit_message(plan, {}), [], {}, who)
    assert release_branch.push(repo.path, "origin", made)
    repo.git("branch", "--force", "removal", made.commit)
    return made.commit


def message(repo: Repo, revision: str) -> str:
    return repo.git("log", "-1", "--format=%B", revision, at=repo.origin)


def merge_commit(repo: Repo) -> None:
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #12 from o/removal", "removal")


def fast_forward_after_an_update(repo: Repo) -> None:
    """The branch is brought up to date by a merge, and pushed: the release branch is its second parent."""
    repo.git("checkout", "--quiet", "--detach", "removal")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Update", "origin/release")


def rebase(repo: Repo) -> None:
    repo.git("cherry-pick", "removal")


def squash(repo: Repo) -> None:
    text = message(repo, "removal").replace("branch\n", "branch (#12)\n", 1)
    repo.git("merge", "--quiet", "--squash", "removal")
    repo.git("commit", "--quiet", "--message", f"{text}\n\n---------\n\nCo-authored-by: B <b@example.com>")


def squash_of_several(repo: Repo) -> None:
    """As GitHub lists the messages of several commits; some of its texts end their lines with CR LF."""
    text = "\n\n".join(f"* {text}" for text in (message(repo, "removal"), "Update", "And more\n\nText: x"))
    repo.git("merge", "--quiet", "--squash", "removal")
    text = f"Remove (#12)\n\n{text}\n\nCo-authored-by: B <b@example.com>".replace("\n", "\r\n")
    repo.git("commit", "--quiet", "--cleanup=verbatim", "--message", text)


WAYS = (merge_commit, fast_forward_after_an_update, rebase, squash, squash_of_several)


def merge(repo: Repo, way: Callable[[Repo], None]) -> None:
    """Bring the removal onto the release branch of the remote."""
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "origin/release")
    way(repo)
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("checkout", "--quiet", "main")


def test_a_removal_is_a_commit_that_removes_the_asset_and_names_no_source(repo: Repo) -> None:
    repo.commit({**component("a"), **environment(), **KEEP})
    repo.release()
    without(repo, "env-1")
    before = repo.released()
    commit = propose_removal(repo)
    assert message(repo, commit) == f"Remove {ENV} from the release branch\n\nremoved {ENV}\n\n{BURNED}"
    assert repo.released("removal") == {path: entry for path, entry in before.items() if "/a/" in path}
    assert repo.released() == before


@pytest.mark.parametrize(("id_", "arguments"), [(ENV, ["--tag"]), ("component/a", [])])
def test_a_version_that_a_tag_tells_of_or_that_was_given_by_hand_need_not_be_burned(
    repo: Repo, id_: str, arguments: list[str]
) -> None:
    repo.commit({**component("a"), **environment()})
    repo.release(*arguments)
    assert "Burned" not in message(repo, propose_removal(repo, id_))


def test_what_is_not_released_is_not_removed(repo: Repo) -> None:
    repo.commit(environment())
    repo.release()
    with pytest.raises(UserError, match=r"`environment/env-2` is not released; did you mean `environment/env-1`"):
        by_hand.remove(read(repo), "environment/env-2")


@pytest.mark.parametrize("way", WAYS)
def test_a_removal_is_honoured_in_whichever_way_and_after_whichever_releases_it_was_merged(
    repo: Repo, way: Callable[[Repo], None]
) -> None:
    first = repo.commit({**component("a"), **environment(), **KEEP})
    repo.release()
    without(repo, "env-1")
    propose_removal(repo)
    second = repo.commit(component("b"))
    repo.release()
    merge(repo, way)
    release = read(repo)
    assert (release.records.source, release.records.burned) == (second, {f"{ENV}/1"})
    assert repo.plan() == {"component/a": ("unchanged", "1"), "component/b": ("unchanged", "1")}
    assert "a newer source is released already" in repo.run("detect-changes", "--source", first).out
    repo.commit(component("c"))
    repo.release()
    assert BURNED in message(repo, "release").splitlines()
    repo.commit(environment())
    assert repo.plan()[ENV] == ("new", "2")
    repo.release()
    assert read(repo).records.burned == {f"{ENV}/1"}


@pytest.mark.parametrize("way", WAYS)
def test_a_shallow_clone_reads_as_much_of_the_history_as_it_takes(
    repo: Repo, way: Callable[[Repo], None], tmp_path: Path
) -> None:
    repo.commit({**component("a"), **environment(), **KEEP})
    repo.release()
    without(repo, "env-1")
    propose_removal(repo)
    second = repo.commit(component("b"))
    repo.release()
    merge(repo, way)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "shallow"))
    records = read(Repo(tmp_path / "shallow", repo.origin)).records
    assert (records.source, records.burned) == (second, {f"{ENV}/1"})


def test_the_last_release_is_found_whatever_the_dates_say(repo: Repo) -> None:
    """The removal starts from the first release; to git, whose clock was wrong, that one is the newer."""
    repo.commit({**component("a"), **environment(), **KEEP})
    assert repo.run("release-commit", env={"GIT_COMMITTER_DATE": "2035-01-01T00:00:00Z"}).code == 0
    without(repo, "env-1")
    propose_removal(repo)
    second = repo.commit(component("b"))
    assert repo.run("release-commit", env={"GIT_COMMITTER_DATE": "2005-01-01T00:00:00Z"}).code == 0
    merge(repo, merge_commit)
    assert read(repo).records.source == second


def test_a_later_release_behind_the_end_of_a_shallow_history_is_looked_for(repo: Repo, tmp_path: Path) -> None:
    """By the removal, the first release is nearer to the branch's tip than the second one, behind commits by hand."""
    repo.commit({**component("a"), **environment(), **KEEP})
    repo.release()
    without(repo, "env-1")
    propose_removal(repo)
    second = repo.commit(component("b"))
    repo.release()
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "origin/release")
    for number in range(git.DEEPEN_BY[0] + 5):
        tip = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", str(number))
        repo.git("update-ref", "--no-deref", "HEAD", tip)
    merge_commit(repo)
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "shallow"))
    records = read(Repo(tmp_path / "shallow", repo.origin)).records
    assert (records.source, records.burned) == (second, {f"{ENV}/1"})


def test_a_branch_that_no_release_has_made_yet_may_burn_versions_as_well(repo: Repo) -> None:
    repo.commit(environment())
    repo.git("commit", "--quiet", "--allow-empty", "--message", f"By hand\n\n{BURNED}\nBurned: my fingers/on/it")
    repo.git("push", "--quiet", "origin", "HEAD:release")
    assert read(repo).records.burned == {f"{ENV}/1"}
    assert repo.plan()[ENV] == ("new", "2")
