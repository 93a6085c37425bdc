"""build-images against a real engine and a real registry."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IDENTITY, ROOT, Ran, Repo, environment
from tests.containers.engine import BARE, BASE, Daemon, running
from tests.registries.registry import WRITER, Registry

BARE_ONE = f"FROM {BARE}\n"
GOOD = f"FROM {BASE}\nRUN echo hello\n"
SOON = ("--test-command", "true")
HANGS = f"FROM {BASE}\nRUN echo begun; sleep 777\n"


def build(repo: Repo, tmp_path: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run it on all environments; its results and files lie in tmp_path."""
    places = ["--results", str(tmp_path / "images.json"), "--work-dir", str(tmp_path / "work")]
    return repo.run("build-images", "--format", "json", "--every", *places, *arguments, env=env)


def images(tmp_path: Path) -> dict[str, Any]:
    """What the results file tells, by asset."""
    return {one["asset"]: one for one in json.loads((tmp_path / "images.json").read_text())["images"]}


def found(ran: Ran) -> list[tuple[str, str, str]]:
    return [(f["rule"], f"{f['file'].removeprefix('assets/')}:{f['line']}", f["message"]) for f in ran.json["findings"]]


def start(repo: Repo, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "assets_actions", "build-images", *arguments],
        cwd=repo.path,
        env={**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_log(tmp_path: Path, name: str, text: str) -> None:
    log = tmp_path / f"work/environment-{name}/build.log"
    end = time.monotonic() + 30
    while not (log.exists() and text in log.read_text().split("\n")):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_image_is_built_and_tested_and_what_it_holds_is_told(repo: Repo, engine: Daemon, tmp_path: Path) -> None:
    repo.commit(environment("good", f"FROM {BASE}\nRUN printf '\\033[31mred\\033[0m\\n 1%%\\r100%%\\n'\n"))
    ran = repo.run("build-images", "--asset", "environment/good", "--work-dir", str(tmp_path / "work"))
    assert ran.code == 0, ran.err
    place = tmp_path / "work/environment-good"
    assert f"{place}: context, build.log, packages.json" in ran.out
    assert "1 image · 1 passed · " in ran.out.splitlines()[-1]
    log = (place / "build.log").read_text()
    assert "\nred\n100%\n" in log
    assert log.endswith("$ python -V\nPython 3.12.4\n")
    assert json.loads((place / "packages.json").read_text()) == {
        "python": "3.12.4",
        "os": {"ID": "ubuntu", "VERSION_ID": "24.04", "PRETTY_NAME": "Ubuntu 24.04 LTS"},
        "packages": [{"name": "numpy", "version": "2.3.4", "source": "pip"}],
    }
    assert (place / "context/Dockerfile").read_bytes() == (repo.path / "assets/good/context/Dockerfile").read_bytes()
    labels = engine.client.inspect_image("assets-actions/good")["Config"]["Labels"]
    assert labels["assets-actions"] == "environment/good"
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("engine")
def test_each_way_to_fail_is_told_at_its_line_and_the_other_images_are_built(
    repo: Repo, tmp_path: Path, registry: Registry
) -> None:
    repo.commit(environment("good", GOOD))
    repo.commit(environment("run", f"# why\nARG A=1\nFROM {BASE}\n\nRUN true && \\\n  sh -c 'echo oops >&2; exit 3'\n"))
    repo.commit(environment("syntax", f"FROM {BASE}\n\nRUNN x\n"))
    repo.commit(environment("base", f"FROM {BASE} AS a\nFROM {registry.host}/nothing:1\n"))
    repo.commit(environment("copy", f"FROM {BASE}\nCOPY nothing /x\n"))
    repo.commit(environment("python", f"FROM {BASE}\nRUN rm /bin/python\n"))
    repo.commit(environment("broken", f"FROM {BASE}\nRUN printf '#!/bin/sh\\necho no; exit 4' >/bin/python\n"))
    ran = build(repo, tmp_path, "--jobs", "4")
    assert ran.code == 1, ran.err
    told = {where: message for rule, where, message in found(ran) if rule == "image-failed"}
    assert told.pop("base/context/Dockerfile:2").startswith(f"there is no base image `{registry.host}/nothing:1`")
    assert told.pop("copy/context/Dockerfile:2").startswith("COPY failed: ")
    assert told == {
        "run/context/Dockerfile:5": "RUN failed with exit code 3: oops",
        "syntax/context/Dockerfile:3": "Docker cannot read the Dockerfile: unknown instruction: RUNN",
        "python/context/Dockerfile:1": "the image has no program `python` to test it with",
        "broken/context/Dockerfile:1": "`python -V` fails in the image with exit code 4: no",
    }
    status = {id_.partition("/")[2]: one["status"] for id_, one in images(tmp_path).items()}
    assert status == dict.fromkeys(status, "failed") | {"good": "passed"}
    assert images(tmp_path)["environment/run"]["reason"] == "RUN failed with exit code 3: oops"
    assert ran.json["summary"] == {"images": 7, "passed": 1, "failed": 6, "skipped": 0}
    log = (tmp_path / "work/environment-run/build.log").read_text()
    assert log.endswith("error: RUN failed with exit code 3: oops\n")


@pytest.mark.usefixtures("engine")
def test_a_base_image_whose_registry_cannot_be_reached_is_not_its_authors_to_mend(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**environment("good", GOOD), **environment("far", "FROM 127.0.0.1:1/base:1\n")})
    ran = build(repo, tmp_path)
    assert ran.code == 2, ran.err
    ((rule, where, message),) = found(ran)
    assert (rule, where) == ("image-failed", "far/context/Dockerfile:1")
    assert message.startswith("the base image `127.0.0.1:1/base:1` cannot be pulled: ")
    assert {id_: one["status"] for id_, one in images(tmp_path).items()} == {
        "environment/good": "passed",
        "environment/far": "failed",
    }


