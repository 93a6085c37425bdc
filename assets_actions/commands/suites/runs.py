"""Run suites: each in its environment, as many at a time as are let, none longer than it may take."""

import posixpath
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assets_actions import programs, terminal, worktree
from assets_actions.programs import Programs
from assets_actions.python_environments import Environment, InstallError, Maker, Wanted
from assets_actions.testing import cases, results, variables
from assets_actions.testing.locations import Locator
from assets_actions.testing.results import Ended, Result
from assets_actions.testing.suites import Need, Suite, file_name


@dataclass(frozen=True)
class How:
    """How suites are run: none longer than `limit` seconds, so many `jobs` at a time, with more `arguments` for pytest.

    Logs and reports go to the directory `results`; environments stay in `cache` for other runs, where there is one.
    """

    root: Path
    results: Path
    cache: Path | None
    limit: float
    jobs: int
    coverage: bool
    arguments: Sequence[str]


def run(suites: Sequence[Suite], how: How) -> list[Result]:
    """Run all, and write their logs. Interrupted, it leaves no process behind."""
    scratch = programs.temporary_directory()
    try:
        with programs.interruptible() as running, terminal.steps("Testing", len(suites)) as tell:
            runs = [_SuiteRun(suite, how, running, scratch / str(n)) for n, suite in enumerate(suites)]
            pool = ThreadPoolExecutor(how.jobs)
            try:
                # All environments before all suites: one that waits for its own never keeps it from being made.
                made: dict[str, Future[Environment]] = {}
                for one in runs:
                    if one.suite.need.digest not in made:
                        made[one.suite.need.digest] = pool.submit(one.environment, scratch, tell)
                done = [pool.submit(one.result, made[one.suite.need.digest], tell) for one in runs]
                found = [future.result() for future in done]
            finally:
                running.stop()
                pool.shutdown(wait=False, cancel_futures=True)
        return found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(frozen=True)
class _SuiteRun:
    """One suite in its run; `scratch` is a directory of its own, gone afterwards."""

    suite: Suite
    how: How
    running: Programs
    scratch: Path

    def environment(self, scratch: Path, tell: terminal.Tell) -> Environment:
        """What the suite needs. Raises InstallError."""
        tell(self.suite.name, "installing what it needs")
        need = self.suite.need
        directory = self.how.cache if self.how.cache and need.may_be_kept else scratch / "environments"
        hidden = variables.hidden_from_installers
        maker = Maker(self.running, directory, scratch / "tmp", hidden, variables.for_uv, self.how.limit)
        return maker.make(_wanted(need), self._directory, self._fresh(f"environment-{need.digest[:12]}.log"))

    def result(self, made: "Future[Environment]", tell: terminal.Tell) -> Result:
        """Run it, once its environment is made."""
        tell(self.suite.name, "waiting for what it needs")
        try:
            environment = made.result()
        except InstallError as error:
            result = results.not_installed(self.suite, error.message, error.log)
            self._fresh(f"{self._name}.log").write_text(f"{error.log}\n{error.message}\n", encoding="utf-8")
        else:
            tell(self.suite.name, "running")
            try:
                result = self._run(environment)
            except OSError as error:
                result = results.not_started(self.suite, f"pytest could not be run: {error}")
        tell(self.suite.name, None)
        return result

    def _run(self, environment: Environment) -> Result:
        for name in ("tmp", "reports"):
            (self.scratch / name).mkdir(parents=True)
        report, covered = self.scratch / "reports/junit.xml", self.scratch / "reports/coverage.xml"
        ran = self.running.run(
            self._command(environment, report, covered),
            self._directory,
            programs.environment(variables.hidden_from_tests, {**environment.variables, **self._variables}),
            self._fresh(f"{self._name}.log"),
            self.how.limit,
        )
        found: cases.Report | str
        try:
            found = cases.parse(programs.left_behind(report, cases.MAX_REPORT))
        except cases.UnreadableError as error:
            found = f"its report cannot be read: {error}"
        except OSError:
            found = "it wrote no report"
        share = None
        if self.how.coverage:
            with suppress(OSError):
                content = programs.left_behind(covered, cases.MAX_REPORT)
                share = cases.coverage(content)
                # What comes first is no type: behind the name, it could be the end of another asset's.
                worktree.write(self.how.results, {f"coverage-{self._name}.xml": content})
        root = self.how.root
        locator = Locator(self.suite, str(root), lambda path: programs.left_behind(root / path, cases.MAX_REPORT))
        return results.judge(locator, Ended(*ran), found, share)

    def _command(self, environment: Environment, report: Path, covered: Path) -> list[str]:
        switches = [
            "-o",
            f"cache_dir={self.scratch / 'cache'}",
            "-o",
            "junit_family=xunit1",
            f"--junit-xml={report}",
            "--color=no",
        ]
        coverage = ["--cov", f"--cov-report=xml:{covered}"] if self.how.coverage else []
        # Whatever the directory is called, after `./` it is no option.
        tests = f"./{posixpath.relpath(self.suite.tests or '.', self.suite.directory or '.')}"
        return [environment.python, "-m", "pytest", *switches, *coverage, *self.how.arguments, tests]

    @property
    def _variables(self) -> dict[str, str]:
        """What keeps tests from leaving files in the checkout, and those that they make elsewhere in one place."""
        return {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "COVERAGE_FILE": str(self.scratch / "reports/coverage"),
            **programs.temporary_files_in(self.scratch / "tmp"),
        }

    @cached_property
    def _directory(self) -> Path:
        return self.how.root / self.suite.directory

    @property
    def _name(self) -> str:
        return file_name(self.suite.asset)

    def _fresh(self, name: str) -> Path:
        path = self.how.results / name
        path.unlink(missing_ok=True)
        return path


def _wanted(need: Need) -> Wanted:
    flat = need.requirements
    return Wanted(need.digest, flat.requirements, flat.constraints, need.conda, need.ours, flat.has_hashes)
