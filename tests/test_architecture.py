"""The house stays as it was drawn."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "assets_actions"
PURE = ("assets", "rules", "templates", "release", "deprecation", "building", "testing", "report", "event")
IMPURE = {
    "asyncio", "docker", "getpass", "github", "github_action_utils", "glob", "http", "io", "multiprocessing",
    "os", "pathlib", "platform", "random", "requests", "shutil", "signal", "socket", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib",
}  # fmt: skip
CLOCK = {"now", "today", "utcnow"}
IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "__import__", "breakpoint"}


def modules() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if not {"first", "then"} & set(path.relative_to(PACKAGE).parts)
    )


def short(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imported(tree: ast.AST, package: tuple[str, ...]) -> set[str]:
    """Full names of all modules that a module imports, late ones included."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            names.add(".".join([*base, *([node.module] if node.module else [])]))
            names |= {".".join([*base, *([node.module] if node.module else []), alias.name]) for alias in node.names}
    return names


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.relative_to(PACKAGE).parts[0].removesuffix(".py") in PURE], ids=short
)
def test_the_core_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = imported(tree, ("assets_actions", *path.relative_to(PACKAGE).parts[:-1]))
    assert not {name.split(".")[0] for name in names if not name.startswith("urllib.parse")} & IMPURE
    own = {name.split(".")[1] for name in names if name.startswith("assets_actions.")}
    assert own <= {*PURE, "errors"}, "the core knows no edge and no command"
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & IMPURE_CALLS
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & CLOCK, "the day is a fact that is handed in"


ENVIRONMENT = (
    "runner.py", "terminal.py", "git.py", "sample/__init__.py", "registries/logins.py", "containers/engine.py",
    "containers/scanners.py", "programs.py", "__main__.py",
)  # fmt: skip
PROGRAMS = ("git.py", "programs.py", "sample/__init__.py", "containers/scanners.py")


@pytest.mark.parametrize("path", modules(), ids=short)
def test_only_edges_speak_to_runner_and_github_and_only_main_exits(path: Path) -> None:
    tree = ast.parse(path.read_text())
    name = path.relative_to(PACKAGE).as_posix()
    package = ("assets_actions", *path.relative_to(PACKAGE).parts[:-1])
    if name != "runner.py":
        assert "github_action_utils" not in imported(tree, package)
    if not name.startswith("github/"):
        assert not any(each.split(".")[0] == "github" for each in imported(tree, package)), "PyGithub has its edge"
    if not name.startswith("containers/") and name != "registries/logins.py":
        assert not any(each.split(".")[0] == "docker" for each in imported(tree, package)), "docker's SDK has its edge"
    if name not in ENVIRONMENT:
        attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not attributes & {"environ", "getenv"}, "what the environment says goes through an edge"
    if name not in ("__main__.py", "parallel.py"):  # a copied process ends, too
        exits = {"exit", "_exit", "quit"}
        assert not any(
            (isinstance(n, ast.Attribute) and n.attr in exits)
            or (isinstance(n, ast.Name) and n.id in {*exits, "SystemExit"})
            for n in ast.walk(tree)
        )


@pytest.mark.parametrize("path", modules(), ids=short)
def test_programs_are_run_by_edges_alone_and_never_through_a_shell(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if path.relative_to(PACKAGE).as_posix() not in PROGRAMS:
        assert "subprocess" not in imported(tree, ())
    assert not any(isinstance(n, ast.keyword) and n.arg == "shell" for n in ast.walk(tree))


EDGES = (
    "git", "github", "runner", "terminal", "worktree", "settings", "registries", "containers", "programs",
    "python_environments",
)  # fmt: skip
SHARED = {
    "__version__", "assets", "building.faults", "building.image", "building.log", "errors", "event", "report.text",
    "rules.policy", "rules.selection", "templates.choice", "templates.pins", "templates.tags",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.relative_to(PACKAGE).parts[0].removesuffix(".py") in EDGES], ids=short
)
def test_the_edges_know_the_core_by_its_values_alone(path: Path) -> None:
    """What passes between them: trees, documents, texts, pins, logs, what the settings say. No rules, plans, reports."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = imported(tree, ("assets_actions", *path.relative_to(PACKAGE).parts[:-1]))
    own = {name.removeprefix("assets_actions.") for name in names if name.startswith("assets_actions.")}
    known = {name for name in own if any(name == s or name.startswith(f"{s}.") for s in (*SHARED, *EDGES))}
    assert own - known <= {"building", "report", "rules", "templates", "registries"}


def test_commands_stay_thin() -> None:
    for path in (PACKAGE / "commands").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 170, f"{path.name} does what the domain should"