def test_template_tags_whose_registry_cannot_be_reached_are_not_their_authors_to_mend(repo: Repo) -> None:
    repo.commit(environment("far", "FROM 127.0.0.1:1/base:{{latest-image-tag}}\n"))
    assert repo.run("build-images", "--every").code == 1, "an unknown host is asked nothing"
    repo.commit({".github/assets-actions.yml": "images:\n  hosts: ['127.0.0.1:1']\n"})
    ran = repo.run("build-images", "--every", "--format", "json")
    assert ran.code == 2, ran.err
    assert [one["rule"] for one in ran.json["findings"]] == ["unresolved-tag"]


@pytest.mark.usefixtures("engine")
def test_contexts_that_are_kept_within_the_repository_become_no_part_of_an_asset(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("good", GOOD))
    for _ in range(2):
        assert build(repo, tmp_path, "--work-dir", "assets/good/context").code == 0
        assert repo.git("status", "--porcelain") == ""
    context = repo.path / "assets/good/context/environment-good/context"
    assert [path.name for path in context.iterdir()] == ["Dockerfile"]


@pytest.mark.usefixtures("engine")
def test_only_files_that_were_written_are_told(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("a", BARE_ONE))
    arguments = ["build-images", "--every", "--work-dir", str(tmp_path / "work"), "--test-command", "false"]
    ran = repo.run(*arguments)
    place = tmp_path / "work/environment-a"
    assert ran.code == 1, ran.err
    assert f"{place}: context, build.log\n" in ran.out
    assert not (place / "packages.json").exists()


def test_an_engine_that_cannot_be_reached_is_the_callers_to_mend(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("good", GOOD))
    ran = build(repo, tmp_path, env={"DOCKER_HOST": f"unix://{tmp_path}/none"})
    assert (ran.code, ran.out) == (2, "")
    assert f"error: unix://{tmp_path}/none: no Docker engine answers: No such file or directory" in ran.err
    assert "fix: start Docker, or name another engine with DOCKER_HOST" in ran.err
    assert images(tmp_path)["environment/good"]["status"] == "skipped"
    ran = build(repo, tmp_path, env={"DOCKER_HOST": "ssh://somewhere"})
    assert (ran.code, "fix: forward its socket" in ran.err) == (2, True)
    ran = build(repo, tmp_path, env={"DOCKER_CONTEXT": "nowhere"})
    assert (ran.code, "Docker has no context `nowhere`" in ran.err) == (2, True)


def test_the_engine_of_dockers_current_context_is_taken(repo: Repo, one_engine: Daemon, tmp_path: Path) -> None:
    from docker.context.config import get_context_id

    repo.commit(environment("good", GOOD))
    home = tmp_path / "docker"
    meta = home / "contexts/meta" / get_context_id("builder")
    meta.mkdir(parents=True)
    (home / "config.json").write_text('{"currentContext": "builder"}')
    endpoint = {"docker": {"Host": one_engine.address, "SkipTLSVerify": False}}
    (meta / "meta.json").write_text(json.dumps({"Name": "builder", "Metadata": {}, "Endpoints": endpoint}))
    ran = build(repo, tmp_path, env={"DOCKER_CONFIG": str(home)})
    assert ran.code == 0, ran.err


