"""Python environments that hold what tests need: by uv where it is installed, else by venv and pip; or by conda."""

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .errors import UserError
from .programs import Programs, Ran, environment, search_path, temporary_files_in

_COMPLETE = "complete"
"""A file in the directory of an environment that holds all that it should."""
WINDOWS = os.name == "nt"
PYTHON = f"{platform.python_implementation()} {platform.python_version()} {platform.machine()} {sys.base_prefix}"
"""What makes an environment one of this Python."""
ISOLATED = "-I"
"""A Python with this looks for no modules where it is started, in the folder of somebody's asset."""
OWN = (sys.executable, ISOLATED)
_PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
_PINNED = re.compile(r"^([\w.-]+)(?: *\[[^]\n]*\])? *(==.+?)(?:\s--.*)?$", re.MULTILINE)
_ASK = "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(n) is None for n in sys.argv[1:]))"


class InstallError(UserError):
    """An environment could not be made; `log` is the last part of what was said about it."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class Wanted(NamedTuple):
    """What an environment holds: `requirements` and `constraints` in pip's format, or what `conda` reads; and `ours`.

    `digest` names it; `apart`: ours are installed by themselves, since of all others a hash is demanded.
    """

    digest: str
    requirements: str
    constraints: str
    conda: str | None
    ours: tuple[str, ...]
    apart: bool


@dataclass(frozen=True)
class Environment:
    """A Python environment: its directory, and that of its programs."""

    directory: Path
    programs: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        name = "python.exe" if WINDOWS else "python"
        return str(self.programs / name)

    @property
    def variables(self) -> dict[str, str]:
        """What makes programs take it for theirs."""
        path = os.pathsep.join([str(self.programs), search_path()])
        return {"PATH": path, "VIRTUAL_ENV": str(self.directory), "PYTHONNOUSERSITE": "1"}


@dataclass(frozen=True)
class Maker:
    """Makes environments below a directory, where those that were made before are found again.

    `temporary` is for what installers leave when they are cut short; `is_hidden` tells which variables they must not
    see; `for_uv` makes of pip's settings variables for uv.
    """

    programs: Programs
    directory: Path
    temporary: Path
    is_hidden: Callable[[str, str], bool]
    for_uv: Callable[[str], Mapping[str, str]]
    limit: float | None = None
    """So many seconds an installer may take."""

    def make(self, wanted: Wanted, working_directory: Path, log: Path) -> Environment:
        """The environment that is wanted; relative paths lead from the working directory.

        What installers say is appended to the log. Raises InstallError, and KeyboardInterrupt where all was stopped.
        """
        name = hashlib.sha256(f"{wanted.digest} {PYTHON}".encode()).hexdigest()[:32]
        place = self.directory / name
        for directory in (place.parent, self.temporary):
            directory.mkdir(parents=True, exist_ok=True)
        with _locked(place.with_suffix(".lock")):
            target = place / "environment"
            bin_ = target / ("Scripts" if WINDOWS else "bin")
            made = Environment(target, target if WINDOWS and wanted.conda is not None else bin_)
            # Tests may have removed its Python, or the one that it stands on may be gone.
            if not ((place / _COMPLETE).exists() and Path(made.python).exists()):
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                try:
                    _Making(self, wanted, place, made, working_directory, log).run()
                except OSError as error:
                    raise InstallError(f"the environment cannot be made: {error}") from None
                (place / _COMPLETE).touch()
        return made


@dataclass(frozen=True)
class _Making:
    """One environment in the making."""

    maker: Maker
    wanted: Wanted
    place: Path
    made: Environment
    working_directory: Path
    log: Path

    def run(self) -> None:
        uv = shutil.which("uv")
        if self.wanted.conda is not None:
            self._conda()
        elif uv:
            self._uv(uv)
        else:
            self._pip()

    def _do(self, *command: str, why: str, env: Mapping[str, str] | None = None) -> Ran:
        temporary = temporary_files_in(self.maker.temporary)
        variables = environment(self.maker.is_hidden, {**_PIP, **(env or {}), **temporary})
        ran = self.maker.programs.run(command, self.working_directory, variables, self.log, self.maker.limit)
        if ran.timed_out:
            raise InstallError(f"{why}: it took longer than its time limit", ran.log)
        if ran.code:
            raise InstallError(why, ran.log)
        return ran

    def _files(self) -> list[str]:
        """What installers are told: files with requirements and constraints."""
        arguments = []
        texts = (
            ("-r", "requirements.txt", self.wanted.requirements),
            ("-c", "constraints.txt", self.wanted.constraints),
        )
        for flag, name, text in texts:
            if text:
                (self.place / name).write_text(text, encoding="utf-8", errors="surrogateescape")
                arguments += [flag, str(self.place / name)]
        return arguments

    def _install(self, *installer: str, env: Mapping[str, str] | None = None) -> None:
        """Install all at once, so that versions are chosen that fit together; ours apart where that must be."""
        files, why = self._files(), "the requirements could not be installed"
        if not self.wanted.apart:
            self._do(*installer, *files, *self.wanted.ours, why=why, env=env)
            return
        self._do(*installer, *files, why=why, env=env)
        # What ours need must not take the place of what has just been installed.
        pins = self.place / "pins.txt"
        pins.write_text("".join(_pins(self.wanted.requirements)), encoding="utf-8", errors="surrogateescape")
        why = f"{' and '.join(self.wanted.ours)} could not be installed"
        self._do(*installer, "-c", str(pins), *self.wanted.ours, why=why, env=env)

    def _uv(self, uv: str) -> None:
        settings = self._pip_settings()
        self._do(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(self.made.directory),
                 why="uv could not make an environment", env=settings)  # fmt: skip
        self._install(
            uv, "pip", "install", "--no-progress", "--color=never", "--python", self.made.python, env=settings
        )

    def _pip_settings(self) -> dict[str, str]:
        if importlib.util.find_spec("pip") is None:
            return {}
        log = self.place / "pip-settings"
        ran = self.maker.programs.run(
            [*OWN, "-m", "pip", "config", "list"], self.place, environment(self.maker.is_hidden, {}), log
        )
        own = environment(lambda name, _: not name.startswith("UV_"), {})
        return {} if ran.code else {**self.maker.for_uv(ran.log), **own}

    def _pip(self) -> None:
        why = "venv could not make an environment"
        if importlib.util.find_spec("pip") is None:
            self._do(*OWN, "-m", "venv", str(self.made.directory), why=why)
            self._install(self.made.python, ISOLATED, "-m", "pip", "install", "--progress-bar=off")
            return
        # Ours installs into any environment: a copy of pip in each would take longer than all else.
        self._do(*OWN, "-m", "venv", "--without-pip", str(self.made.directory), why=why)
        self._install(*OWN, "-m", "pip", "--python", self.made.python, "install",
                      "--progress-bar=off")  # fmt: skip

    def _conda(self) -> None:
        conda = shutil.which("conda")
        if conda is None:
            raise InstallError("needs conda, which is not here")
        file = self.place / "environment.yml"
        file.write_text(self.wanted.conda or "", encoding="utf-8", errors="surrogateescape")
        self._do(conda, "env", "create", "--quiet", "--prefix", str(self.made.directory), "--file", str(file),
                 why="conda could not make the environment")  # fmt: skip
        # The file may bring them: their versions are its author's then.
        names = [name.replace("-", "_") for name in self.wanted.ours]
        pip = (self.made.python, ISOLATED, "-m", "pip", "install", "--progress-bar=off")
        try:
            self._do(self.made.python, ISOLATED, "-c", _ASK, *names, why="")
        except InstallError:
            self._do(*pip, *self.wanted.ours, why=f"{' and '.join(self.wanted.ours)} could not be installed")


def _pins(requirements: str) -> Iterator[str]:
    """The versions that requirements are pinned to, as constraints, in which no hash and no extra may stand."""
    for name, version in _PINNED.findall(requirements):
        yield f"{name}{version}\n"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time makes an environment."""
    try:
        import fcntl
    except ImportError:  # where there is none, a cache is for one run at a time
        yield
        return
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
