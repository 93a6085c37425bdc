"""render-spec, on real repositories with a remote."""

from pathlib import Path

import pytest
import yaml

from tests.conftest import Repo, component, environment

BUILD = 'build:\n  path: "{{asset.repo.url}}#{{asset.repo.commit_hash}}:{{asset.repo.build_context.path}}"\n'
DOCKERFILE = "assets/env-1/context/Dockerfile"


def built(name: str = "env-1", build: str = BUILD) -> dict[str, str]:
    spec = f'name: "{{{{asset.name}}}}"\nversion: "{{{{asset.version}}}}"\n{build}'
    return {**environment(name), f"assets/{name}/spec.yaml": spec}


def context_of(text: str) -> str:
    path: str = yaml.safe_load(text)["build"]["path"]
    return path


@pytest.fixture
def released(repo: Repo) -> Repo:
    """Versions 1 and 2 are tagged."""
    repo.commit({**built(), **component()})
    repo.release("--tag")
    repo.commit({DOCKERFILE: "FROM scratch\nLABEL v=2\n"})
    repo.release("--tag")
    return repo


def test_the_spec_names_the_remote_the_release_commit_and_the_build_context(released: Repo) -> None:
    commit = released.git("rev-parse", "environment/env-1/2^{commit}", at=released.origin)
    ran = released.run("render-spec", "environment/env-1")
    assert (ran.code, ran.err) == (0, "")
    assert context_of(ran.out) == f"{released.origin}#{commit}:latest/environment/env-1/context"
    assert ran.out.startswith('name: "env-1"\nversion: "2"\n')


def test_a_version_is_that_under_its_release_tag(released: Repo) -> None:
    commit = released.git("rev-parse", "environment/env-1/1^{commit}", at=released.origin)
    data = released.run("render-spec", "environment/env-1@1", "--format", "json").json
    assert {key: data[key] for key in data if key != "spec"} == {
        "schema_version": 1,
        "id": "environment/env-1",
        "version": "1",
        "commit": commit,
        "url": str(released.origin),
        "tag": "environment/env-1/1",
    }
    assert f"#{commit}:" in data["spec"]


def test_a_login_in_the_remotes_url_is_shown_nowhere(released: Repo) -> None:
    released.run("detect-changes")
    released.git("remote", "set-url", "origin", "https://user:secret@host.example/o/r")
    ran = released.run("render-spec", "environment/env-1", "--no-fetch", "--format", "json")
    assert ran.json["url"] == "https://host.example/o/r.git"
    assert "secret" not in ran.out + ran.err


def test_an_untagged_version_is_that_of_the_commit_that_released_it(repo: Repo) -> None:
    repo.commit(built())
    first = repo.release().json["commit"]
    repo.commit(component())
    repo.release()
    data = repo.run("render-spec", "environment/env-1", "--format", "json").json
    assert (data["commit"], data["tag"]) == (first, None)
    assert repo.run("render-spec", "environment/env-1@1", "--format", "json").json == data
    assert repo.run("render-spec", "environment/env-1@2").code == 2


def test_a_shallow_history_is_fetched_until_it_tells(repo: Repo, tmp_path: Path) -> None:
    repo.commit(built())
    first = repo.release().json["commit"]
    for version in range(3):
        repo.commit(component(version=str(version)))
        repo.release()
    clone = Repo(tmp_path / "clone", repo.origin)
    repo.git("clone", "--quiet", "--depth=1", "--branch=release", f"file://{repo.origin}", str(clone.path))
    refused = clone.run("render-spec", "environment/env-1", "--no-fetch")
    assert refused.code == 2
    assert "the history of `release` that is known here does not tell" in refused.err
    assert clone.run("render-spec", "environment/env-1", "--format", "json").json["commit"] == first


def test_the_commit_of_an_old_tag_is_fetched_alone(released: Repo, tmp_path: Path) -> None:
    clone = Repo(tmp_path / "clone", released.origin)
    released.git("clone", "--quiet", "--depth=1", "--branch=main", f"file://{released.origin}", str(clone.path))
    ran = clone.run("render-spec", "environment/env-1@1")
    assert ran.code == 0, ran.err
    assert 'version: "1"' in ran.out
    assert clone.git("rev-parse", "--is-shallow-repository") == "true"


def test_a_tag_that_leads_to_another_version_is_refused(released: Repo) -> None:
    at = released.origin
    released.git("tag", "environment/env-1/3", "environment/env-1/1^{commit}", at=at)
    released.git("tag", "environment/gone/1", "environment/env-1/1^{commit}", at=at)
    wrong = released.run("render-spec", "environment/env-1@3")
    assert wrong.code == 2
    assert "which holds version 1 of it" in wrong.err
    missing = released.run("render-spec", "environment/gone@1")
    assert missing.code == 2
    assert "which does not hold it" in missing.err