def test_a_build_that_takes_too_long_is_ended_and_its_container_is_gone(
    repo: Repo, engine: Daemon, tmp_path: Path
) -> None:
    repo.commit(environment("slow", HANGS))
    repo.commit(environment("good", GOOD))
    ran = build(repo, tmp_path, "--timeout", "0.05", "--jobs", "2")
    assert ran.code == 1, ran.err
    assert found(ran) == [("image-failed", "slow/context/Dockerfile:2", "its build takes longer than 0.05 minutes")]
    assert engine.containers() == []
    assert images(tmp_path)["environment/good"]["status"] == "passed"


def test_a_test_that_takes_too_long_is_ended_and_its_container_is_gone(
    repo: Repo, engine: Daemon, tmp_path: Path
) -> None:
    repo.commit(environment("slow", GOOD))
    ran = build(repo, tmp_path, "--test-command", "sleep 777", "--test-timeout", "0.02")
    assert ran.code == 1, ran.err
    assert found(ran)[0][2] == "`sleep 777` takes longer than 1 s in the image"
    assert engine.containers() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_builds_and_what_is_known_is_written(
    repo: Repo, engine: Daemon, tmp_path: Path, number: int
) -> None:
    repo.commit(environment("a", HANGS))
    repo.commit(environment("b", GOOD))
    repo.commit(environment("c", HANGS))
    process = start(repo, "--every", "--jobs", "2", "--results", str(tmp_path / "images.json"), "--work-dir", str(tmp_path / "work"), "--test-command", "sleep 778")  # fmt: skip
    engine.wait_for("sleep 777")
    engine.wait_for("sleep 778")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert engine.containers() == []
    assert "3 skipped" in out
    assert out.rstrip().endswith("interrupted")
    assert {one["status"] for one in images(tmp_path).values()} == {"skipped"}
    assert images(tmp_path)["environment/a"]["reason"] == "it was interrupted"


def test_a_run_that_is_killed_leaves_no_build_behind(repo: Repo, engine: Daemon) -> None:
    repo.commit(environment("a", HANGS))
    process = start(repo, "--every")
    engine.wait_for("sleep 777")
    process.kill()
    process.communicate()
    end = time.monotonic() + 20
    while engine.containers():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_engine_that_is_killed_in_the_middle_of_a_build_ends_the_run(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("a", HANGS))
    repo.commit(environment("b", HANGS))
    repo.commit(environment("c", GOOD))
    with running() as daemon:
        os.environ["DOCKER_HOST"] = daemon.address
        try:
            process = start(repo, "--every", "--jobs", "2", "--format", "json", "--results", str(tmp_path / "images.json"), "--work-dir", str(tmp_path / "work"))  # fmt: skip
        finally:
            del os.environ["DOCKER_HOST"]
        wait_for_log(tmp_path, "a", "begun")
        daemon.process.kill()
        out, err = process.communicate(timeout=30)
        assert process.returncode == 2, err
        told = [f["message"] for f in json.loads(out)["findings"]]
        assert told
        assert all(message.startswith("the Docker engine is gone: ") for message in told)
        assert images(tmp_path)["environment/c"] | {"seconds": 0, "log": ""} == {
            **images(tmp_path)["environment/c"],
            "status": "skipped",
            "reason": "the engine is gone",
            "seconds": 0,
            "log": "",
        }


def test_a_disk_that_is_full_is_told_as_such(repo: Repo, small_disk: Path, tmp_path: Path) -> None:
    repo.commit(environment("run", f"FROM {BASE}\nRUN dd if=/dev/zero of=/x bs=1M count=100\n"))
    repo.commit(environment("copy", f"FROM {BASE}\nCOPY large /x\n"))
    repo.commit({"assets/copy/context/large": b"\0" * 60_000_000})
    with running(small_disk) as daemon:
        ran = build(repo, tmp_path, "--jobs", "1", env=daemon.env)
        assert ran.code == 2, ran.err
        assert [message.partition(":")[0] for _, _, message in found(ran)] == [
            "no space is left on the engine's disk"
        ] * 2
        assert ("image-failed", "run/context/Dockerfile:2") in [one[:2] for one in found(ran)]
        assert daemon.containers() == []


