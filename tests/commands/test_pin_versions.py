"""pin-versions, on real working trees."""

import json
import os
import stat
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Repo, environment

DOCKERFILE = "FROM host/base:{{latest-image-tag}}\r\nRUN pip install 'x[y]=={{latest-pypi-version}}' z\n"
PINS = {
    "version": 1,
    "images": [{"image": "host/base", "tag_regex": None, "reference": ":2026.1"}],
    "packages": [{"package": "x", "pre": False, "version": "1.2"}],
}


@pytest.fixture
def pins(tmp_path: Path) -> str:
    file = tmp_path / "pins.json"
    file.write_text(json.dumps(PINS))
    return str(file)


def test_checking_tells_every_pin_and_writes_nothing(repo: Repo, pins: str) -> None:
    repo.write({**environment("a", DOCKERFILE), **environment("b", DOCKERFILE)})
    ran = repo.run("pin-versions", "--pins", pins)
    assert ran.code == 0
    assert ran.out == (
        "host/base:{{latest-image-tag}}  2026.1  (2 times)\n"
        "x=={{latest-pypi-version}}      1.2  (2 times)\n"
        "4 template tags · 2 pins · 2 files · nothing written\n"
    )
    assert (repo.path / "assets/a/context/Dockerfile").read_bytes() == DOCKERFILE.encode()


def test_writing_changes_the_tags_and_nothing_else(repo: Repo, pins: str) -> None:
    repo.write({**environment("a", DOCKERFILE), **environment("b")})
    file = repo.path / "assets/a/context/Dockerfile"
    file.chmod(0o755)
    before = (repo.path / "assets/b/context/Dockerfile").stat().st_mtime_ns
    ran = repo.run("pin-versions", "--pins", pins, "--write")
    assert ran.out.endswith("2 template tags · 2 pins · 1 file · written\n")
    assert file.read_bytes() == b"FROM host/base:2026.1\r\nRUN pip install 'x[y]==1.2' z\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert (repo.path / "assets/b/context/Dockerfile").stat().st_mtime_ns == before
    assert not list(repo.path.rglob("*.assets-actions"))
    assert repo.run("pin-versions", "--pins", pins, "--write").out == "0 template tags · 0 pins · 0 files · written\n"


def test_a_dry_run_writes_nothing(repo: Repo, pins: str) -> None:
    repo.write(environment("a", DOCKERFILE))
    ran = repo.run("pin-versions", "--pins", pins, "--write", "--dry-run")
    assert ran.out.endswith("nothing written\n")
    assert (repo.path / "assets/a/context/Dockerfile").read_bytes() == DOCKERFILE.encode()


