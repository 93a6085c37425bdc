"""Logins come from the environment and from Docker, each for the host that it was given for."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_actions.registries import logins
from assets_actions.registries.http import Http, LookUpError
from assets_actions.registries.logins import Login
from assets_actions.registries.oci import Registry as Asked
from tests.registries.registry import READER, Registry

HOST = "r.example.com:5000"


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture(autouse=True)
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_CONFIG", "DOCKER_AUTH_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Writes Docker's configuration file."""

    def write(content: object) -> None:
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "config.json").write_text(text)

    return write


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a credential helper `x` onto PATH, which notes what it is asked."""

    def write(script: str) -> Path:
        path, notes = tmp_path / "docker-credential-x", tmp_path / "notes"
        path.write_text(f'#!/bin/sh\nserver=$(cat)\necho "$1 $server" >> "{notes}"\n{script}\n')
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return notes

    return write


def says(user: str, secret: str) -> str:
    return f"""echo '{json.dumps({"ServerURL": HOST, "Username": user, "Secret": secret})}'"""


def test_without_anything_there_is_no_login() -> None:
    assert logins.from_environment(HOST) is None
    assert logins.of_registry(HOST) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("r.example.com", "R_EXAMPLE_COM"),
        ("r.example.com:5000", "R_EXAMPLE_COM_5000"),
        ("my-registry.io", "MY_REGISTRY_IO"),
        ("docker.io", "DOCKER_IO"),
    ],
)
def test_a_variable_holds_the_login_of_a_host(monkeypatch: pytest.MonkeyPatch, host: str, name: str) -> None:
    monkeypatch.setenv(f"ASSETS_ACTIONS_LOGIN_{name}", "user:pass:word")
    assert logins.from_environment(host) == logins.of_registry(host) == Login("user", "pass:word")
    assert logins.from_environment(f"{host}.evil") is None


def test_a_variable_that_is_no_login_is_an_error_that_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETS_ACTIONS_LOGIN_R_EXAMPLE_COM_5000", "hunter2")
    with pytest.raises(LookUpError, match="ASSETS_ACTIONS_LOGIN_R_EXAMPLE_COM_5000 does not hold") as caught:
        logins.of_registry(HOST)
    assert caught.value.is_outside
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "login"),
    [
        ({"auths": {HOST: auth("u", "p:q")}}, Login("u", "p:q")),
        ({"auths": {f"https://{HOST}": auth("u", "p")}}, Login("u", "p")),
        ({"auths": {f"https://{HOST}/v2/": auth("u", "p")}}, Login("u", "p")),
        ({"auths": {HOST: {"identitytoken": "t"}}}, Login("", "", "t")),
        ({"auths": {HOST: {}}}, None),
        ({"auths": {"r.example.com": auth("u", "p")}}, None),
        ({"auths": {}}, None),
        ({}, None),
        ({"credHelpers": {"other.test": "missing"}, "auths": {HOST: auth("u", "p")}}, Login("u", "p")),
    ],
)
@pytest.mark.parametrize("by", ["file", "variable"])
def test_dockers_configuration_has_logins(
    config: Callable[[object], None], monkeypatch: pytest.MonkeyPatch, content: object, login: Login | None, by: str
) -> None:
    if by == "file":
        config(content)
    else:
        monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps(content))
    assert logins.of_registry(HOST) == login


def test_the_default_registry_goes_by_its_old_address(config: Callable[[object], None]) -> None:
    config({"auths": {"https://index.docker.io/v1/": auth("u", "p")}})
    assert logins.of_registry("docker.io") == Login("u", "p")


def test_the_nearest_place_wins_and_the_next_one_fills_in(
    config: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    config({"auths": {host: auth("file", "p") for host in (HOST, "b.test", "c.test")}})
    monkeypatch.setenv(
        "DOCKER_AUTH_CONFIG", json.dumps({"auths": {host: auth("env", "p") for host in (HOST, "b.test")}})
    )
    monkeypatch.setenv("ASSETS_ACTIONS_LOGIN_R_EXAMPLE_COM_5000", "own:p")
    found = [logins.of_registry(host) for host in (HOST, "b.test", "c.test", "d.test")]
    assert [login and login.user for login in found] == ["own", "env", "file", None]


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
@pytest.mark.parametrize(
    ("script", "login"),
    [
        (says("u", "p"), Login("u", "p")),
        (says("<token>", "t"), Login("", "", "t")),
        (says("", ""), None),
        ("echo credentials not found in native keychain; exit 1", None),
    ],
)
def test_a_helper_is_asked(
    config: Callable[[object], None], helper: Callable[[str], Path], script: str, login: Login | None, key: str
) -> None:
    notes = helper(script)
    config({key: "x" if key == "credsStore" else {HOST: "x"}})
    assert logins.of_registry(HOST) == login
    assert notes.read_text() == f"get {HOST}\n"


@pytest.mark.parametrize("script", ["exit 3", "echo nonsense", "echo '{}'", "echo '[]'", "echo 7"])
def test_a_helper_that_fails_is_an_error(
    config: Callable[[object], None], helper: Callable[[str], Path], script: str
) -> None:
    helper(script)
    config({"credHelpers": {HOST: "x"}})
    with pytest.raises(LookUpError, match=f"^{HOST}: Docker's configuration has no login that can be read") as caught:
        logins.of_registry(HOST)
    assert caught.value.is_outside


@pytest.mark.filterwarnings("ignore:docker-credential-missing not installed")
def test_a_helper_that_is_missing_is_an_error(config: Callable[[object], None]) -> None:
    config({"credHelpers": {HOST: "missing"}})
    with pytest.raises(LookUpError, match="docker-credential-missing not installed"):
        logins.of_registry(HOST)


@pytest.mark.parametrize(
    "content",
    [
        "nonsense",
        "[1]",
        '"x"',
        "7",
        {"auths": {HOST: "x"}},
        {"auths": [1]},
        {"auths": {HOST: {"auth": None}}},
        {"auths": {HOST: {"auth": "%%%"}}},
        {"auths": {HOST: {"auth": base64.b64encode(b"no colon").decode()}}},
        {"auths": {HOST: {"auth": base64.b64encode(b"\xff:\xff").decode()}}},
        {"credHelpers": ["x"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("by", ["file", "variable"])
def test_a_configuration_that_makes_no_sense_is_an_error(
    config: Callable[[object], None], monkeypatch: pytest.MonkeyPatch, content: object, by: str
) -> None:
    if by == "file":
        config(content)
    else:
        monkeypatch.setenv("DOCKER_AUTH_CONFIG", content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(LookUpError, match="has no login that can be read"):
        logins.of_registry(HOST)


@pytest.mark.parametrize("kind", ["basic", "bearer"])
@pytest.mark.parametrize("by", ["file", "variable", "helper", "own"])
def test_a_registry_lets_in_whoever_has_a_login_from_anywhere(
    basic_registry: Registry,
    bearer_registry: Registry,
    config: Callable[[object], None],
    helper: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    by: str,
) -> None:
    server = basic_registry if kind == "basic" else bearer_registry
    server.push("team/image", "1")
    content = {"auths": {server.host: auth(*READER)}}
    if by == "file":
        config(content)
    elif by == "variable":
        monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps(content))
    elif by == "helper":
        helper(says(*READER))
        config({"credHelpers": {server.host: "x"}})
    else:
        name = server.host.replace(".", "_").replace(":", "_")
        monkeypatch.setenv(f"ASSETS_ACTIONS_LOGIN_{name}", ":".join(READER))
    assert Asked(server.host, Http(backoff=0.01)).tags("team/image") == ["1"]


def test_a_helper_is_asked_once_for_all_images(
    basic_registry: Registry, config: Callable[[object], None], helper: Callable[[str], Path]
) -> None:
    notes = helper(says(*READER))
    config({"credsStore": "x"})
    client = Asked(basic_registry.host, Http(backoff=0.01))
    for name in ("team/a", "team/b", "team/c"):
        basic_registry.push(name, "1")
        assert client.tags(name) == ["1"]
    assert notes.read_text() == f"get {basic_registry.host}\n"