def released(repo: Repo, tmp_path: Path, prefix: str, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    return build(repo, tmp_path, "--push", prefix, *arguments, env=env)


@pytest.mark.usefixtures("engine")
def test_an_image_is_pushed_with_its_version_and_its_digest_is_recorded(
    repo: Repo, registry: Registry, tmp_path: Path
) -> None:
    repo.commit(environment("pushed", GOOD))
    ran = released(repo, tmp_path, f"{registry.host}/team/")
    assert ran.code == 0, ran.err
    image = images(tmp_path)["environment/pushed"]
    name, _, digest = image["reference"].partition("@")
    assert (name, image["version"]) == (f"{registry.host}/team/azureml/curated/pushed:1", "1")
    from requests import head

    accept = {"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
    answer = head(f"{registry.url}/v2/team/azureml/curated/pushed/manifests/1", headers=accept, timeout=10)
    assert answer.headers["Docker-Content-Digest"] == digest
    repo.release()
    ran = released(repo, tmp_path, registry.host)
    assert ran.code == 0
    assert ran.json["images"][0]["note"] == "not pushed: a release would not release it"


@pytest.mark.usefixtures("engine")
def test_a_push_that_is_refused_says_what_to_do(repo: Repo, basic_registry: Registry, tmp_path: Path) -> None:
    repo.commit(environment("refused", BARE_ONE))
    ran = released(repo, tmp_path, f"{basic_registry.host}/team", *SOON)
    assert ran.code == 2, ran.err
    ((rule, where, message),) = found(ran)
    assert (rule, where) == ("image-failed", "refused/context/Dockerfile:1")
    assert message.startswith(f"{basic_registry.host} does not take the image: ")
    image = images(tmp_path)["environment/refused"]
    assert (image["status"], image["reference"]) == ("failed", None)
    variable = "ASSETS_ACTIONS_LOGIN_" + basic_registry.host.replace(".", "_").replace(":", "_")
    assert released(repo, tmp_path, f"{basic_registry.host}/team", *SOON, env={variable: ":".join(WRITER)}).code == 0
    ran = released(repo, tmp_path, "127.0.0.1:1/team", *SOON)
    assert (ran.code, "127.0.0.1:1 does not take the image" in ran.out) == (2, True)


def test_a_name_that_no_registry_takes_is_refused_before_anything_is_built(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("a", GOOD))
    ran = released(repo, tmp_path, "Registry.example.com/Team")
    assert (ran.code, "no image can be pushed as `Registry.example.com/Team/azureml" in ran.err) == (2, True)
    assert not (tmp_path / "work").exists()


@pytest.mark.usefixtures("engine")
def test_twenty_environments_are_built_side_by_side(repo: Repo, tmp_path: Path) -> None:
    for number in range(20):
        repo.write(environment(f"env-{number}", f"FROM {BARE}\nCOPY number /number\n"))
        repo.write({f"assets/env-{number}/context/number": f"{number}\n"})
    repo.commit()
    ran = build(repo, tmp_path, "--jobs", "6", "--test-command", "cat /number")
    assert ran.code == 0, ran.err
    assert ran.json["summary"] == {"images": 20, "passed": 20, "failed": 0, "skipped": 0}
    assert len({one["id"] for one in images(tmp_path).values()}) == 20
    for number in range(20):
        log = (tmp_path / f"work/environment-env-{number}/build.log").read_text()
        assert log.endswith(f"$ cat /number\n{number}\n")


def test_an_image_is_built_from_exactly_its_pins_and_a_release_takes_that_and_nothing_else(
    repo: Repo, engine: Daemon, registry: Registry, tmp_path: Path
) -> None:
    new, old = "FROM base:1\nRUN echo new\n", "FROM base:1\nRUN echo old\n"
    ids = {}
    for tag, dockerfile in {"1": old, "2": new}.items():
        name = f"{registry.host}/pinned"
        ids[tag] = engine.build(f"{name}:{tag}", dockerfile)
        said = list(engine.client.push(name, tag, stream=True, decode=True))
        assert not any("error" in one for one in said), said
        engine.client.remove_image(f"{name}:{tag}")
    text = f"FROM {registry.host}/pinned:{{{{latest-image-tag}}}}\nRUN echo x=={{{{latest-pypi-version}}}}\n"
    repo.commit(environment("pinned", text))

    def pins(tag: str) -> str:
        file = tmp_path / f"pins-{tag}.json"
        image = {"image": f"{registry.host}/pinned", "tag_regex": None, "reference": f":{tag}"}
        package = {"package": "x", "pre": False, "version": "1.0"}
        file.write_text(json.dumps({"version": 1, "images": [image], "packages": [package]}))
        return str(file)

    ran = repo.run("build-images", "--pins", pins("1"), "--results", str(tmp_path / "images.json"), "--work-dir", str(tmp_path / "work"))  # fmt: skip
    assert ran.code == 0, ran.err
    context = tmp_path / "work/environment-pinned/context/Dockerfile"
    assert context.read_text() == f"FROM {registry.host}/pinned:1\nRUN echo x==1.0\n"
    made = engine.client.inspect_image(images(tmp_path)["environment/pinned"]["id"])
    base = engine.client.inspect_image(f"{registry.host}/pinned:1")
    assert base["Id"] == ids["1"]
    assert made["RootFS"]["Layers"][: len(base["RootFS"]["Layers"])] == base["RootFS"]["Layers"]
    assert (repo.path / "assets/pinned/context/Dockerfile").read_text() == text

    def blocked(tag: str, results: str) -> str:
        (tmp_path / "other.json").write_text(results)
        ran = repo.run("release-commit", "--dry-run", "--format", "json", "--pins", pins(tag), "--require-built", str(tmp_path / "other.json"))  # fmt: skip
        assert ran.code == 1, ran.err
        return str(ran.json["assets"][0]["message"])

    results = (tmp_path / "images.json").read_text()
    assert blocked("2", results) == "its image was built from other files, or other pins"
    assert blocked("1", '{"version": 1, "images": []}') == "its image was not built"
    assert (
        blocked("1", results.replace('"passed"', '"failed"').replace('"reason": ""', '"reason": "x"'))
        == "its image failed: x"
    )
    skipped = results.replace('"passed"', '"skipped"').replace('"reason": ""', '"reason": "y"')
    assert blocked("1", skipped) == "its image was not built: y"
    ran = repo.run("release-commit", "--pins", pins("1"), "--require-built", str(tmp_path / "images.json"))
    assert ran.code == 0, ran.err
    assert repo.released()["latest/environment/pinned/context/Dockerfile"][1] == context.read_bytes()


@pytest.mark.usefixtures("engine")
def test_what_git_has_of_unchanged_files_is_built_however_the_checkout_holds_them(repo: Repo, tmp_path: Path) -> None:
    files = environment("a", f"FROM {BARE}\nRUN echo x=={{{{latest-pypi-version}}}}\n")
    oid = f"sha256:{'0' * 64}"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid {oid}\nsize 3\n"
    files |= {f"assets/a/context/{name}": f"{name}\n" for name in ("run.sh", "looked-away", "plain")}
    files |= {".gitattributes": "*.sh text eol=crlf\n*.bin -text\n", "assets/a/context/large.bin": pointer}
    repo.commit(files)
    repo.git("config", "core.autocrlf", "true")
    repo.git("config", "core.fileMode", "false")
    repo.git("rm", "-r", "--cached", "--quiet", ".")
    repo.git("reset", "--hard", "--quiet")
    repo.git("update-index", "--assume-unchanged", "assets/a/context/looked-away", "assets/a/context/large.bin")
    here = repo.path / "assets/a/context"
    repo.write({"assets/a/context/looked-away": "other\n", "assets/a/context/large.bin": "abc"})
    (here / "Dockerfile").chmod(0o755)
    assert ((here / "run.sh").read_bytes(), repo.git("status", "--porcelain")) == (b"run.sh\r\n", "")
    pins = tmp_path / "pins.json"
    pins.write_text('{"version": 1, "images": [], "packages": [{"package": "x", "pre": false, "version": "1.0"}]}')
    assert build(repo, tmp_path, "--pins", str(pins), *SOON).code == 0
    built = tmp_path / "work/environment-a/context"
    assert {path.name: path.read_bytes() for path in built.iterdir()} == {
        "Dockerfile": f"FROM {BARE}\nRUN echo x==1.0\n".encode(),
        "run.sh": b"run.sh\n",
        "looked-away": b"looked-away\n",
        "plain": b"plain\n",
        "large.bin": b"abc",
    }
    assert (built / "Dockerfile").stat().st_mode & 0o777 == 0o644
    ran = repo.run("release-commit", "--pins", str(pins), "--require-built", str(tmp_path / "images.json"))
    assert ran.code == 0, ran.out + ran.err
    context = {path.name: ("100644", path.read_bytes()) for path in built.iterdir()} | {
        "large.bin": ("100644", pointer.encode())
    }
    assert {path.rpartition("/")[2]: file for path, file in repo.released().items() if "/context/" in path} == context


@pytest.mark.usefixtures("engine")
def test_what_is_a_link_or_outside_leads_neither_out_of_the_copy_nor_into_the_machine(
    repo: Repo, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n*\n")
    repo.write(
        environment(
            "links",
            f"FROM {BARE}\nCOPY . /all\nRUN test -L /all/out && test -L /all/up && test ! -e /all/note && ls /all\n",
        )
    )
    context = repo.path / "assets/links/context"
    (context / "out").symlink_to(secret)
    (context / "up").symlink_to("../../../..")
    (context / os.fsdecode(b"\xff name")).write_text("x")
    (context / "run.sh").write_text("#!/bin/sh\n")
    (context / "run.sh").chmod(0o755)
    repo.write({"assets/links/context/note": "x", "assets/links/context/.dockerignore": "# comment\nnote\n"})
    repo.commit()
    ran = build(repo, tmp_path, *SOON)
    assert ran.code == 0, ran.out
    copy = tmp_path / "work/environment-links/context"
    assert os.readlink(copy / "out") == str(secret)
    assert os.readlink(copy / "up") == "../../../.."
    assert os.access(copy / "run.sh", os.X_OK)
    assert not os.access(copy / "note", os.X_OK)
    repo.git("rm", "--quiet", "assets/links/context/.dockerignore")
    (context / ".dockerignore").symlink_to(secret)
    repo.commit({"assets/links/context/Dockerfile": f"FROM {BARE}\nCOPY note /note\n"})
    ran = build(repo, tmp_path, *SOON)
    assert ran.code == 0, ran.out


@pytest.mark.usefixtures("engine")
def test_an_image_for_another_system_is_skipped_and_says_why(repo: Repo, tmp_path: Path) -> None:
    files = environment("windows", BARE_ONE)
    files["assets/windows/environment.yaml"] = files["assets/windows/environment.yaml"].replace(
        "os: linux", "os: windows"
    )
    repo.commit({**files, **environment("good", BARE_ONE)})
    ran = build(repo, tmp_path, *SOON)
    assert ran.code == 0, ran.err
    image = images(tmp_path)["environment/windows"]
    assert (image["status"], image["reason"]) == (
        "skipped",
        "it is an image for windows, and the engine here builds for linux",
    )


def test_an_environment_without_a_build_context_has_nothing_to_build(repo: Repo, tmp_path: Path) -> None:
    files = environment("bare")
    files["assets/bare/environment.yaml"] = "image:\n  name: azureml/curated/bare\n  os: linux\n"
    repo.commit(files)
    ran = repo.run("build-images", "--asset", "environment/bare", "--results", str(tmp_path / "images.json"))
    assert ran.code == 0, ran.err
    assert "nothing  environment/bare" in ran.out
    assert "it has no build context: there is nothing to build" in ran.out
    assert images(tmp_path) == {}


@pytest.mark.usefixtures("engine")
def test_variables_platform_and_layers_are_as_they_are_asked_for(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("args", f"FROM {BARE}\nARG WHAT=default\nRUN echo what=$WHAT\n"))
    log = tmp_path / "work/environment-args/build.log"
    assert build(repo, tmp_path, *SOON, "--build-arg", "WHAT=a b=c").code == 0
    assert "\nwhat=a b=c\n" in log.read_text()
    assert build(repo, tmp_path, *SOON, "--build-arg", "WHAT=a b=c").code == 0
    assert " ---> Using cache\n" in log.read_text()
    assert build(repo, tmp_path, *SOON, "--build-arg", "WHAT=a b=c", "--no-cache").code == 0
    assert " ---> Using cache\n" not in log.read_text()
    ran = build(repo, tmp_path, *SOON, "--platform", "linux/s390x")
    assert ran.code == 1
    assert "the image is for linux/amd64, not for linux/s390x" in found(ran)[0][2] or "s390x" in found(ran)[0][2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--build-arg", "X"], "build-arg is KEY=VALUE, which `X` is not"),
        (["--test-command", "'"], "test-command is no command"),
        (["--test-command", " "], "test-command is empty"),
        (["--platform", "x y"], "--platform"),
        (["--jobs", "0"], "--jobs"),
        (["--timeout", "inf"], "--timeout: Input should be less than or equal to 10080"),
        (["--test-timeout", "1e12"], "--test-timeout: Input should be less than or equal to 10080"),
        (["--merge", "x", "--every"], "merge builds nothing: leave out every"),
        (["--asset", "environment/nothing"], "there is no asset `environment/nothing`"),
        (["--results", "no/directory/x.json", "--every"], "there is no directory `no/directory`"),
        (
            ["--every", "--scan", "--sbom"],
            "`trivy`, which --scan needs, and `syft`, which --sbom needs, is not on PATH",
        ),
    ],
)
def test_wrong_input_is_told_before_anything_is_done(repo: Repo, arguments: list[str], told: str) -> None:
    repo.commit(environment("good", GOOD))
    ran = repo.run("build-images", *arguments, env={"PATH": "/usr/bin:/bin"})
    assert ran.code == 2
    assert told in ran.err


@pytest.mark.usefixtures("engine")
def test_a_directory_of_somebody_elses_is_never_removed(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("good", GOOD))
    place = tmp_path / "work/environment-good"
    place.mkdir(parents=True)
    (place / "mine").write_text("x")
    ran = build(repo, tmp_path)
    assert (ran.code, "this is in the way, and no earlier run made it" in ran.err) == (2, True)
    assert (place / "mine").exists()


def program(directory: Path, name: str, text: str) -> str:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{text}")
    (directory / name).chmod(0o755)
    return f"{directory}:{os.environ['PATH']}"


@pytest.mark.usefixtures("engine")
def test_an_image_is_scanned_and_listed_by_programs_that_are_there(repo: Repo, tmp_path: Path) -> None:
    """With stand-ins that take the options which those of trivy and syft are by their documentation."""
    repo.commit(environment("scanned", BARE_ONE))
    report = '{"Results": [{"Vulnerabilities": [{"Severity": "CRITICAL"}]}]}'
    program(tmp_path / "bin", "trivy", f"test \"$DOCKER_HOST\" && test $1 = image || exit 9\nwhile [ $1 != --output ]; do shift; done\necho '{report}' >$2\n")  # fmt: skip
    path = program(
        tmp_path / "bin", "syft", "case $1 in docker:sha256:*) ;; *) exit 9;; esac\necho {} >${4#spdx-json=}\n"
    )
    ran = build(repo, tmp_path, *SOON, "--scan", "--sbom", env={"PATH": path})
    assert ran.code == 0, ran.out
    assert found(ran) == [("known-vulnerability", "scanned/context/Dockerfile:1", "known vulnerabilities: 1 critical")]
    assert (tmp_path / "work/environment-scanned/sbom.spdx.json").read_text() == "{}\n"
    repo.commit({".github/assets-actions.yml": "rules: {severity: {known-vulnerability: error}}\n"})
    assert build(repo, tmp_path, *SOON, "--scan", env={"PATH": path}).code == 1
    assert images(tmp_path)["environment/scanned"]["status"] == "failed"
    path = program(tmp_path / "bin", "trivy", "echo no database >&2; exit 1\n")
    ran = build(repo, tmp_path, *SOON, "--scan", env={"PATH": path})
    assert ran.code == 2
    assert images(tmp_path)["environment/scanned"]["reason"] == "trivy failed: no database"


@pytest.mark.usefixtures("engine")
def test_rules_weigh_what_the_settings_say(repo: Repo, tmp_path: Path) -> None:
    line = "a 1 requires b<2, but you have b 3 which is incompatible."
    repo.commit(environment("warns", f"FROM {BARE}\nRUN echo '{line}'\n"))
    ran = build(repo, tmp_path, *SOON)
    assert ran.code == 0
    assert found(ran) == [("build-log", "warns/context/Dockerfile:2", f"the log says: {line}")]
    repo.commit({".github/assets-actions.yml": "rules: {severity: {build-log: error}}\n"})
    assert build(repo, tmp_path, *SOON, "--no-cache").code == 1
    repo.commit({".github/assets-actions.yml": "rules: {per_path: {'assets/warns/*': [built-image]}}\n"})
    ran = build(repo, tmp_path, *SOON, "--no-cache")
    assert (ran.code, found(ran)) == (0, [])


def test_a_dry_run_tells_what_would_be_built_from_which_pins_and_writes_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("a", "FROM host/base:{{latest-image-tag}}\n"))
    pins = tmp_path / "pins.json"
    image = {"image": "host/base", "tag_regex": None, "reference": ":7"}
    pins.write_text(json.dumps({"version": 1, "images": [image], "packages": []}))
    ran = build(repo, tmp_path, "--pins", str(pins), "--dry-run", "--push", "h/p", env={"DOCKER_HOST": "unix:///none"})
    assert ran.code == 0, ran.err
    (planned,) = ran.json["images"]
    assert (planned["status"], planned["asset"]) == ("to build", "environment/a")
    assert "base" in planned["reason"]
    assert planned["reason"].endswith(" 7")
    assert planned["note"] == "would be pushed as h/p/azureml/curated/a:1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pins.json", "repo", "repo.git"]


