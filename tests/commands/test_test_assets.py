"""test-assets on real suites, in real environments, made from wheels that are here."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from assets_actions import sample
from assets_actions.programs import temporary_files_in
from tests.conftest import ROOT, Ran, Repo, assets_actions, environment
from tests.registries.package_index import Index
from tests.testing.wheelhouse import add, offline

OK = "def test_ok():\n    assert True\n"
BAD = "def half(n):\n    return n / 2\n\n\ndef test_ok():\n    pass\n\n\ndef test_bad():\n    assert half(3) == 1\n"
BROKEN = "import nowhere\n\n\ndef test_never():\n    pass\n"
HANGING = "import time\n\n\ndef test_hanging():\n    time.sleep(60)\n"
UV = Path(sys.executable).parent / "uv"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where environments are kept, for all tests that do not ask for others."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def installers(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installers look at the wheels that are here alone; uv is found, which is quicker, where it is installed."""
    for name, value in offline(wheels).items():
        monkeypatch.setenv(name, value)
    folder = wheels.parent / f"{wheels.name}-uv"
    folder.mkdir(exist_ok=True)
    if UV.exists() and not (folder / "uv").exists():
        (folder / "uv").symlink_to(UV)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


@pytest.fixture
def without_uv(installers: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 (it comes after it)
    """Pip it is."""
    places = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(place for place in places if not shutil.which("uv", path=place)))


def asset(name: str, pytest_keys: str = "", files: Mapping[str, str] | None = None, code: str = OK) -> dict[str, str]:
    """The files of a component with a test; `pytest_keys` are more keys of its `test.pytest`."""
    folder = f"assets/{name}"
    return {
        f"{folder}/asset.yaml": "type: component\nspec: spec.yaml\ncategories: [A]\n"
        f"test:\n  pytest:\n    enabled: true\n{pytest_keys}",
        f"{folder}/spec.yaml": f"type: command\nname: {name}\nversion: '1'\ncommand: 'true'\n",
        f"{folder}/test_{name}.py": code,
        **{f"{folder}/{path}": content for path, content in (files or {}).items()},
    }


REQUIRES = "    pip_requirements: requirements.txt\n"


