"""The example workflows, executed with the reusable ones that they call."""

from pathlib import Path

from tests.actions.stand_ins import CHECKOUT
from tests.actions.workflow_runner import ACTION, WorkflowRun, run_workflow
from tests.conftest import ROOT, Repo, environment
from tests.github.conftest import server
from tests.github.emulator import Emulator
from tests.github.stand_in import TOKEN, GitHub
from tests.lifecycle.conftest import DAY, NEW, OLD, two

__all__ = ["server", "two"]

OURS = "OWNER/assets-actions/"


def run(
    repo: Repo,
    server: GitHub | Emulator,
    tmp_path: Path,
    name: str,
    event: str,
    inputs: dict[str, str],
    *,
    token: str = TOKEN,
    more: str = "",
) -> WorkflowRun:
    """Run an example with this token; `more`: what somebody adds to its end."""
    workflow = (ROOT / "workflows-examples" / name).read_text().replace(OURS, f"{ACTION.partition('@')[0]}/") + more
    place = tmp_path / "runner"
    place.mkdir(exist_ok=True)
    env = {key: value for key, value in server.environment.items() if key != "GITHUB_TOKEN"}
    env["STAND_IN_APP_TOKEN"] = server.environment["GITHUB_TOKEN"]
    payload = {"inputs": inputs}
    return run_workflow(
        repo, workflow, place, env, event=event, payload=payload, token=token, secrets={"APP_KEY": "key"}
    )


def test_the_form_opens_the_pull_request_that_deprecates(two: Repo, server: GitHub, tmp_path: Path) -> None:
    inputs = {
        "asset": OLD,
        "replacement": NEW,
        "delete-on": DAY,
        "reason": "end-of-life",
        "details": "$(id) `x` ${{ y }}",
    }
    ran = run(two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", inputs)
    assert ran.code == 0, ran.text
    pull = server.tracker.threads[1]
    assert pull.title == "Deprecate environment/env-1: use env-2 instead"
    assert "reached its end of life: $(id) <code>x</code> ${{ y }}" in (pull.body or "")
    assert "https://github.invalid/octo/assets/pull/1" in ran.summary
    message = two.git("log", "-1", "--format=%an", "assets-actions/deprecate/environment/env-1", at=two.origin)
    assert message == "github-actions[bot]"


def test_what_is_asked_for_wrongly_is_an_annotation(two: Repo, server: GitHub, tmp_path: Path) -> None:
    inputs = {"asset": "environment/none", "replacement": NEW, "reason": "other"}
    ran = run(two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", inputs)
    assert ran.code == 1
    assert [(level, "there is no asset `environment/none`" in text) for level, _, text in ran.annotations] == [
        ("error", True)
    ]
    assert server.tracker.threads == {}


NOBODYS = "none"
FORM = {"asset": OLD, "replacement": NEW, "reason": "other"}
AS_AN_APP = """\
      app-id: "7"
    secrets:
      app-private-key: ${{ secrets.APP_KEY }}
"""


def test_an_app_can_open_it(two: Repo, server: GitHub, tmp_path: Path) -> None:
    ran = run(
        two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", FORM, token=NOBODYS, more=AS_AN_APP
    )
    assert ran.code == 0, ran.text
    assert server.tracker.threads[1].title == "Deprecate environment/env-1: use env-2 instead"


def test_a_missing_permission_is_named(two: Repo, server: GitHub, tmp_path: Path) -> None:
    server.permissions["pull_requests"] = "read"
    ran = run(two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", FORM)
    assert ran.code == 1
    assert [(level, "pull-requests: write" in text) for level, _, text in ran.annotations] == [("error", True)]


def test_the_form_works_with_what_others_take_for_github(repo: Repo, emulator: Emulator, tmp_path: Path) -> None:
    repo.commit({**environment("env-1"), **environment("env-2")})
    token = emulator.environment["GITHUB_TOKEN"]
    ran = run(repo, emulator, tmp_path, "deprecate-environment.yml", "workflow_dispatch", FORM, token=token)
    assert ran.code == 0, ran.text
    assert [one["title"] for one in emulator.pull_requests()] == ["Deprecate environment/env-1: use env-2 instead"]


def test_the_weekly_sweep_opens_what_is_due_and_its_issue(two: Repo, server: GitHub, tmp_path: Path) -> None:
    ran = two.run("deprecate-pr", "--asset", OLD, "--replacement", NEW, "--format", "json")
    server.merge(ran.json["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    swept = run(two, server, tmp_path, "lifecycle-sweep.yml", "schedule", {})
    assert swept.code == 0, swept.text
    assert [(one.title, one.labels) for one in server.tracker.threads.values()][1:] == [
        ("Remove environment/env-1", ["deprecation"]),
        ("Deprecated assets", ["deprecation"]),
    ]
    assert "### Deprecated assets" in swept.summary


REMOVE = """\
on: push
jobs:
  job:
    runs-on: ubuntu-latest
    steps:
      - uses: {checkout}
      - id: remove
        uses: OWNER/assets-actions/.github/actions/remove-pr@v1
        with: {{asset: {asset}}}
        env: {{GITHUB_TOKEN: "${{{{ github.token }}}}"}}
"""


def test_remove_pr_opens_the_pull_request_that_is_due(two: Repo, server: GitHub, tmp_path: Path) -> None:
    ran = two.run("deprecate-pr", "--asset", OLD, "--replacement", NEW, "--format", "json")
    server.merge(ran.json["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    (tmp_path / "runner").mkdir()
    env = {key: value for key, value in server.environment.items() if key != "GITHUB_TOKEN"}
    workflow = REMOVE.format(checkout=CHECKOUT, asset=OLD).replace(OURS, f"{ACTION.partition('@')[0]}/")
    removed = run_workflow(two, workflow, tmp_path / "runner", env, token=TOKEN)
    assert removed.code == 0, removed.text
    assert removed.outputs("remove")["pull-request"] == "2"
    assert server.tracker.threads[2].title == "Remove environment/env-1"
    assert "https://github.invalid/octo/assets/pull/2" in removed.summary