@pytest.mark.usefixtures("engine")
def test_results_of_several_jobs_become_one(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**environment("a", f"FROM {BARE}\n"), **environment("b", f"FROM {BARE}\nRUN false\n")})
    parts = tmp_path / "parts"
    for name, code in {"a": 0, "b": 1}.items():
        (parts / name).mkdir(parents=True)
        ran = repo.run(
            "build-images", *SOON, "--asset", f"environment/{name}", "--results", str(parts / name / "images.json")
        )
        assert ran.code == code, ran.err
    ran = repo.run("build-images", "--merge", str(parts), "--results", str(tmp_path / "all.json"), env={"DOCKER_HOST": "unix:///none"})  # fmt: skip
    assert ran.code == 1, ran.err
    assert "2 images · 1 passed · 1 failed · of 2 files" in ran.out
    merged = json.loads((tmp_path / "all.json").read_text())["images"]
    assert [(one["asset"], one["status"]) for one in merged] == [
        ("environment/a", "passed"),
        ("environment/b", "failed"),
    ]
    assert repo.run("build-images", "--merge", str(parts / "a/images.json"), "--merge", str(parts / "a")).code == 0
    ran = repo.run("build-images", "--merge", str(repo.path))
    assert (ran.code, "there is no results file here" in ran.err) == (2, True)
    for other in ("{}", '{"python": "3.12.4", "os": {}, "packages": []}', '{"images": [{"asset": 3}]}'):
        (parts / "c.json").write_text(other)
        ran = repo.run("build-images", "--merge", str(parts))
        assert (ran.code, "c.json: not a file of images: images" in ran.err) == (2, True)
        ran = repo.run("release-commit", "--require-built", str(parts / "c.json"))
        assert (ran.code, "c.json: not a file of images: images" in ran.err) == (2, True)