def test_a_release_branch_that_differs_from_the_tag_of_its_version_is_refused(released: Repo) -> None:
    released.git("fetch", "--quiet", "origin", "release")
    released.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    released.write({"latest/environment/env-1/context/Dockerfile": "FROM edited\n"})
    released.git("commit", "--quiet", "--all", "--message", "Edit")
    released.git("push", "--quiet", "origin", "HEAD:release")
    ran = released.run("render-spec", "environment/env-1")
    assert ran.code == 2
    assert "`release` holds other files than the release tag `environment/env-1/2`" in ran.err
    assert released.run("render-spec", "environment/env-1@2").code == 0


def test_a_version_of_an_asset_that_was_removed_can_be_rendered(released: Repo) -> None:
    released.git("rm", "-r", "--quiet", "assets/env-1")
    released.commit()
    released.release()
    assert 'version: "2"' in released.run("render-spec", "environment/env-1@2").out
    assert released.run("render-spec", "environment/env-1").code == 2


def test_a_tag_that_resolves_to_nothing_is_a_finding_at_its_place(repo: Repo) -> None:
    repo.commit(built(build=BUILD + "tags:\n  Context: '{{image.context.dir}}'\n"))
    repo.release()
    ran = repo.run("render-spec", "environment/env-1")
    assert ran.code == 1
    assert "latest/environment/env-1/spec.yaml\n    6:13   error    unknown-spec-tag" in ran.out
    assert "did you mean `image.context.path`?" in ran.out


def test_what_was_not_released_is_named_with_the_nearest_that_was(released: Repo) -> None:
    for given, said in {
        "environment/env-2": "`release` has no asset `environment/env-2`; did you mean `environment/env-1`?",
        "environment/env-1@9": "there is no release tag `environment/env-1/9`",
        "environment/env-2@1": "there is no release tag `environment/env-2/1`; did you mean `environment/env-1`?",
        "environment/..": "has no asset `environment/..`",
        "\x1b[2J": "has no asset `\\x1b[2J`",
    }.items():
        ran = released.run("render-spec", "--", given)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err


def test_before_the_first_release_there_is_nothing_to_render(repo: Repo) -> None:
    repo.commit(built())
    ran = repo.run("render-spec", "environment/env-1")
    assert ran.code == 2
    assert "there is no branch `release`: nothing was released yet" in ran.err


def test_a_released_asset_that_cannot_be_read_is_told_at_its_line(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    for edits, code, said in [
        ({"latest/component/adder/spec.yaml": "name: [\n"}, 1, "latest/component/adder/spec.yaml"),
        ({"latest/component/adder/asset.yaml": "type: component\nspec: gone.yaml\n"}, 1, "gone.yaml"),
        ({"latest/component/other/x": ""}, 2, "the released asset has no asset config"),
    ]:
        repo.write(edits)
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "--message", "Edit")
        repo.git("push", "--quiet", "origin", "HEAD:release")
        ran = repo.run("render-spec", "/".join(next(iter(edits)).split("/")[1:3]))
        assert ran.code == code
        assert said in ran.out + ran.err


def test_a_workflow_run_gets_the_spec_as_an_output_and_in_its_summary(released: Repo, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    env = {"GITHUB_ACTIONS": "true", **{name: str(file) for name, file in files.items()}}
    env["ASSETS_ACTIONS_INPUTS"] = '{"command": "render-spec", "id": "environment/env-1"}'
    ran = released.run(env=env)
    assert ran.code == 0, ran.err
    commit = released.git("rev-parse", "environment/env-1/2^{commit}", at=released.origin)
    assert f"#{commit}:latest/environment/env-1/context" in files["GITHUB_OUTPUT"].read_text()
    assert "### environment/env-1 2\n\n```yaml\nname:" in files["GITHUB_STEP_SUMMARY"].read_text()


def test_the_spec_goes_to_a_file_and_nothing_else_is_written(released: Repo, tmp_path: Path) -> None:
    before = released.remote_refs(), released.git("status", "--porcelain"), released.git("for-each-ref", "refs/heads")
    ran = released.run("render-spec", "environment/env-1", "--output", str(tmp_path / "spec.yaml"))
    assert (ran.code, ran.out) == (0, "")
    assert context_of((tmp_path / "spec.yaml").read_text()).endswith("/context")
    after = released.remote_refs(), released.git("status", "--porcelain"), released.git("for-each-ref", "refs/heads")
    assert before == after
