"""Environments, made by real installers from wheels that are here."""

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_actions.programs import Programs, interruptible
from assets_actions.python_environments import Environment, InstallError, Maker, Wanted
from assets_actions.testing.variables import for_uv, hidden_from_installers
from tests.testing.wheelhouse import add, offline

UV = Path(sys.executable).parent / "uv"
TOOL = Wanted("tool", "tool==1.0\n", "", None, (), False)


@pytest.fixture
def running() -> Iterator[Programs]:
    with interruptible() as found:
        yield found


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with two versions of a package, the one place where installers look."""
    directory = tmp_path / "wheels"
    directory.mkdir()
    add(directory, "tool", "1.0")
    add(directory, "tool", "2.0")
    add(directory, "ours", "1")
    for name, value in offline(directory).items():
        monkeypatch.setenv(name, value)
    return directory


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them: uv by being found, pip by uv's not being found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if request.param == "uv":
        if not UV.exists():
            pytest.skip("uv is not installed beside this Python")
        (folder / "uv").symlink_to(UV)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), *_without_uv()]))


def _without_uv() -> list[str]:
    return [place for place in os.environ["PATH"].split(os.pathsep) if not shutil.which("uv", path=place)]


def maker(running: Programs, tmp_path: Path) -> Maker:
    return Maker(running, tmp_path / "environments", tmp_path / "tmp", hidden_from_installers, for_uv)


def ask(environment: Environment, code: str) -> str:
    return subprocess.run([environment.python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def installed(environment: Environment, name: str) -> str:
    return ask(environment, f"import {name}; print({name}.version)")


@pytest.mark.usefixtures("index", "installer")
class TestEachInstaller:
    """What holds of uv holds of pip."""

    def test_what_is_wanted_is_installed_apart_from_all_else(self, running: Programs, tmp_path: Path) -> None:
        made = maker(running, tmp_path).make(TOOL._replace(ours=("ours",)), tmp_path, tmp_path / "log")
        assert (installed(made, "tool"), installed(made, "ours")) == ("1.0", "1")
        assert ask(made, "import importlib.util as u; print(u.find_spec('pydantic'))") == "None"
        assert (made.programs / "python").exists()

    def test_constraints_count(self, running: Programs, tmp_path: Path) -> None:
        wanted = Wanted("constrained", "tool\n", "tool<2\n", None, (), False)
        assert installed(maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log"), "tool") == "1.0"

    def test_relative_paths_lead_from_the_working_directory(
        self, running: Programs, tmp_path: Path, index: Path
    ) -> None:
        folder = tmp_path / "asset"
        folder.mkdir()
        shutil.copy(index / "tool-2.0-py3-none-any.whl", folder)
        wanted = Wanted("local", "./tool-2.0-py3-none-any.whl\n", "", None, (), False)
        assert installed(maker(running, tmp_path).make(wanted, folder, tmp_path / "log"), "tool") == "2.0"

    def test_where_hashes_are_demanded_ours_need_none(self, running: Programs, tmp_path: Path, index: Path) -> None:
        import hashlib

        digest = hashlib.sha256((index / "tool-1.0-py3-none-any.whl").read_bytes()).hexdigest()
        wanted = Wanted("hashes", f"tool==1.0 --hash=sha256:{digest}\n", "", None, ("ours",), True)
        assert installed(maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log"), "ours") == "1"

    def test_where_hashes_are_demanded_ours_replace_nothing(
        self, running: Programs, tmp_path: Path, index: Path
    ) -> None:
        import hashlib

        add(index, "greedy", "1", requires="tool>=2")
        digest = hashlib.sha256((index / "tool-1.0-py3-none-any.whl").read_bytes()).hexdigest()
        pinned = f"tool [x]==1.0; python_version > '3' --hash=sha256:{digest}\n"
        wanted = Wanted("modest", pinned, "", None, ("ours",), True)
        assert installed(maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log"), "tool") == "1.0"
        wanted = Wanted("greedy", pinned, "", None, ("greedy",), True)
        with pytest.raises(InstallError, match="greedy could not be installed"):
            maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")

    def test_what_is_not_to_be_had_is_told_and_tried_again_the_next_time(
        self, running: Programs, tmp_path: Path, index: Path
    ) -> None:
        wanted = Wanted("lacking", "lacking\n", "", None, (), False)
        with pytest.raises(InstallError, match="the requirements could not be installed") as raised:
            maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")
        assert "lacking" in raised.value.log
        assert "lacking" in (tmp_path / "log").read_text()
        add(index, "lacking", "1")
        assert installed(maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log"), "lacking") == "1"


@pytest.mark.usefixtures("index", "installer")
def test_nothing_in_the_assets_folder_is_taken_for_an_installer(running: Programs, tmp_path: Path) -> None:
    folder = tmp_path / "asset"
    folder.mkdir()
    for name in ("pip", "venv", "sitecustomize", "uv"):
        (folder / f"{name}.py").write_text("raise SystemExit('taken over')")
    made = maker(running, tmp_path).make(TOOL, folder, tmp_path / "log")
    assert installed(made, "tool") == "1.0"
    assert "taken over" not in (tmp_path / "log").read_text()


@pytest.mark.usefixtures("index")
def test_what_takes_too_long_to_install_is_told(running: Programs, tmp_path: Path) -> None:
    one = dataclasses.replace(maker(running, tmp_path), limit=0.01)
    with pytest.raises(InstallError, match="it took longer than its time limit"):
        one.make(TOOL, tmp_path, tmp_path / "log")


@pytest.mark.usefixtures("index")
def test_an_environment_is_made_once(running: Programs, tmp_path: Path) -> None:
    first = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "log")
    second = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "none")
    assert first == second
    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("index")
def test_one_whose_making_was_cut_short_is_made_anew(running: Programs, tmp_path: Path) -> None:
    made = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "log")
    (made.directory.parent / "complete").unlink()
    (made.directory / "left over").touch()
    again = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "log")
    assert installed(again, "tool") == "1.0"
    assert not (again.directory / "left over").exists()


@pytest.mark.usefixtures("index")
def test_one_whose_python_is_gone_is_made_anew(running: Programs, tmp_path: Path) -> None:
    made = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "log")
    Path(made.python).unlink()
    again = maker(running, tmp_path).make(TOOL, tmp_path, tmp_path / "log")
    assert installed(again, "tool") == "1.0"


@pytest.mark.usefixtures("index")
def test_what_installs_sees_no_secret(running: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip puts variables in the place of `${NAME}`: a requirement could send one anywhere."""
    monkeypatch.setenv("MY_TOKEN", "secret")
    wanted = Wanted("secret", "tool-${MY_TOKEN}\n", "", None, (), False)
    with pytest.raises(InstallError) as raised:
        maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")
    assert "secret\n" not in raised.value.log
    assert "tool-secret" not in raised.value.log


