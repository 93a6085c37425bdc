"""Real repositories to test on: each with a bare remote of its own, none with the user's configuration."""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import command_line

if TYPE_CHECKING:
    from tests.containers.engine import Daemon
    from tests.github.emulator import Emulator

ROOT = Path(__file__).parent.parent
IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["__main__", command_line.__name__])

# The gate finds the same each time; HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture(autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's home, git configuration or workflow run."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "RUNNER_", "INPUT_", "ASSETS_ACTIONS_")) or name in (
            "FORCE_COLOR",
            "CI",
            "DOCKER_AUTH_CONFIG",
            "DOCKER_CERT_PATH",
            "DOCKER_CONFIG",
            "DOCKER_CONTEXT",
            "DOCKER_HOST",
            "DOCKER_TLS_VERIFY",
            "NETRC",
        ):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Ran:
    """What a process came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def assets_actions(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run the command line, in a process of its own."""
    if not any(name.startswith(command_line.AT_START) for name in env or {}):
        with tempfile.TemporaryDirectory() as directory:
            out, err = Path(directory, "out"), Path(directory, "err")
            process = SERVER.Process(
                target=command_line.run, args=(arguments, cwd, {**os.environ, **(env or {})}, out, err)
            )
            process.start()
            process.join()
            code = process.exitcode
            process.close()
            assert code is not None
            return Ran(code, *(file.read_text("utf-8", "surrogateescape") for file in (out, err)))
    done = subprocess.run(
        [sys.executable, "-m", "assets_actions", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Repo:
    """A clone with a bare remote, both fresh."""

    path: Path
    origin: Path

    def git(self, *arguments: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.path, check=True, capture_output=True, env={**os.environ, **IDENTITY}
        )
        return os.fsdecode(done.stdout).strip()

    def write(self, files: Mapping[str, str | bytes]) -> "Repo":
        for name, content in files.items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)
        return self

    def commit(self, files: Mapping[str, str | bytes] | None = None, message: str = "Change") -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        return assets_actions(*arguments, cwd=self.path, env={**IDENTITY, **(env or {})})

    def release(self, *arguments: str) -> Ran:
        ran = self.run("release-commit", "--format", "json", *arguments)
        assert ran.code in (0, 1), ran.err
        return ran

    def plan(self, *arguments: str) -> dict[str, tuple[str, str | None]]:
        """What detect-changes says: id → (status, version)."""
        ran = self.run("detect-changes", "--format", "json", *arguments)
        assert ran.code in (0, 1), ran.err
        return {asset["id"]: (asset["status"], asset["version"]) for asset in ran.json["assets"]}

    def released(self, branch: str = "release") -> dict[str, tuple[str, bytes]]:
        """The files of the remote's release branch: path → (mode, content)."""
        listing = subprocess.run(
            ["git", "ls-tree", "-r", "-z", branch], cwd=self.origin, check=True, capture_output=True
        ).stdout
        files = {}
        for line in listing.split(b"\0")[:-1]:
            meta, path = line.split(b"\t", 1)
            mode, _, blob = meta.split(b" ")
            content = subprocess.run(
                ["git", "cat-file", "blob", blob.decode()], cwd=self.origin, check=True, capture_output=True
            ).stdout
            files[os.fsdecode(path)] = (mode.decode(), content)
        return files

    def remote_refs(self) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname)", at=self.origin).splitlines()
        return {name: object_ for object_, name in (line.split(" ", 1) for line in lines)}


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[[str], Repo]:
    """Makes repositories with a remote."""

    def make(name: str = "repo") -> Repo:
        repo = Repo(tmp_path / name, tmp_path / f"{name}.git")
        repo.path.mkdir()
        repo.git("init", "--quiet", "--bare", "--initial-branch=main", str(repo.origin))
        repo.git("init", "--quiet", "--initial-branch=main")
        repo.git("remote", "add", "origin", str(repo.origin))
        return repo

    return make


@pytest.fixture
def repo(new_repo: Callable[[str], Repo]) -> Repo:
    """An empty repository with a remote."""
    return new_repo("repo")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with wheels of pytest and what it needs, from which any environment is made without a network."""
    from tests.testing.wheelhouse import fill

    return fill(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def emulator_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an emulator of GitHub that others have made listens."""
    from tests.github.emulator import running

    with running(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture
def emulator(repo: Repo, emulator_address: str, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Emulator]":
    """The repository's remote on that emulator, where the environment says that it is."""
    from tests.github.emulator import Emulator

    with Emulator(repo, emulator_address) as emulator:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        yield emulator


@pytest.fixture(scope="session")
def one_engine() -> "Iterator[Daemon]":
    """A container engine that all tests share: each builds images of its own."""
    from tests.containers.engine import running

    with running() as daemon:
        yield daemon


@pytest.fixture
def engine(one_engine: "Daemon", monkeypatch: pytest.MonkeyPatch) -> "Iterator[Daemon]":
    """That engine, where DOCKER_HOST says; no test leaves a container behind in it."""
    monkeypatch.setenv("DOCKER_HOST", one_engine.address)
    yield one_engine
    assert one_engine.containers() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory on a disk with little room."""
    directory = tmp_path / "small"
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(directory)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.decode()}")
    yield directory
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


def component(name: str = "adder", version: str = "1", code: str = "code: src\n") -> dict[str, Any]:
    """The files of a component with a manual version."""
    return {
        f"assets/{name}/asset.yaml": "type: component\nspec: spec.yaml\ncategories: [Maths]\n",
        f"assets/{name}/spec.yaml": f"type: command\nname: {name}\nversion: '{version}'\n{code}command: python add.py\n",
        f"assets/{name}/src/add.py": "print(1 + 1)\n",
    }


def environment(name: str = "env-1", dockerfile: str = "FROM scratch\n", version: str = "auto") -> dict[str, Any]:
    """The files of an environment."""
    return {
        f"assets/{name}/asset.yaml": f"name: {name}\nversion: {version}\ntype: environment\nspec: spec.yaml\n"
        "extra_config: environment.yaml\ncategories: [Training]\n",
        f"assets/{name}/spec.yaml": 'name: "{{asset.name}}"\nversion: "{{asset.version}}"\n'
        'build:\n  path: "{{image.context.path}}"\n  dockerfile_path: "{{image.dockerfile.path}}"\n'
        'tags:\n  OS: Ubuntu22.04\n  Python: "3.12"\n',
        f"assets/{name}/environment.yaml": f"image:\n  name: azureml/curated/{name}\n  os: linux\n"
        "  context:\n    dir: context\n  publish:\n    location: mcr\n    visibility: public\n",
        f"assets/{name}/context/Dockerfile": dockerfile,
    }


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real releases to compare with, where they are at hand."""
    place = Path(os.environ.get("ASSETS_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not (place / "unpack").exists():
        pytest.skip(f"no corpus at {place}; ASSETS_CORPUS names another place")
    return place
