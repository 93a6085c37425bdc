"""The edge to the engine, against a real one."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_actions.building.faults import Fault
from assets_actions.building.image import Contents, Package
from assets_actions.building.log import Line as LogLine
from assets_actions.building.log import Log
from assets_actions.containers import build as building
from assets_actions.containers import engine as engines
from assets_actions.containers import image as images
from assets_actions.containers.build import Order, build
from assets_actions.containers.engine import Engine, FailedError, Machine, connect
from assets_actions.errors import UserError
from tests.containers.engine import BASE, Daemon, running

HANGS = f"FROM {BASE}\nRUN echo begun; sleep 779\n"


@pytest.fixture
def order(tmp_path: Path) -> Callable[[str], Order]:
    def make(dockerfile: str) -> Order:
        (tmp_path / "Dockerfile").write_text(dockerfile)
        return Order(tmp_path, "Dockerfile", [], "containers-test:latest", {}, {})

    return make


def wait_for(log: Log, text: str) -> None:
    end = time.monotonic() + 30
    while text not in [line.text for line in log.lines]:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_engine_tells_what_machine_it_has(engine: Daemon) -> None:
    found = connect()
    assert found.address == engine.address
    assert found.machine.os == "linux"
    assert found.machine.processors == os.cpu_count()
    assert 1 <= found.machine.jobs <= found.machine.processors


def test_so_many_images_are_built_at_a_time_as_the_machine_has_processors_and_memory_for() -> None:
    gigabyte = 1 << 30
    assert Machine("linux", "x86_64", 4, 16 * gigabyte).jobs == 4
    assert Machine("linux", "x86_64", 16, 7 * gigabyte).jobs == 3
    assert Machine("linux", "x86_64", 2, 0).jobs == 1


def test_a_socket_that_must_not_be_used_says_who_may(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("docker.APIClient.version", refuse)
    with pytest.raises(UserError, match="no Docker engine answers: Permission denied") as error:
        connect()
    assert "add them to the group `docker`" in str(error.value.fix)


def test_a_build_that_is_stopped_leaves_no_container_and_nothing_is_begun_after_it(
    engine: Daemon, order: Callable[[str], Order]
) -> None:
    here, log = connect(), Log()

    def stop() -> None:
        wait_for(log, "begun")
        here.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(FailedError) as error:
        build(here, order(HANGS), 60, log, lambda _: None)
    stopper.join()
    assert (error.value.failure.fault, error.value.failure.step) == (Fault.STOPPED, 2)
    assert engine.containers() == []
    with pytest.raises(FailedError, match="it was interrupted"):
        images.run(here, BASE, ["true"], 10)


def test_a_step_that_claims_to_run_in_a_container_of_others_does_not_have_it_removed(
    engine: Daemon, order: Callable[[str], Order]
) -> None:
    offline = engine.client.create_host_config(network_mode="none")
    other = engine.client.create_container(BASE, ["sleep", "779"], host_config=offline)["Id"]
    try:
        claim = f'echo "Step 3/3 : RUN true"; sleep 0.5; echo " ---> Running in {other[:12]}"; sleep 779'
        log = Log()
        with pytest.raises(FailedError) as error:
            build(connect(), order(f"FROM {BASE}\nRUN {claim}\nRUN true\n"), 3, log, lambda _: None)
        assert (error.value.failure.fault, log.containers[1]) == (Fault.TIME, other[:12])
        assert [one["Id"] for one in engine.client.containers(all=True)] == [other]
    finally:
        engine.client.remove_container(other, force=True)


def test_a_context_is_not_sent_on_once_the_connection_is_cut(engine: Daemon, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\n")
    (tmp_path / "large").write_bytes(os.urandom(3_000_000))
    here = connect()

    def send() -> None:
        order = Order(tmp_path, "Dockerfile", [], "x:1", {}, {})
        with building._packed(order) as packed, here.line(10, engines.STOPPED) as line:  # noqa: SLF001
            pieces = building._sent(packed, line)  # noqa: SLF001
            assert next(pieces)
            line.cut(engines.STOPPED)
            next(pieces)

    with pytest.raises(FailedError, match="it was interrupted"):
        send()
    assert engine.containers() == []


def test_an_engine_that_hangs_is_told_in_time(monkeypatch: pytest.MonkeyPatch, order: Callable[[str], Order]) -> None:
    for module in (engines, building):
        monkeypatch.setattr(module, "QUICK", 1)
    monkeypatch.setattr(building, "_GRACE", 1)
    with running() as daemon:
        monkeypatch.setenv("DOCKER_HOST", daemon.address)
        here, log = connect(), Log()

        def hang(lines: "list[LogLine] | object") -> None:
            if "begun" in str(lines):
                daemon.process.send_signal(signal.SIGSTOP)

        try:
            started = time.monotonic()
            with pytest.raises(FailedError) as error:
                build(here, order(HANGS), 2, log, hang)
            assert error.value.failure.fault is Fault.TIME
            with pytest.raises(UserError, match=r"no Docker engine answers: .*timed out"):
                connect()
            assert time.monotonic() - started < 15
        finally:
            daemon.process.send_signal(signal.SIGCONT)


def _built(daemon: Daemon, name: str, dockerfile: str, **files: str) -> str:
    return daemon.build(name, dockerfile, {path.replace("_", "."): text.encode() for path, text in files.items()})


def _contents(here: Engine, image: str) -> Contents:
    return images.contents(here, image, None, None)


def test_packages_of_conda_are_listed_where_it_is_on_the_images_path(engine: Daemon) -> None:
    conda = '#!/bin/sh\ntest "$*" = "list --json" && echo \'[{"name": "mkl", "version": "1"}]\'\n'
    image = _built(engine, "conda:1", f"FROM {BASE}\nCOPY conda /opt/conda/bin/conda\nENV PATH=/opt/conda/bin:$PATH\n", conda=conda)  # fmt: skip
    found = _contents(connect(), image)
    assert found.packages == [Package("numpy", "2.3.4", "pip"), Package("mkl", "1", "conda")]
    assert (found.python, found.os["ID"]) == ("3.12.4", "ubuntu")


def test_of_an_image_without_anything_nothing_is_known(engine: Daemon) -> None:
    image = _built(engine, "nothing:1", "FROM scratch\nCOPY a /a\n", a="x")
    found = _contents(connect(), image)
    assert (found.os, found.python, list(found.packages)) == ({}, None, [])


def test_a_distribution_is_read_through_links_and_one_in_a_circle_or_of_no_size_is_none(engine: Daemon) -> None:
    linked = f"FROM {BASE}\nRUN mkdir -p /usr/lib && mv /etc/os-release /usr/lib/ && ln -s ../usr/lib/os-release /etc/os-release\n"  # fmt: skip
    assert _contents(connect(), _built(engine, "linked:1", linked)).os["VERSION_ID"] == "24.04"
    large = f"FROM {BASE}\nRUN head -c 1000000 /dev/zero >/etc/os-release\n"
    assert _contents(connect(), _built(engine, "large:1", large)).os == {}
    circle = f"FROM {BASE}\nRUN ln -sf os-release /etc/os-release\n"
    assert _contents(connect(), _built(engine, "circle:1", circle)).os == {}


def test_what_runs_in_an_image_has_no_network_and_no_end_of_output(engine: Daemon) -> None:
    here = connect()
    ran = images.run(here, BASE, ["sh", "-c", "ls /sys/class/net; echo err >&2; exit 7"], 30)
    assert ran == (7, "lo\n", "err\n")
    ran = images.run(here, BASE, ["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"], 60)
    assert (ran.code, len(ran.out)) == (0, images.MOST_OUTPUT)
    assert images.run(here, BASE, ["nothing"], 30).code is None
    assert engine.containers() == []


@pytest.mark.parametrize(
    ("repository", "host"),
    [
        ("registry.example.com/a/b", "registry.example.com"),
        ("127.0.0.1:5000/a", "127.0.0.1:5000"),
        ("localhost/a", "localhost"),
        ("team/a", "docker.io"),
        ("a", "docker.io"),
    ],
)
def test_the_registry_of_a_name_is_told_by_dockers_rules(repository: str, host: str) -> None:
    assert images.host_of(repository) == host
