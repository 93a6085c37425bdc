"""The whole life of a deprecated asset, from the first notice to its archive."""

import re
from collections.abc import Callable

import pytest
import yaml

from tests.conftest import Ran, Repo
from tests.github.emulator import Emulator
from tests.github.stand_in import GitHub
from tests.lifecycle.conftest import DAY, NEW, OLD, described

BRANCH = "assets-actions/{}/environment/env-1"
DEPRECATE = ("deprecate-pr", "--asset", OLD, "--replacement", NEW, "--delete-on", DAY, "--as-of", "2026-11-24")
Twice = Callable[..., Ran]


def pull_from(repo: Repo) -> None:
    repo.git("pull", "--quiet", "--ff-only", "origin", "main")


def stage(repo: Repo, day: str, *arguments: str) -> tuple[str, str]:
    """How the old environment stands, by a sweep that writes nothing, and what is due."""
    repo.git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    ran = repo.run("sweep", "--no-pr", "--base", "origin/main", "--as-of", day, "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    (one,) = [asset for asset in ran.json["assets"] if asset["id"] == OLD]
    return one["stage"], one["due"] or one["waits_for"]


def released_spec(repo: Repo) -> dict[str, object]:
    spec: dict[str, object] = yaml.safe_load(repo.released()[f"latest/{OLD}/spec.yaml"][1])
    return spec


def titles(either: GitHub | Emulator) -> list[tuple[str, str]]:
    """Title and state of every pull request; both servers tell them."""
    if isinstance(either, Emulator):
        return [(pull["title"], "merged" if pull["merged_at"] else pull["state"]) for pull in either.pull_requests()]
    threads = [thread for thread in either.tracker.threads.values() if thread.pull]
    return [(t.title, "merged" if t.pull and t.pull.is_merged else t.state) for t in threads]


@pytest.mark.parametrize(("either", "squash"), [("emulator", False), ("server", True)], indirect=["either"])
def test_an_asset_is_deprecated_released_removed_and_archived(
    either: GitHub | Emulator, two: Repo, twice: Twice, squash: bool
) -> None:
    two.commit({".github/assets-actions.yml": "remove_on_date: true\n"})
    title = "Deprecate environment/env-1: use env-2 instead"

    proposed = twice(*DEPRECATE)
    number = proposed.json["pull_request"]["number"]
    assert titles(either) == [(title, "open")]
    assert f"refs/heads/{BRANCH.format('deprecate')}" in two.remote_refs()
    assert two.run("remove-pr", "--asset", OLD).code == 2

    either.merge(number, squash=squash)
    pull_from(two)
    assert stage(two, "2026-12-01") == ("announced", DAY)
    assert two.run("validate").code == 0
    assert two.plan()[OLD] == ("updated", "2")

    two.release("--tag")
    assert f"refs/tags/{OLD}/2" in two.remote_refs()
    assert released_spec(two)["description"] == "DEPRECATED: Please use env-2 instead. An environment."
    assert stage(two, "2026-12-01") == ("released", DAY)
    early = two.run("remove-pr", "--asset", OLD, "--as-of", "2027-05-23")
    assert (early.code, f"it waits for {DAY}" in early.err) == (2, True)
    nothing = twice("sweep", "--as-of", "2026-12-01")
    assert nothing.json["summary"]["due"] == 0
    assert titles(either) == [(title, "merged")]

    assert stage(two, DAY) == ("released", "remove")
    swept = twice("sweep", "--as-of", DAY)
    assert swept.json["summary"]["due"] == 1
    assert titles(either) == [(title, "merged"), ("Remove environment/env-1", "open")]
    removal = twice("remove-pr", "--asset", OLD, "--as-of", DAY)
    assert not removal.json["changed"]
    assert two.run("remove-pr", "--asset", OLD, "--as-of", DAY, "--format", "json").json["pull_request"]

    either.merge(removal.json["pull_request"]["number"], squash=squash)
    pull_from(two)
    assert not (two.path / "assets/env-1").exists()
    assert (two.path / "assets/env-2/spec.yaml").exists()
    assert stage(two, "2027-05-30") == ("overdue", "the next release, which removes it")
    assert twice("remove-pr", "--asset", OLD, "--as-of", DAY).json["pull_request"] is None

    two.release("--tag")
    assert not any(path.startswith(f"latest/{OLD}/") for path in two.released())
    assert f"refs/tags/{OLD}/2" in two.remote_refs()
    assert stage(two, "2027-05-01") == ("removed", DAY)
    assert stage(two, DAY) == ("to archive", "")
    assert twice("remove-pr", "--asset", OLD, "--as-of", DAY).json["pull_request"] is None
    done = twice("sweep", "--as-of", DAY, "--registry", "acme")
    (one,) = done.json["assets"]
    assert one["archive_command"] == "az ml environment archive --name env-1 --registry-name acme"
    assert two.plan() == {NEW: ("unchanged", "1"), "component/adder": ("unchanged", "1")}


@pytest.mark.parametrize("either", ["server"], indirect=True)
def test_without_a_setting_the_removal_is_due_as_soon_as_the_notice_is_released(
    either: GitHub | Emulator, two: Repo, twice: Twice
) -> None:
    either.merge(twice(*DEPRECATE).json["pull_request"]["number"])
    pull_from(two)
    assert stage(two, "2026-12-01") == ("announced", "its release")
    two.release()
    assert stage(two, "2026-12-01") == ("announced", "its release"), "its release tag is missing"
    two.commit({"assets/env-1/context/Dockerfile": "FROM scratch\nLABEL a=b\n"})
    two.release("--tag")
    assert stage(two, "2026-12-01") == ("released", "remove")


@pytest.mark.parametrize("either", ["emulator"], indirect=True)
def test_a_team_that_reviews_the_release_branch_gets_a_second_pull_request(
    either: GitHub | Emulator, two: Repo, twice: Twice
) -> None:
    two.commit({".github/assets-actions.yml": "release_removals: false\n"})
    either.merge(twice(*DEPRECATE).json["pull_request"]["number"])
    pull_from(two)
    two.release("--tag")
    either.merge(twice("remove-pr", "--asset", OLD).json["pull_request"]["number"])
    pull_from(two)
    assert two.plan()[OLD] == ("unchanged", "2")
    assert "gone from the source" in two.run("detect-changes").out
    two.commit({"assets/env-2/context/Dockerfile": "FROM scratch\nLABEL a=b\n"})
    two.release("--tag")
    assert f"latest/{OLD}/spec.yaml" in two.released()
    second = twice("remove-pr", "--asset", OLD)
    assert titles(either)[-1] == ("Remove environment/env-1", "open")
    two.commit({"assets/env-2/context/Dockerfile": "FROM scratch\nLABEL a=c\n"})
    two.release("--tag")
    assert twice("remove-pr", "--asset", OLD).json["changed"] is False
    either.merge(second.json["pull_request"]["number"])
    assert not any(path.startswith(f"latest/{OLD}/") for path in two.released())
    assert f"latest/{NEW}/spec.yaml" in two.released()
    assert two.plan()[NEW] == ("unchanged", "3")
    assert stage(two, "2026-12-24") == ("removed", DAY)
    two.commit({"assets/env-2/context/Dockerfile": "FROM scratch\nLABEL a=d\n"})
    two.release("--tag")
    assert stage(two, "2026-12-24") == ("removed", DAY)


@pytest.mark.parametrize("either", ["server"], indirect=True)
def test_one_issue_holds_the_table_and_what_is_ticked_off_there_is_archived(
    either: GitHub | Emulator, two: Repo, twice: Twice
) -> None:
    stranger = "<!-- assets-actions: sweep deprecated-assets 0123456789abcdef -->"
    if isinstance(either, Emulator):
        from tests.github.emulator import STRANGERS_TOKEN

        either.open_issue("Mine", stranger, STRANGERS_TOKEN)
    else:
        either.tracker.open("Mine", stranger, author="mallory")
    assert twice("sweep").json["assets"] == []
    assert [body for _, body in issues(either)] == [stranger]

    either.merge(twice(*DEPRECATE).json["pull_request"]["number"])
    pull_from(two)
    twice("sweep", "--as-of", "2026-12-01")
    (_, theirs), (number, body) = issues(either)
    assert theirs == stranger
    assert "| <code>environment/env-1</code> | announced | 2027-05-24 | env-2 | waits for its release |" in body
    two.release("--tag")
    twice("sweep", "--as-of", "2026-12-01")
    assert re.search(r"its removal is proposed: http\S+/pull/\d+", issues(either)[1][1])
    either.merge(twice("remove-pr", "--asset", OLD).json["pull_request"]["number"])
    pull_from(two)
    two.release("--tag")
    twice("sweep", "--as-of", DAY)
    _, body = issues(either)[1]
    line = "- [ ] <code>environment/env-1</code>: <code>az ml environment archive --name env-1 --registry-name REGISTRY"
    assert line in body
    write(either, number, body.replace("- [ ]", "- [x]"))
    ran = twice("sweep", "--as-of", "2027-06-01")
    assert [asset["stage"] for asset in ran.json["assets"]] == ["archived"]
    assert "- [x] <code>environment/env-1</code>" in issues(either)[1][1]
    assert len(issues(either)) == 2


@pytest.mark.parametrize("either", ["server"], indirect=True)
def test_an_issue_that_was_closed_keeps_its_ticks_and_is_opened_again_when_there_is_something_to_do(
    either: GitHub, two: Repo, twice: Twice
) -> None:
    for old in (OLD, "environment/env-0"):
        two.commit(described(old.removeprefix("environment/")))
        two.release("--tag")
        either.merge(twice(*DEPRECATE, "--asset", old).json["pull_request"]["number"])
        pull_from(two)
        two.release("--tag")
        either.merge(twice("remove-pr", "--asset", old).json["pull_request"]["number"])
        pull_from(two)
        two.release("--tag")
        twice("sweep", "--as-of", DAY)
        ((number, body),) = issues(either)
        assert either.tracker.threads[number].state == "open"
        assert f"- [ ] <code>{old}</code>" in body
        write(either, number, body.replace("- [ ]", "- [x]"))
        either.close(number)
        ran = twice("sweep", "--as-of", DAY)
        assert {asset["stage"] for asset in ran.json["assets"]} == {"archived"}
        assert f"- [x] <code>{old}</code>" in issues(either)[0][1]
        assert either.tracker.threads[number].state == "closed"
    assert len(issues(either)) == 1


def issues(either: GitHub | Emulator) -> list[tuple[int, str]]:
    if isinstance(either, Emulator):
        return [(issue["number"], issue["body"]) for issue in either.issues() if "pull_request" not in issue]
    return [(t.number, t.body or "") for t in either.tracker.threads.values() if not t.pull]


def write(either: GitHub | Emulator, number: int, body: str) -> None:
    from assets_actions.github.issues import Issues
    from tests.github.conftest import connected

    Issues(connected(either)).edit(number, body)