CONDA = """#!{python}
# A stand-in for conda, which is not to be had from a package index: it makes what it is asked for with venv,
# and what this Python has, pip among it, is in it.
import pathlib, subprocess, sys
assert sys.argv[1:4] == ["env", "create", "--quiet"], sys.argv
options = dict(zip(sys.argv[4::2], sys.argv[5::2]))
print(pathlib.Path(options["--file"]).read_text())
sys.exit("fail" in pathlib.Path(options["--file"]).read_text()
         or subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", options["--prefix"]]).returncode)
"""


@pytest.fixture
def conda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "conda"
    folder.mkdir()
    (folder / "conda").write_text(CONDA.replace("{python}", sys.executable))
    (folder / "conda").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


@pytest.mark.usefixtures("index", "conda")
def test_a_conda_environment_is_made_by_conda_and_what_is_ours_added(running: Programs, tmp_path: Path) -> None:
    wanted = Wanted("conda", "", "", "dependencies: [python]\n", ("ours",), False)
    made = maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")
    assert installed(made, "ours") == "1"
    assert "dependencies: [python]" in (tmp_path / "log").read_text()


@pytest.mark.usefixtures("index", "conda")
def test_what_conda_cannot_make_is_told(running: Programs, tmp_path: Path) -> None:
    wanted = Wanted("conda", "", "", "fail\n", ("ours",), False)
    with pytest.raises(InstallError, match="conda could not make the environment"):
        maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")


@pytest.mark.skipif(shutil.which("conda") is not None, reason="conda is here")
def test_without_conda_there_is_no_conda_environment(running: Programs, tmp_path: Path) -> None:
    wanted = Wanted("conda", "", "", "dependencies: [python]\n", ("ours",), False)
    with pytest.raises(InstallError, match="needs conda, which is not here"):
        maker(running, tmp_path).make(wanted, tmp_path, tmp_path / "log")
