"""Deprecating an asset: the commit, without GitHub."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from assets_actions.deprecation import dates
from tests.conftest import Repo, component, environment

OLD, NEW = "environment/env-1", "environment/env-2"
BRANCH = "assets-actions/deprecate/environment/env-1"
ASKED = ("deprecate-pr", "--asset", OLD, "--replacement", NEW)
TODAY = "2026-11-24"


def described(name: str, description: str = "description: An environment.\n", **more: str) -> dict[str, str]:
    files = environment(name, **more)
    files[f"assets/{name}/spec.yaml"] += description
    return files


@pytest.fixture
def two(repo: Repo) -> Repo:
    """Two environments, the one and what replaces it."""
    repo.commit({**described("env-1"), **described("env-2")})
    return repo


def spec(repo: Repo, branch: str, at: Path | None = None) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load(repo.git("show", f"{branch}:assets/env-1/spec.yaml", at=at))
    return content


def test_the_commit_alone_is_made_on_a_branch_here_and_the_checkout_stays(two: Repo) -> None:
    two.write({"assets/env-1/notes.txt": "not committed\n"})
    before = two.git("status", "--porcelain"), two.git("rev-parse", "HEAD"), two.remote_refs()
    ran = two.run(*ASKED, "--no-pr", "--as-of", TODAY, "--format", "json")
    assert ran.code == 0, ran.err
    assert (two.git("status", "--porcelain"), two.git("rev-parse", "HEAD"), two.remote_refs()) == before
    assert spec(two, BRANCH)["description"] == "DEPRECATED: Please use env-2 instead. An environment."
    assert spec(two, BRANCH)["tags"] == {
        "Deprecated": "",
        "DeleteOn": "2027-05-24",
        "OS": "Ubuntu22.04",
        "Python": "3.12",
    }
    assert two.git("diff", "--name-only", "main", BRANCH) == "assets/env-1/spec.yaml"
    assert two.git("rev-parse", f"{BRANCH}^") == before[1]
    assert ran.json["commit"] == two.git("rev-parse", BRANCH)
    assert (ran.json["branch"], ran.json["delete_on"], ran.json["pull_request"]) == (BRANCH, "2027-05-24", None)
    again = two.run(*ASKED, "--no-pr", "--as-of", "2026-12-01", "--format", "json")
    assert (again.json["commit"], again.json["changed"]) == (ran.json["commit"], False)


def test_a_dry_run_shows_the_difference_and_the_text_and_writes_nothing(two: Repo) -> None:
    before = two.git("for-each-ref"), two.remote_refs()
    ran = two.run(*ASKED, "--dry-run", "--as-of", TODAY, "--reason", "end-of-life", "--details", "Python 3.8\nis old.")
    assert ran.code == 0, ran.err
    assert (
        '-description: An environment.\n+description: "DEPRECATED: Please use env-2 instead. An environment."\n'
        in ran.out
    )
    assert '+  DeleteOn: "2027-05-24"\n' in ran.out
    assert "has reached its end of life: Python 3.8 is old." in ran.out
    assert "| 2027-05-24 | it is archived" in ran.out
    assert "- [ ] <code>environment/env-2</code> does what" in ran.out
    assert (two.git("for-each-ref"), two.remote_refs()) == before


def test_a_version_of_its_own_is_counted_up(repo: Repo) -> None:
    files = {**component("old", "1.9"), **component("new")}
    files["assets/old/spec.yaml"] += "description: Adds.\n"
    repo.commit(files)
    repo.release("--tag")
    asked = ("deprecate-pr", "--asset", "component/old", "--replacement", "new", "--no-pr")
    assert repo.run(*asked).code == 0
    repo.git("merge", "--quiet", "--ff-only", "assets-actions/deprecate/component/old")
    assert repo.plan()["component/old"] == ("updated", "1.10")
    assert repo.run("validate", "--select", "tag", "--select", "version").code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--delete-on", "2026-11-23"], "2026-11-23"),
        (["--delete-on", "in May"], "--delete-on: `in May` is not a date; write it as YYYY-MM-DD"),
        (["--delete-on", "2027-02-30", "--as-of", "x"], "--as-of: `x` is not a date"),
        (["--delete-on", "2027-02-30", "--as-of", "x"], "--delete-on: `2027-02-30` is not a date"),
        (["--in-months", "0"], "--in-months"),
        (["--in-months", "4", "--delete-on", "2027-05-01"], "exclude each other"),
        (["--replacement", "environment/none"], "there is no asset `environment/none`"),
        (["--replacement", "env-3"], "there is no asset `environment/env-3`; did you mean"),
        (["--replacement", OLD], "cannot be its own replacement"),
        (["--asset", "environment/env"], "there is no asset `environment/env`; did you mean"),
        (["--base", "none"], "there is no commit `none`"),
        (["--reason", "boredom"], "boredom"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_told_and_nothing_is_written(two: Repo, given: list[str], said: str) -> None:
    before = two.git("for-each-ref")
    ran = two.run(*ASKED, "--no-pr", "--as-of", TODAY, *given)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert two.git("for-each-ref") == before


@pytest.mark.parametrize(("day", "said"), [("2026-12-24", True), ("2027-12-24", True), ("2027-03-24", False)])
def test_a_day_outside_of_three_to_six_months_is_a_warning(two: Repo, day: str, said: bool) -> None:
    ran = two.run(*ASKED, "--no-pr", "--as-of", TODAY, "--delete-on", day)
    assert ran.code == 0
    assert ("warning: " in ran.out) is said


def test_the_usual_day_is_in_six_months_from_today(two: Repo) -> None:
    assert two.run(*ASKED, "--no-pr").code == 0
    tags = spec(two, BRANCH)["tags"]
    assert isinstance(tags, dict)
    assert tags["DeleteOn"] == str(dates.in_months(datetime.now(tz=UTC).date(), 6))


def test_a_replacement_that_is_deprecated_itself_is_refused(two: Repo) -> None:
    two.commit(described("env-2", "  Deprecated: ''\n  DeleteOn: '2027-01-01'\ndescription: Old.\n"))
    ran = two.run(*ASKED, "--no-pr")
    assert ran.code == 2
    assert "the replacement `environment/env-2` is deprecated itself" in ran.err


def test_an_asset_that_others_use_is_deprecated_only_when_told_so_and_they_are_listed(two: Repo) -> None:
    files = component("user")
    files["assets/user/spec.yaml"] += "environment: azureml:env-1:1\n"
    two.commit(files)
    refused = two.run(*ASKED, "--no-pr")
    assert refused.code == 2
    assert "`environment/env-1` is still used by component/user\n" in refused.err
    assert "assets/user/spec.yaml:6" in refused.err
    told = two.run(*ASKED, "--dry-run", "--allow-dependents")
    assert told.code == 0
    assert "### Still used by\n\n- <code>component/user</code>: <code>assets/user/spec.yaml:6" in told.out


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ("description_file: ../words.md\n", "assets/words.md"),
        ("spec: ../env-1/spec.yaml\n", "assets/env-1/spec.yaml"),
    ],
)
def test_a_file_that_another_asset_has_as_well_is_not_edited(two: Repo, config: str, path: str) -> None:
    files = {"assets/words.md": "Words.\n"}
    for name in ("env-1", "env-2"):
        text = (two.path / f"assets/{name}/asset.yaml").read_text()
        files[f"assets/{name}/asset.yaml"] = (
            text.replace("spec: spec.yaml\n", config) if "spec:" in config else text + config
        )
    two.commit(files)
    ran = two.run(*ASKED, "--no-pr")
    assert ran.code == 2
    assert f"{path}: `{OLD}` cannot be deprecated alone: {NEW} has this file as well" in ran.err
    assert BRANCH not in two.git("for-each-ref")


def test_an_asset_that_is_deprecated_like_this_already_needs_nothing(two: Repo) -> None:
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    two.git("merge", "--quiet", BRANCH)
    ran = two.run(*ASKED, "--no-pr", "--as-of", "2027-01-01", "--format", "json")
    assert (ran.code, ran.json["changed"], ran.json["files"]) == (0, False, [])
    later = two.run(*ASKED, "--no-pr", "--as-of", "2027-01-01", "--delete-on", "2027-06-30")
    assert later.code == 0
    tags = spec(two, BRANCH)["tags"]
    assert isinstance(tags, dict)
    assert tags["DeleteOn"] == "2027-06-30"


def test_what_was_merged_and_taken_back_is_committed_again(two: Repo) -> None:
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    two.git("merge", "--quiet", BRANCH)
    two.git("revert", "--no-edit", "HEAD")
    ran = two.run(*ASKED, "--no-pr", "--as-of", TODAY, "--format", "json")
    assert (ran.code, ran.json["changed"]) == (0, True)
    assert two.git("rev-parse", f"{BRANCH}^") == two.git("rev-parse", "main")


def test_what_others_have_committed_to_the_branch_stays(two: Repo) -> None:
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    two.git("switch", "--quiet", BRANCH)
    checked_out = two.run(*ASKED, "--no-pr", "--delete-on", "2027-05-01", "--as-of", TODAY)
    assert (checked_out.code, "is checked out" in checked_out.err) == (2, True)
    two.write({"assets/env-1/spec.yaml": Path(two.path / "assets/env-1/spec.yaml").read_text() + "# mine\n"})
    two.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    theirs = two.git("rev-parse", "HEAD")
    two.git("switch", "--quiet", "main")
    ran = two.run(*ASKED, "--no-pr", "--delete-on", "2027-05-01", "--as-of", TODAY)
    assert ran.code == 2
    assert "others have committed to the branch" in ran.err
    assert two.git("rev-parse", BRANCH) == theirs


def test_our_own_commit_is_made_anew_when_what_it_goes_on_from_has_changed(two: Repo) -> None:
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    first = two.git("rev-parse", BRANCH)
    two.commit({"README.md": "unrelated\n"})
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    assert two.git("rev-parse", BRANCH) == first
    two.commit(described("env-1", "description: Another text.\n"))
    two.run(*ASKED, "--no-pr", "--as-of", TODAY)
    assert spec(two, BRANCH)["description"] == "DEPRECATED: Please use env-2 instead. Another text."
    assert two.git("rev-parse", f"{BRANCH}^") == two.git("rev-parse", "main")


def test_without_a_token_the_pull_request_is_an_error_that_says_so(two: Repo) -> None:
    env = {"GITHUB_REPOSITORY": "octo/assets"}
    ran = two.run(*ASKED, env=env)
    assert ran.code == 2
    assert "to open a pull request a token is needed" in ran.err
    assert BRANCH not in "".join(two.remote_refs())


def test_an_asset_that_cannot_be_read_stops_it_with_the_place(two: Repo) -> None:
    two.commit({"assets/env-1/spec.yaml": "name: [\n"})
    ran = two.run(*ASKED, "--no-pr")
    assert ran.code == 1
    assert "assets/env-1/spec.yaml" in ran.out


def test_the_removal_from_the_release_branch_burns_a_version_without_a_tag_in_commit_and_text(repo: Repo) -> None:
    keep = {".github/assets-actions.yml": "release_removals: false\n"}
    tags = "  Deprecated: ''\n  DeleteOn: '2027-01-01'\ndescription: 'DEPRECATED: Please use env-2 instead.'\n"
    repo.commit({**keep, **described("env-1", tags), **described("env-2")})
    repo.release()
    repo.git("rm", "-r", "--quiet", "assets/env-1")
    repo.commit()
    shown = repo.run("remove-pr", "--asset", OLD, "--dry-run")
    assert shown.code == 0, shown.err
    assert "delete latest/environment/env-1/spec.yaml\n" in shown.out
    assert "- [ ] what is removed is used by nothing else\n" in shown.out, "the list of it stands above"
    assert "\nBurned: environment/env-1/1\n" in shown.out
    assert repo.run("remove-pr", "--asset", OLD, "--no-pr").code == 0
    branch = "assets-actions/remove-released/environment/env-1"
    message = repo.git("log", "-1", "--format=%B", branch)
    assert "\nBurned: environment/env-1/1\n" in message
    assert "Source-Commit" not in message
    assert repo.git("rev-parse", f"{branch}^") == repo.remote_refs()["refs/heads/release"]
