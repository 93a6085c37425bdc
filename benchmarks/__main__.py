"""Measure validate, detect-changes and start-up on the corpus: `python -m benchmarks`.

Whole processes, as a user starts them, several times after a warm-up; the medians are shown. With --peer-python, the
public system's own validation and update run in turn with ours, and the ratio is taken pair by pair: machines differ,
and drift while they measure; ratios hold.
"""

import argparse
import compileall
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
OURS = [sys.executable, "-m", "assets_actions"]


IDENTITY = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
DESCRIPTION = "What it is for, in a sentence or two. " * 20
FILES = {
    "component": {
        "asset.yaml": "type: component\nspec: spec.yaml\ncategories: [Training]\n",
        "spec.yaml": "type: command\nname: NAME\nversion: 0.0.1\ncode: src\ncommand: python run.py ${{inputs.x}}\n"
        "inputs:\n" + "".join(f"  x{n}:\n    type: string\n    description: Number {n}\n" for n in range(15)),
        "src/run.py": "print('NAME')\n",
    },
    "environment": {
        "asset.yaml": "name: NAME\nversion: auto\ntype: environment\nspec: spec.yaml\nextra_config: environment.yaml\n"
        "categories: [Training]\n",
        "spec.yaml": 'name: "{{asset.name}}"\nversion: "{{asset.version}}"\nos_type: linux\n'
        "tags:\n  OS: Ubuntu22.04\n  Python: '3.12'\n",
        "environment.yaml": "image:\n  name: azureml/curated/NAME\n  os: linux\n  context:\n    dir: context\n"
        "  publish:\n    location: mcr\n    visibility: public\n",
        "context/Dockerfile": "FROM mcr.microsoft.com/azureml/base:{{latest-image-tag}}\nRUN pip install NAME\n",
        "context/requirements.txt": "numpy\n",
    },
    "model": {
        "asset.yaml": "type: model\nspec: spec.yaml\nextra_config: model.yaml\ncategories: [Vision]\n",
        "spec.yaml": "name: NAME\nversion: 1\npath: ./\ntags:\n" + "".join(f"  t{n}: v{n}\n" for n in range(30)),
        "model.yaml": "path:\n  type: azureblob\n  storage_name: s\n  container_name: c\n  container_path: p\n"
        "publish:\n  description: description.md\n  type: custom_model\n",
        "description.md": f"# NAME\n\n{DESCRIPTION}\n",
    },
}
PINS = {"version": 1, "images": [{"image": "mcr.microsoft.com/azureml/base", "reference": ":20261101.v1"}]}
SIZES = (500, 1_000, 20_000)
LARGEST_RELEASE = 1_000
"""Assets of the largest first release that is measured."""


class Figure(NamedTuple):
    """One finished process: seconds on the clock, and the most memory it held, in MB."""

    seconds: float
    memory: float


class Task(NamedTuple):
    """Something to measure: our command, and the public system's for the same job, where it has one.

    `prepare` goes before each run, and is not measured.
    """

    name: str
    command: list[str]
    directory: Path
    peer: list[str] | None = None
    prepare: Callable[[], object] = lambda: None


