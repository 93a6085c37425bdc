"""Wheels to install without a network: of what is installed here, packed again, and small ones made up."""

import os
import zipfile
from importlib.metadata import distribution
from pathlib import Path

INSTALLED = ("pytest", "iniconfig", "packaging", "pluggy", "pygments", "pytest-cov", "coverage")
LEFT_OUT = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}


def fill(directory: Path) -> Path:
    """Put wheels of pytest, of coverage and of all that these need into a directory."""
    for name in INSTALLED:
        found = distribution(name)
        files = [file for file in found.files or [] if ".." not in file.parts and file.suffix != ".pyc"]
        (folder,) = {file.parts[0] for file in files if file.parts[0].endswith(".dist-info")}
        kept = [file for file in files if file.name not in LEFT_OUT or file.parts[0] != folder]
        contents = {str(file): Path(str(file.locate())).read_bytes() for file in kept}
        tags = [
            line.split(": ")[1]
            for line in contents[f"{folder}/WHEEL"].decode().splitlines()
            if line.startswith("Tag: ")
        ]
        _write(directory, folder, tags[0], contents)
    return directory


def add(directory: Path, name: str, version: str, code: str = "", requires: str = "") -> None:
    """Put a package of one module there, which may require another."""
    folder = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    contents = {
        f"{name}.py": f"version = {version!r}\n{code}".encode(),
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{folder}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    _write(directory, folder, "py3-none-any", contents)


def _write(directory: Path, folder: str, tag: str, contents: dict[str, bytes]) -> None:
    record = f"{folder}/RECORD"
    rows = "".join(f"{path},,\n" for path in [*contents, record])
    with zipfile.ZipFile(directory / f"{folder.removesuffix('.dist-info')}-{tag}.whl", "w") as wheel:
        for path, content in {**contents, record: rows.encode()}.items():
            wheel.writestr(path, content)


def offline(directory: Path) -> dict[str, str]:
    """What makes installers look there and nowhere else."""
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(directory),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        "UV_OFFLINE": "1",
    }