def test_all_tags_or_none(repo: Repo, pins: str) -> None:
    other = "# unknown=={{latest-pypi-version}}\nRUN pip install unknown=={{latest-pypi-version}}\n"
    repo.write({**environment("a", DOCKERFILE), **environment("b", other)})
    ran = repo.run("pin-versions", "--pins", pins, "--write", "--format", "json")
    assert ran.code == 1
    assert (repo.path / "assets/a/context/Dockerfile").read_bytes() == DOCKERFILE.encode()
    (finding,) = ran.json["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("assets/b/context/Dockerfile", 2, 26)
    assert ran.json["summary"] == {"tags": 2, "images": 1, "packages": 1, "unresolved": 1}
    text = repo.run("pin-versions", "--pins", pins)
    assert "unresolved-tag  `unknown=={{latest-pypi-version}}` is not in the pins\n" in text.out


def test_what_it_prints_is_a_pins_file_again(repo: Repo, pins: str, tmp_path: Path) -> None:
    repo.write(environment("a", DOCKERFILE))
    ran = repo.run("pin-versions", "--pins", pins, "--format", "json", "--output", str(tmp_path / "again.json"))
    assert ran.code == 0
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["images"][0]["places"] == [{"file": "assets/a/context/Dockerfile", "line": 1, "column": 15}]
    assert repo.run("pin-versions", "--pins", str(tmp_path / "again.json")).code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "Invalid JSON"),
        ("[]", "not a pins file"),
        ('{"packages": [{"package": "x", "version": "None"}]}', "packages[0].version: "),
        ('{"images": [{"image": "x", "reference": "latest"}]}', "images[0].reference: "),
    ],
)
def test_a_file_that_holds_no_pins_is_refused(repo: Repo, tmp_path: Path, content: str, message: str) -> None:
    repo.write(environment("a", DOCKERFILE))
    (tmp_path / "bad.json").write_text(content)
    ran = repo.run("pin-versions", "--pins", str(tmp_path / "bad.json"))
    assert ran.code == 2
    assert "bad.json: not a pins file: " in ran.err
    assert message in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pins", "p", "--as-of", "2026-01-01T00:00:00Z"], "--pins makes none"),
        (["--pins", "p", "--update-only", "x"], "--pins makes none"),
        (["--check", "Dockerfile"], "look at the assets of a repository"),
        (["--dry-run"], "--dry-run goes with --write or --pins-out"),
    ],
)
def test_what_does_not_go_together_is_refused(repo: Repo, arguments: list[str], message: str) -> None:
    repo.write(environment())
    ran = repo.run("pin-versions", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_assets_that_cannot_be_read_are_told_first(repo: Repo, pins: str) -> None:
    repo.write({**environment("a", DOCKERFILE), "assets/a/environment.yaml": "image: [\n"})
    ran = repo.run("pin-versions", "--pins", pins, "--write", "--format", "json")
    assert ran.code == 1
    assert [finding["rule"] for finding in ran.json["findings"]] == ["yaml-syntax"]


def test_a_link_that_lies_in_wait_is_never_written_through(repo: Repo, pins: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    repo.write(environment("a", DOCKERFILE))
    for name in (".Dockerfile.assets-actions", ".Dockerfile.tmp", "Dockerfile~"):
        (repo.path / "assets/a/context" / name).symlink_to(victim)
    assert repo.run("pin-versions", "--pins", pins, "--write").code == 0
    assert victim.read_text() == "untouched"
    assert not (repo.path / "assets/a/context/Dockerfile").is_symlink()


def test_a_template_file_that_is_a_link_is_written_where_it_leads(repo: Repo, pins: str) -> None:
    repo.write({**environment("a"), "assets/a/context/real": DOCKERFILE})
    (repo.path / "assets/a/context/Dockerfile").unlink()
    (repo.path / "assets/a/context/Dockerfile").symlink_to("real")
    assert repo.run("pin-versions", "--pins", pins, "--write").code == 0
    assert (repo.path / "assets/a/context/Dockerfile").is_symlink()
    assert b"{{" not in (repo.path / "assets/a/context/real").read_bytes()


def test_a_write_that_fails_changes_nothing(repo: Repo, pins: str, tmp_path: Path) -> None:
    for name in "abc":
        repo.write(environment(name, DOCKERFILE))
    file = repo.path / "assets/b/context/Dockerfile"
    code = (
        "import os, sys, tempfile\nfrom pathlib import Path\nreal = tempfile.mkstemp\n"
        "def made(dir, prefix):\n    if 'assets/b' in str(dir): raise PermissionError(13, 'Permission denied', 'temporary')\n"
        "    return real(dir=dir, prefix=prefix)\ntempfile.mkstemp = made\n"
    )
    (tmp_path / "sitecustomize.py").write_text(code)
    out = tmp_path / "out.json"
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    ran = repo.run("pin-versions", "--pins", pins, "--write", "--pins-out", str(out), env=env)
    assert ran.code == 2
    assert f"{file}: Permission denied" in ran.err
    for name in "abc":
        assert (repo.path / f"assets/{name}/context/Dockerfile").read_bytes() == DOCKERFILE.encode()
    assert not out.exists()
    assert not list(repo.path.rglob(".assets-actions-*"))


def test_a_pins_file_is_never_written_through_a_link(repo: Repo, pins: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (repo.path / "pins.json").symlink_to(victim)
    repo.write(environment("a", DOCKERFILE))
    assert repo.run("pin-versions", "--pins", pins, "--pins-out", "pins.json").code == 0
    assert victim.read_text() == "untouched"
    assert json.loads((repo.path / "pins.json").read_text())["packages"][0]["version"] == "1.2"


def test_a_file_that_is_a_link_is_pinned_where_it_leads(repo: Repo, pins: str, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(DOCKERFILE.encode())
    real.chmod(0o640)
    (tmp_path / "link").symlink_to(real)
    assert repo.run("pin-versions", "--pins", pins, "--write", str(tmp_path / "link")).code == 0
    assert (tmp_path / "link").is_symlink()
    assert (b"{{" in real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (False, 0o640)


def test_all_of_an_environment_config_counts_where_it_is_a_template_file(repo: Repo, pins: str) -> None:
    config = (
        "image:\n  name: azureml/curated/a\n  os: linux\n  context:\n    dir: .\n    dockerfile: context/Dockerfile\n"
    )
    config += "    template_files: [environment.yaml]\n# x\nextra: x=={{latest-pypi-version}}\n"
    repo.write({**environment("a"), "assets/a/environment.yaml": config})
    repo.run("pin-versions", "--pins", pins, "--write")
    assert "extra: x==1.2\n" in (repo.path / "assets/a/environment.yaml").read_text()


@pytest.mark.parametrize("line", ["RUN pip install x=={{latest-pypi-version}}\n", "x=={{latest-pypi-version}} "])
def test_thousands_of_tags_take_no_time(repo: Repo, pins: str, line: str) -> None:
    repo.write(environment("a", line * 5000))
    began = time.monotonic()
    assert repo.run("pin-versions", "--pins", pins, "--write").code == 0
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("output", "problem"), [("none/x.json", "there is no directory `none`"), (".", "is a directory")]
)
def test_a_result_that_cannot_be_written_is_told_before_anything_is_done(
    repo: Repo, pins: str, output: str, problem: str
) -> None:
    repo.write(environment("a", DOCKERFILE))
    ran = repo.run("pin-versions", "--pins", pins, "--write", "--output", output)
    assert (ran.code, problem in ran.err) == (2, True)
    assert (repo.path / "assets/a/context/Dockerfile").read_bytes() == DOCKERFILE.encode()