@pytest.mark.usefixtures("engine")
def test_in_a_workflow_run_each_log_is_folded_and_outputs_are_set(repo: Repo, tmp_path: Path) -> None:
    repo.commit(
        {
            **environment("a", f"FROM {BASE}\nRUN echo '::error::fake'\n"),
            **environment("b", f"FROM {BASE}\nRUN false\n"),
        }
    )
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    (tmp_path / "temp").mkdir()
    env = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(tmp_path / "temp"), **{n: str(f) for n, f in files.items()}}
    ran = repo.run("build-images", "--every", "--results", str(tmp_path / "images.json"), env=env)
    assert ran.code == 1, ran.err
    lines = ran.out.splitlines()
    groups = [line for line in lines if line.startswith("::group::")]
    assert sorted(group.partition(" (")[0] for group in groups if "environment" in group) == ["::group::failed environment/b", "::group::passed environment/a"]  # fmt: skip
    quoted = lines.index("::error::fake")
    token = next(line for line in reversed(lines[:quoted]) if line.startswith("::stop-commands::"))
    assert f"::{token.removeprefix('::stop-commands::')}::" in lines[quoted:]
    assert any(
        line.startswith("::error ") and "file=assets/b/context/Dockerfile" in line and "line=2:" in line
        for line in lines
    )
    outputs = files["GITHUB_OUTPUT"].read_text()
    for name, value in {"passed": "1", "failed": "1", "skipped": "0", "images": "[]"}.items():
        assert f"\n{value}\n" in outputs.partition(f"{name}<<")[2][:80]
    assert "| failed | <code>environment/b</code> |" in files["GITHUB_STEP_SUMMARY"].read_text()
    assert list((tmp_path / "temp").glob("assets-actions-*/environment-a/build.log"))