def check(repo: Repo, cache: Path, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[Ran, Any]:
    """Run it on all assets, unless some are named; what it came to as JSON."""
    named = [] if "--asset" in arguments else ["--every"]
    results = repo.path.parent / "results"
    common = ("--cache", str(cache), "--results-dir", str(results), "--format", "json")
    ran = repo.run("test-assets", *named, *common, *arguments, env=env)
    return ran, ran.json if ran.out else None


def statuses(data: Any) -> dict[str, tuple[str, str]]:
    return {one["id"].partition("/")[2]: (one["status"], one["message"]) for one in data["assets"]}


def places(data: Any) -> list[tuple[str, str]]:
    return [(one["rule"], f"{one['file']}:{one['line']}") for one in data["findings"]]


def test_each_way_for_a_suite_to_end(repo: Repo, cache: Path, wheels: Path) -> None:
    add(wheels, "needed", "1.0")
    repo.commit(
        {
            **asset("passing", REQUIRES, {"requirements.txt": "needed\n"}, "import needed\n" + OK),
            **asset("failing", code=BAD),
            **asset("broken", code=BROKEN),
            **asset("lacking", REQUIRES, {"requirements.txt": "# first\nnot-to-be-had==1\n"}),
            **asset("empty", code="x = 1\n"),
            **asset("crashing", code="import os\n\n\ndef test_crash():\n    os.abort()\n"),
            **asset("lying", code="import os\n\n\ndef test_lie():\n    os._exit(0)\n"),
        }
    )
    ran, data = check(repo, cache)
    assert ran.code == 1, ran.err
    assert statuses(data) == {
        "passing": ("passed", ""),
        "failing": ("failed", "1 of 2 failed"),
        "broken": ("error", "1 error"),
        "lacking": ("error", "the requirements could not be installed"),
        "empty": ("no tests", "no test was found, though `test.pytest.enabled` is true"),
        "crashing": ("error", "was ended by signal 6"),
        "lying": ("error", "pytest ended with exit code 0: it wrote no report"),
    }
    assert places(data) == [
        ("test-error", "assets/broken/test_broken.py:1"),
        ("test-error", "assets/crashing/test_crashing.py:5"),
        ("no-tests", "assets/empty/asset.yaml:5"),
        ("test-failed", "assets/failing/test_failing.py:10"),
        ("test-environment", "assets/lacking/asset.yaml:7"),
        ("test-error", "assets/lying/asset.yaml:5"),
    ]
    messages = {one["asset"].partition("/")[2]: one["message"] for one in data["findings"]}
    assert messages["failing"] == "test_bad: assert 1.5 == 1\n +  where 1.5 = half(3)"
    assert messages["broken"].endswith("ModuleNotFoundError: No module named 'nowhere'")
    assert "not-to-be-had" in messages["lacking"]
    assert data["summary"] | {"suites": 0} == {
        "assets": 7, "suites": 0, "passed": 1, "failed": 1, "errors": 5, "untested": 0, "tests": 4
    }  # fmt: skip
    results = repo.path.parent / "results"
    assert "test_bad" in (results / "component-failing.log").read_text()
    merged = JUnitXml.fromstring((results / "junit.xml").read_bytes())
    assert (merged.tests, merged.failures, merged.errors) == (8, 1, 5)
    (failing,) = JUnitXml.fromstring((results / "component-failing.xml").read_bytes())
    assert (failing.name, failing.tests, failing.failures) == ("component/failing", 2, 1)
    assert repo.git("status", "--porcelain", "--ignored") == ""


def test_a_suite_that_takes_too_long_is_ended_and_told_at_the_line_where_it_hangs(repo: Repo, cache: Path) -> None:
    repo.commit(asset("hanging", code=HANGING))
    ran, data = check(repo, cache, "--timeout", "0.08")
    assert ran.code == 1
    ((status, message),) = statuses(data).values()
    assert status == "timed out"
    assert re.fullmatch(r"took longer than its time limit, and was ended after \d+ s", message)
    assert places(data) == [("test-timed-out", "assets/hanging/test_hanging.py:5")]


def test_a_time_limit_that_no_clock_can_keep_is_refused(repo: Repo, cache: Path) -> None:
    repo.commit(asset("a"))
    for limit in ("inf", "nan", "1e12"):
        ran, _ = check(repo, cache, "--timeout", limit)
        assert (ran.code, "error: --timeout: Input should be " in ran.err) == (2, True)


def test_assets_with_the_same_tests_share_a_run_and_suites_with_the_same_needs_an_environment(
    repo: Repo, tmp_path: Path
) -> None:
    shared = "    tests_dir: ../shared\n"
    counting = f"def test_once():\n    open({str(tmp_path / 'runs')!r}, 'a').write('x')\n"
    repo.commit({**asset("a", shared), **asset("b", shared), **asset("c"), "assets/shared/test_it.py": counting})
    ran, data = check(repo, tmp_path / "cache")
    assert ran.code == 0, ran.err
    assert (tmp_path / "runs").read_text() == "x"
    assert [one["suite"] for one in data["assets"]] == [["component/a", "component/b"]] * 2 + [["component/c"]]
    assert len(list((tmp_path / "cache").glob("*/complete"))) == 1
    names = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert [name for name in names if not name.startswith("environment")] == [
        "component-a.log", "component-a.xml", "component-b.xml", "component-c.log", "component-c.xml", "junit.xml",
    ]  # fmt: skip
    (b,) = JUnitXml.fromstring((tmp_path / "results/component-b.xml").read_bytes())
    assert (b.name, b.tests) == ("component/b", 1)


TAGS = {
    "requirements.txt": "-r more/tools.txt\n-c ../limits.txt\n",
    "more/tools.txt": "Needed=={{latest-pypi-version}}  # {{latest-pypi-version}} is in a comment\nother\n",
}


def test_template_tags_of_requirements_are_resolved_from_a_pins_file(
    repo: Repo, cache: Path, wheels: Path, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0"):
        add(wheels, "needed", version)
        add(wheels, "other", version)
    code = "import needed, other\ndef test(): assert (needed.version, other.version) == ('1.0', '1.0')\n"
    repo.commit({**asset("a", REQUIRES, TAGS, code), "assets/limits.txt": "other<2\n"})
    pins = tmp_path / "pins.json"
    pins.write_text('{"version": 1, "packages": [{"package": "needed", "version": "1.0"}]}')
    ran, data = check(repo, cache, "--pins", str(pins))
    assert ran.code == 0, data
    assert "{{" in (repo.path / "assets/a/more/tools.txt").read_text()
    ran, data = check(repo, cache, "--pins", str(pins), "--dry-run")
    assert data["suites"][0]["requirements"] == ["Needed==1.0", "other"]
    assert data["suites"][0]["constraints"] == ["other<2"]
    pins.write_text('{"version": 1}')
    ran, data = check(repo, cache, "--pins", str(pins))
    assert ran.code == 1
    assert places(data) == [("unresolved-tag", "assets/a/more/tools.txt:1")]


def test_template_tags_are_looked_up_where_tests_need_them_and_nothing_else_is(
    repo: Repo, cache: Path, wheels: Path, index: Index
) -> None:
    add(wheels, "needed", "1.0")
    index.add("needed", "1.0")
    code = "import needed\ndef test(): assert needed.version == '1.0'\n"
    repo.commit(
        {
            **asset("a", REQUIRES, {"requirements.txt": "needed=={{latest-pypi-version}}\n"}, code),
            **asset("b", REQUIRES, {"requirements.txt": "absent=={{latest-pypi-version}}\n"}),
            **asset("c"),
            ".github/assets-actions.yml": f"packages: {{indexes: ['{index.url}']}}\n",
        }
    )
    assert check(repo, cache, "--asset", "component/c")[0].code == 0
    assert index.requests == []
    ran, data = check(repo, cache, "--asset", "component/a")
    assert ran.code == 0, data
    assert [request.path for request in index.requests] == ["/simple/needed/"]


def test_tests_see_no_secret_and_nothing_of_the_runner_and_run_in_the_assets_folder(
    repo: Repo, cache: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen.json"
    code = (
        "import json, os, sys\n\ndef test_look():\n    import importlib.util\n"
        f"    seen = {{'env': dict(os.environ), 'cwd': os.getcwd(), 'ours': bool(importlib.util.find_spec('pydantic'))}}\n"
        f"    json.dump(seen, open({str(seen)!r}, 'w'))\n"
    )
    repo.commit(asset("a", "    tests_dir: tests\n", {"tests/test_look.py": code}))
    secrets = {
        "GITHUB_TOKEN": "s3cr3t", "GH_TOKEN": "s3cr3t", "ACTIONS_RUNTIME_TOKEN": "s3cr3t", "MY_PASSWORD": "s3cr3t",
        "AWS_SECRET_ACCESS_KEY": "s3cr3t", "ASSETS_ACTIONS_LOGIN_X": "s3cr3t", "INPUT_X": "s3cr3t",
        "GITHUB_OUTPUT": "s3cr3t", "UV_INDEX_URL": "https://me:s3cr3t@example.com", "HARMLESS": "yes",
    }  # fmt: skip
    ran, data = check(repo, cache, env=secrets)
    assert ran.code == 0, data
    told = json.loads(seen.read_text())
    assert "s3cr3t" not in json.dumps(told["env"])
    assert told["env"]["HARMLESS"] == "yes"
    assert told["cwd"] == str((repo.path / "assets/a").resolve())
    assert not told["ours"]
    assert not Path(told["env"]["TMPDIR"]).exists()


def test_coverage_is_measured(repo: Repo, cache: Path) -> None:
    code = "from half import half\n\n\ndef test_half():\n    assert half(2) == 1\n"
    half = "def half(n):\n    if n > 100:\n        raise ValueError\n    return n / 2\n"
    repo.commit({**asset("a", "", {"half.py": half}, code), **asset("a-coverage")})
    ran, data = check(repo, cache, "--coverage")
    assert ran.code == 0, data
    one, _ = data["assets"]
    assert one["coverage"] == pytest.approx(100 * 6 / 7, abs=0.1)
    results = repo.path.parent / "results"
    assert "half.py" in (results / "coverage-component-a.xml").read_text()
    assert "<testsuites " in (results / "component-a-coverage.xml").read_text()
    assert repo.git("status", "--porcelain", "--ignored") == ""


@pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")
def test_uv_makes_environments_where_it_is_installed(repo: Repo, tmp_path: Path) -> None:
    repo.commit(asset("a"))
    ran, data = check(repo, tmp_path / "cache")
    assert ran.code == 0, data
    (settings,) = (tmp_path / "cache").glob("*/environment/pyvenv.cfg")
    assert "uv = " in settings.read_text()


@pytest.mark.usefixtures("without_uv")
def test_pip_makes_them_where_it_is_not(repo: Repo, tmp_path: Path) -> None:
    repo.commit(asset("a"))
    ran, data = check(repo, tmp_path / "cache")
    assert ran.code == 0, data
    (settings,) = (tmp_path / "cache").glob("*/environment/pyvenv.cfg")
    assert "uv = " not in settings.read_text()


@pytest.mark.parametrize("way", ["uv", "pip"])
def test_packages_of_the_repository_are_found_from_the_file_that_names_them(
    repo: Repo, cache: Path, request: pytest.FixtureRequest, way: str
) -> None:
    if way == "pip":
        request.getfixturevalue("without_uv")
    elif not UV.exists():
        pytest.skip("uv is not installed beside this Python")
    keys = "    pip_requirements: more/r.txt\n"
    repo.commit(asset("a", keys, {"more/r.txt": "--find-links w s\nmine\n", "more/w s/x": ""}, f"import mine\n{OK}"))
    add(repo.path / "assets/a/more/w s", "mine", "1.0")
    ran, data = check(repo, cache)
    assert ran.code == 0, data


@pytest.mark.skipif(shutil.which("conda") is not None, reason="conda is here")
def test_without_conda_its_suites_are_in_error(repo: Repo, cache: Path) -> None:
    repo.commit(asset("a", "    conda_environment: conda.yml\n", {"conda.yml": "dependencies: [python]\n"}))
    ran, data = check(repo, cache)
    assert ran.code == 1
    assert statuses(data) == {"a": ("error", "needs conda, which is not here")}
    assert places(data) == [("test-environment", "assets/a/asset.yaml:7")]


def test_arguments_reach_pytest(repo: Repo, cache: Path) -> None:
    repo.commit(asset("a", code=BAD))
    ran, data = check(repo, cache, "--pytest-arg=-k", "--pytest-arg", "test_ok or $(id)")
    assert data["assets"][0]["message"] == "pytest refused how it was called"
    ran, data = check(repo, cache, "--pytest-arg=-k", "--pytest-arg", "test_ok")
    assert (ran.code, data["assets"][0]["tests"]) == (0, 1)


def processes(marker: str) -> list[str]:
    """The processes whose environment holds a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if marker.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def interrupt(repo: Repo, cache: Path, number: signal.Signals, on: Path) -> None:
    """Run it on all assets, and send it a signal once a file is there: it ends, and leaves nothing."""
    temporary, marker = repo.path.parent / "runner", f"M{os.getpid()}X{number}"
    temporary.mkdir()
    command = [sys.executable, "-m", "assets_actions", "test-assets", "--every", "--cache", str(cache), "--jobs", "2"]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **temporary_files_in(temporary),
        "RUNNER_TEMP": str(temporary),
        "MARKER": marker,
    }
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, it may be ignored
    process = subprocess.Popen(command, cwd=repo.path, env=env, stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, heard)
    for _ in range(1500):
        if on.exists():
            break
        time.sleep(0.02)
    assert on.exists()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, b"interrupted\n")
    time.sleep(0.1)
    assert processes(marker) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_no_process_and_no_temporary_file(
    repo: Repo, cache: Path, tmp_path: Path, number: signal.Signals
) -> None:
    on = tmp_path / "on"
    code = f"import subprocess, time\n\ndef test():\n    subprocess.Popen(['sleep', '60'])\n    open({str(on)!r}, 'w').close()\n    time.sleep(60)\n"
    repo.commit({**asset("a", code=code), **asset("b", code=HANGING)})
    interrupt(repo, cache, number, on)


def test_none_is_run_for_a_fork_where_secrets_are(repo: Repo, cache: Path, tmp_path: Path) -> None:
    ran_it = tmp_path / "ran"
    repo.commit(asset("a", code=f"open({str(ran_it)!r}, 'w')\n{OK}"))
    event = tmp_path / "event.json"
    head = {"repo": {"full_name": "mallory/assets"}}
    event.write_text(json.dumps({"repository": {"full_name": "us/assets"}, "pull_request": {"head": head}}))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event), "GITHUB_EVENT_NAME": "pull_request_target"}
    ran = repo.run("test-assets", "--every", env=env)
    assert (ran.code, "tests are not run on `pull_request_target` of a fork" in ran.err) == (2, True)
    assert not ran_it.exists()
    assert check(repo, cache, "--dry-run", env=env)[0].code == 0
    ran, data = check(repo, cache, env={**env, "GITHUB_EVENT_NAME": "pull_request"})
    assert (ran.code, ran_it.exists()) == (0, True), data


BACKEND = """import pathlib, subprocess, tempfile, time

pathlib.Path(tempfile.mkdtemp(), "on").touch()
pathlib.Path("../on").touch()
subprocess.Popen(["sleep", "60"])
time.sleep(60)
"""


@pytest.mark.usefixtures("without_uv")
def test_interrupted_while_it_installs_it_leaves_nothing_either(repo: Repo, cache: Path) -> None:
    project = '[build-system]\nrequires = []\nbuild-backend = "be"\nbackend-path = ["."]\n'
    files = {"requirements.txt": "./slow\n", "slow/pyproject.toml": project, "slow/be.py": BACKEND}
    repo.commit(asset("a", REQUIRES, files))
    interrupt(repo, cache, signal.SIGTERM, repo.path / "assets/a/on")


def test_what_is_named_and_not_tested_is_told_and_what_is_not_there_is_an_error(repo: Repo, cache: Path) -> None:
    untested = {**asset("b"), "assets/b/asset.yaml": "type: component\nspec: spec.yaml\n"}
    repo.commit({**asset("a"), **untested})
    ran, data = check(repo, cache, "--asset", "component/a", "--asset", "component/b")
    assert (ran.code, data["untested"]) == (0, ["component/b"])
    ran = repo.run("test-assets", "--asset", "component/b")
    assert ran.code == 0
    assert "not tested component/b   `test.pytest.enabled` is not true in its asset config\n" in ran.out
    ran = repo.run("test-assets", "--asset", "component/aa")
    assert ran.code == 2
    assert "there is no asset `component/aa`" in ran.err


def test_what_is_declared_and_not_there_keeps_all_from_running(repo: Repo, cache: Path) -> None:
    includes = {"requirements.txt": "pip\n-r ../../../secrets.txt\n"}
    repo.commit({**asset("a", REQUIRES, includes), **asset("b")})
    ran, data = check(repo, cache)
    assert ran.code == 1
    assert places(data) == [("test-misconfigured", "assets/a/requirements.txt:2")]
    repo.commit(asset("a", "    tests_dir: ../../..\n"))
    assert places(check(repo, cache)[1]) == [("outside-repository", "assets/a/asset.yaml:7")]
    assert not (repo.path.parent / "results").exists()


def test_what_a_release_would_release_is_tested_where_nothing_is_named(repo: Repo, cache: Path) -> None:
    files = {**asset("a"), **asset("b")}
    repo.commit(files)
    assert repo.release().code == 0
    # Nobody looks up what that has: it is not tested.
    repo.commit(environment("untested", "FROM not-allowed.example/x:{{latest-image-tag}}\n"))
    arguments = ("test-assets", "--format", "json", "--cache", str(cache), "--dry-run")
    assert repo.run(*arguments).json["suites"] == []
    repo.write({"assets/b/spec.yaml": files["assets/b/spec.yaml"].replace("'1'", "'2'")})
    assert [one["assets"] for one in repo.run(*arguments).json["suites"]] == [["component/b"]]


def test_the_cache_is_no_part_of_the_repository(repo: Repo) -> None:
    repo.commit({**asset("a"), "cache/x": ""})
    ran = repo.run("test-assets", "--every", "--cache", "cache")
    assert ran.code == 2
    assert "the cache holds files of the repository" in ran.err


HOSTILE = """import sys


def test_output():
    print("::set-output name=x::y")
    print("  ::add-mask::a")
    print("\\x1b[31mred\\x1b]0;title\\x07")
    print("x" * 100_000)
    assert False, "::error::no\\n::warning::more %0A"
"""


def test_in_a_workflow_run_logs_are_folded_and_nothing_in_them_is_taken_for_a_command(
    repo: Repo, cache: Path, tmp_path: Path
) -> None:
    repo.commit(asset("a", code=HOSTILE))
    env = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "sum"),
    }
    ran = repo.run("test-assets", "--every", "--cache", str(cache), "--results-dir", str(tmp_path / "r"), env=env)
    assert ran.code == 1
    assert "::group::failed: component/a\n" in ran.out
    inside = re.sub(r"::stop-commands::(\w+)\n.*?::\1::\n", "", ran.out, flags=re.DOTALL)
    assert "::set-output" in ran.out
    commands = re.findall(r"^\s*::([\w-]+)", inside, re.MULTILINE)
    assert commands == ["group", "endgroup", "error"]
    (annotation,) = [line for line in inside.splitlines() if line.startswith("::error ")]
    assert annotation.startswith(
        "::error title=test-failed,file=assets/a/test_a.py,col=5,endColumn=53,line=9::test_output"
    )
    assert "\x1b" not in ran.out
    outputs = (tmp_path / "out").read_text()
    for name, value in {"tests-failed": "1", "tests-passed": "0", "junit": str(tmp_path / "r/junit.xml")}.items():
        assert re.search(rf"^{name}<<\S+\n{re.escape(value)}\n", outputs, re.MULTILINE), outputs
    assert "| failed | <code>component/a</code> | 1 | 1 | 0 | 0 |" in (tmp_path / "sum").read_text()


def test_in_a_workflow_run_what_machines_read_is_alone(repo: Repo, cache: Path) -> None:
    repo.commit(asset("a"))
    ran, data = check(repo, cache, env={"GITHUB_ACTIONS": "true"})
    assert (ran.code, statuses(data)) == (0, {"a": ("passed", "")})


SABOTAGE = """import os, pathlib, sys


def test_sabotage(tmp_path):
    scratch = pathlib.Path(os.environ["TMPDIR"]).parent
    for name in ("junit.xml", "coverage.xml"):
        os.mkfifo(scratch / "reports" / name)
    here = pathlib.Path(__file__)
    here.unlink()
    os.mkfifo(here)
    pathlib.Path(sys.executable).unlink()
    os._exit(1)
"""


def test_what_a_suite_breaks_keeps_nobody_from_telling_of_it(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**asset("a", code=SABOTAGE), **asset("b")})
    ran, data = check(repo, tmp_path / "cache", "--jobs", "1", "--coverage")
    assert ran.code == 1, ran.err
    found = statuses(data)
    assert found["a"] == ("error", "pytest ended with exit code 1: it wrote no report")
    assert found["b"][0] == "error"
    assert found["b"][1].startswith("pytest could not be run: ")


STRANGE = 'assets/it\'s "$(id)" `x`\nnew'


def test_names_of_any_kind_are_names(repo: Repo, cache: Path) -> None:
    files = {path.replace("assets/a", STRANGE): text for path, text in asset("a", "    tests_dir: -x y\n").items()}
    repo.commit({**files, f"{STRANGE}/-x y/test_it's.py": OK + BAD.replace("test_ok", "test_more")})
    ran, data = check(repo, cache)
    assert statuses(data) == {"a": ("failed", "1 of 3 failed")}
    assert places(data) == [("test-failed", f"{STRANGE}/-x y/test_it's.py:12")]
    assert ran.code == 1


def test_the_suites_of_the_sample_run(tmp_path: Path, cache: Path) -> None:
    made = sample.make(tmp_path / "sample")
    ran = assets_actions("test-assets", "--every", "--cache", str(cache), cwd=made.repo)
    assert ran.code == 0, ran.err
    assert re.search(r"^passed     environment/sklearn-1.7   3 tests · 3 skipped · \d", ran.out, re.MULTILINE)
    assert ran.out.endswith("1 asset · 1 passed · 3 tests\n")