def measure(command: Sequence[str], directory: Path) -> Figure:
    """Run a command once. Raises RuntimeError where it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            raise RuntimeError(f"{shlex.join(command)}: {errors.read().decode(errors='replace')[-2000:]}")
    return Figure(seconds, usage.ru_maxrss / 1024)


def compare(task: Task, runs: int, peer_runs: int) -> str:
    """A row of the table: medians, and the median of the ratios where there is something to compare with."""

    def measured() -> Figure:
        task.prepare()
        return measure(task.command, task.directory)

    measured()
    ours = [measured() for _ in range(runs)]
    seconds = statistics.median(figure.seconds for figure in ours)
    memory = max(figure.memory for figure in ours)
    cells = [task.name, f"{seconds:.2f} s", f"{memory:.0f} MB", "", ""]
    if task.peer:
        pairs = [(measure(task.peer, task.directory), measured()) for _ in range(peer_runs)]
        cells[3] = f"{statistics.median(peer.seconds for peer, _ in pairs):.2f} s"
        cells[4] = f"{statistics.median(peer.seconds / own.seconds for peer, own in pairs):.1f}"
    return f"| {' | '.join(cells)} |"


def tasks(case: str, place: Path, corpus: Path, peer: str | None) -> list[Task]:
    """What to measure on one release of the corpus, unpacked below `place`."""
    subprocess.run([corpus / "unpack", case, place], check=True)
    for branch in ("main", "release"):
        clone = ["git", "clone", "--quiet", "--branch", branch, place / "origin.git", place / branch]
        subprocess.run(clone, check=True)
    pins = ["--pins", str(place / "pins.json")]
    validation, update = None, None
    if peer:
        switches = ["-i", "assets", "-a", "asset.yaml", "-n", "-I", "-C", "-b", "-t", "-e"]
        # Its checks are two commands; ours makes both.
        commands = [["validate_assets", *switches], ["validate_tree", "-i", "assets"]]
        lines = [shlex.join([peer, "-m", f"azureml.assets.{name}", *more]) for name, *more in commands]
        validation = ["sh", "-c", "; ".join(lines)]
        update = [peer, str(SHARED / "peer/update.py"), str(place), str(place / "peer-output")]
    with (min((place / "main/assets").rglob("spec.yaml"))).open("a") as spec:
        spec.write("# changed\n")
    return [
        Task(
            f"validate --changed-since, one file, {case}",
            [*OURS, "validate", "--changed-since", "HEAD"],
            place / "main",
        ),
        # The public system writes specs anew while it validates them, so that after it much has changed.
        Task(f"validate, {case}", [*OURS, "validate"], place / "main", validation),
        Task(f"detect-changes, {case}", [*OURS, "detect-changes", *pins], place / "main", update),
    ]


def generated(assets: int, place: Path) -> Path:
    """A repository with so many assets: of ten, six components, two environments and two models. Its remote is bare."""
    repository = place / "repo"
    for number in range(assets):
        kind = "environment" if number % 10 < 2 else "model" if number % 10 < 4 else "component"
        folder = repository / "assets" / f"team{number // 100:03}" / f"{kind[:2]}-{number:05}"
        for path, text in FILES[kind].items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text.replace("NAME", folder.name))
    git(place, "init", "--quiet", "--bare", "origin.git")
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "remote", "add", "origin", "../origin.git")
    commit(repository)
    return repository


def git(directory: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *IDENTITY, *arguments], cwd=directory, check=True)


def commit(repository: Path) -> None:
    """Commit all that is there, and push it."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "x")
    git(repository, "push", "--quiet", "origin", "main")


def generated_tasks(assets: int, place: Path) -> Iterator[Task]:
    """What to measure on a generated repository: validation, the first release, and the plan of a later one."""
    repository = generated(assets, place)
    name = f"{assets:,} assets"
    yield Task(f"validate, {name}", [*OURS, "validate"], repository)
    (place / "pins.json").write_text(json.dumps(PINS))
    pins = ["--pins", str(place / "pins.json")]
    author = ["--author-name", "x", "--author-email", "x@example.com"]
    release = [*OURS, "release-commit", *pins, "--tag", *author]
    if assets <= LARGEST_RELEASE:
        shutil.copytree(place / "origin.git", place / "before.git")

        def prepare() -> None:
            shutil.rmtree(place / "origin.git")
            shutil.copytree(place / "before.git", place / "origin.git")

        yield Task(f"release-commit, {name}, all new, with tags", release, repository, prepare=prepare)
        prepare()
    subprocess.run(release, cwd=repository, check=True, stdout=subprocess.DEVNULL)
    for file in sorted(repository.rglob("run.py"))[::100]:
        file.write_text("changed\n")
    commit(repository)
    yield Task(
        f"detect-changes, {name}, one in a hundred components changed", [*OURS, "detect-changes", *pins], repository
    )


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("ASSETS_CORPUS", SHARED / "corpus"))
    parser.add_argument("--runs", type=int, default=7, help="how often ours runs alone (default 7)")
    parser.add_argument("--peer-python", help="the Python of an environment where azureml-assets is installed")
    parser.add_argument("--peer-runs", type=int, default=3, help="how often both run in turn (default 3)")
    options = parser.parse_args()
    corpus = Path(options.corpus)
    os.environ["PYTHONPATH"] = str(ROOT)
    compileall.compile_dir(ROOT / "assets_actions", quiet=1)  # as installing does
    print("| task | ours, median | ours, memory | theirs, median | theirs / ours, median |")
    print("|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        start_up = Task(
            "--help, against `python -c pass`",
            [*OURS, "--help"],
            Path(directory),
            [sys.executable, "-c", "pass"],
        )
        print(compare(start_up, options.runs, options.runs), flush=True)
        for size in SIZES:
            for task in generated_tasks(size, Path(directory) / str(size)):
                print(compare(task, 3, 0), flush=True)
        for case in sorted(path.parent.name for path in corpus.glob("*/repo.bundle")):
            for task in tasks(case, Path(directory) / case, corpus, options.peer_python):
                print(compare(task, options.runs, options.peer_runs), flush=True)


if __name__ == "__main__":
    main()