@pytest.mark.usefixtures("engine")
def test_a_matrix_of_jobs_builds_what_the_plan_deals_out_and_the_release_takes_all_of_it(
    repo: Repo, tmp_path: Path
) -> None:
    repo.commit(
        {**environment("a", BARE_ONE), **environment("b", f"{BARE_ONE}RUN false\n"), **environment("c", BARE_ONE)}
    )
    dealt = repo.run("detect-changes", "--format", "json", "--matrix-type", "environment", "--max-jobs", "2").json[
        "shards"
    ]
    assert len(dealt) == 2
    (tmp_path / "results").mkdir()
    for number, ids in enumerate(dealt):
        given = {
            "asset": json.dumps(ids),
            "results": str(tmp_path / f"results/images-{number}.json"),
            "jobs": "2",
            "test-command": "true",
        }
        ran = repo.run("build-images", env={"ASSETS_ACTIONS_INPUTS": json.dumps(given)})
        assert ran.code == (1 if "environment/b" in ids else 0), ran.err
    images = str(tmp_path / "images.json")
    ran = repo.run("build-images", "--merge", str(tmp_path / "results"), "--results", images)
    assert (ran.code, "3 images · 2 passed · 1 failed" in ran.out) == (1, True)
    ran = repo.run("release-commit", "--require-built", images, "--format", "json")
    assert ran.code == 1, ran.err
    assert {one["id"]: one["status"] for one in ran.json["assets"]} == {
        "environment/a": "new",
        "environment/b": "blocked",
        "environment/c": "new",
    }
    assert {path.split("/")[2] for path in repo.released() if path.startswith("latest/")} == {"a", "c"}
