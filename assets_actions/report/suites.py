"""Results of the assets' own tests, as text, JSON and Markdown; and what would be run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assets_actions.assets.asset import Asset
from assets_actions.rules.registry import Finding
from assets_actions.testing.results import Result, Status
from assets_actions.testing.suites import NOT_TESTED, Need, Suite, file_name, id_of

from .base import SCHEMA_VERSION
from .findings import finding_data, finding_lines, finding_table
from .markdown import escape, table
from .text import Segments, counted, visible, without_logins

STYLES = {
    Status.PASSED: "green",
    Status.FAILED: "bold red",
    Status.ERROR: "bold red",
    Status.TIMED_OUT: "bold red",
    Status.NO_TESTS: "bold red",
}
_COUNTED = {Status.ERROR: "in error", Status.NO_TESTS: "without tests"}
_SKIPPED = "not tested"


@dataclass(frozen=True)
class SuitesReport:
    """What came of suites, an asset a line. `untested`: assets that were named and have no tests to run."""

    results: Sequence[Result]
    untested: Sequence[str]
    directory: str
    coverage: bool = False

    @property
    def findings(self) -> Sequence[Finding]:
        """What went wrong, at the lines of tests and of asset configs."""
        return sorted(
            (finding for result in self.results for finding in result.findings), key=lambda finding: finding.place
        )

    @property
    def _short_findings(self) -> list[Finding]:
        """The same with the first line of what they say: the others follow where there is place for them."""
        return [replace(finding, message=finding.message.partition("\n")[0]) for finding in self.findings]

    @property
    def _rows(self) -> Iterator[tuple[Asset, Result]]:
        rows = [(asset, result) for result in self.results for asset in result.suite.assets]
        return iter(sorted(rows, key=lambda row: id_of(row[0])))

    @property
    def headline(self) -> str:
        """All of it in one line."""
        counts = Counter(result.status for _, result in self._rows)
        parts = [f"{counts[status]:,} {_COUNTED.get(status, status)}" for status in Status if counts[status]]
        parts += [f"{len(self.untested):,} {_SKIPPED}"] if self.untested else []
        # Of a suite that several assets share, each test is one.
        tests = sum(len(result.report.cases) for result in self.results)
        assets = counted(counts.total() + len(self.untested), "asset")
        return " · ".join([assets, *parts, counted(tests, "test")])

    def text(self) -> Segments:
        """The findings, a line for each asset, and the headline."""
        ids = [*(id_of(asset) for asset, _ in self._rows), *self.untested]
        width = max((len(visible(id_)) for id_ in ids), default=0)
        text: list[tuple[str, str]] = list(finding_lines(self._short_findings))
        for asset, result in self._rows:
            text.append((f"{result.status:<10} ", STYLES[result.status]))
            text.append((f"{visible(id_of(asset)):<{width}}   {visible(' · '.join(self._facts(result)))}\n", ""))
            said = "" if result.report.cases else "".join(finding.message for finding in result.findings)
            text += [(f"{'':<10} | {visible(line)}\n", "dim") for line in said.split("\n")[1:]]
        text += [
            (f"{_SKIPPED} {visible(id_):<{width}}   {NOT_TESTED.partition(': ')[2]}\n", "dim") for id_ in self.untested
        ]
        place = [(f"logs and JUnit XML: {visible(self.directory)}\n", "dim")] if self.results else []
        return [*text, *place, (f"{self.headline}\n", "bold")]

    def _facts(self, result: Result) -> list[str]:
        skipped = result.report.count("skipped")
        facts = [result.message] if result.message else [counted(len(result.report.cases), "test")]
        facts += [f"{skipped:,} skipped"] if skipped else []
        facts += [f"{result.seconds:.1f} s"] if result.seconds else []
        facts += [f"{result.coverage:.0f} % covered"] if result.coverage is not None else []
        return [*facts, f"one run for {len(result.suite.assets)} assets"] if len(result.suite.assets) > 1 else facts

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        counts = Counter(result.status for _, result in self._rows)
        in_error = sum(result.is_error for _, result in self._rows)
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {
                "assets": counts.total(),
                "suites": len(self.results),
                "passed": counts[Status.PASSED],
                "failed": counts[Status.FAILED],
                "errors": in_error,
                "untested": len(self.untested),
                "tests": sum(len(result.report.cases) for result in self.results),
            },
            "assets": [self._asset_data(asset, result) for asset, result in self._rows],
            "untested": list(self.untested),
            "findings": [finding_data(finding) for finding in self.findings],
            "results_dir": self.directory,
        }

    def _asset_data(self, asset: Asset, result: Result) -> dict[str, Any]:
        report, suite = result.report, result.suite
        return {
            "id": id_of(asset),
            "status": result.status,
            "message": result.message,
            "tests": len(report.cases),
            "failed": report.count("failed"),
            "errors": report.count("error"),
            "skipped": report.count("skipped"),
            "seconds": round(result.seconds, 3),
            "coverage": None if result.coverage is None else round(result.coverage, 2),
            "suite": [id_of(each) for each in suite.assets],
            "tests_dir": suite.tests,
            "log": f"{file_name(suite.asset)}.log",
            "junit": f"{file_name(asset)}.xml",
        }

    def markdown(self) -> str:
        """A table of all assets, and one of what went wrong."""
        head = (
            "",
            "asset",
            "tests",
            "failed",
            "errors",
            "skipped",
            "seconds",
            *(["coverage"] if self.coverage else []),
        )
        rows = [
            (
                result.status,
                f"`{id_of(asset)}`",
                f"{len(result.report.cases):,}",
                *(f"{result.report.count(outcome):,}" for outcome in ("failed", "error", "skipped")),
                f"{result.seconds:.1f}",
                *([f"{result.coverage:.0f} %" if result.coverage is not None else ""] if self.coverage else []),
            )
            for asset, result in self._rows
        ]
        untested = [f"- {escape(f'`{id_}` is {NOT_TESTED}')}\n" for id_ in self.untested]
        parts = ["### Tests of assets", escape(self.headline), table(head, rows) if rows else "", "".join(untested)]
        return "\n\n".join(filter(None, [*parts, finding_table(self._short_findings)]))


@dataclass(frozen=True)
class PlannedSuitesReport:
    """The suites that would be run."""

    suites: Sequence[Suite]
    untested: Sequence[str]
    findings: Sequence[Finding] = ()

    @property
    def headline(self) -> str:
        """All of it in one line."""
        needs = len({suite.need.digest for suite in self.suites})
        return f"{counted(len(self.suites), 'suite')} · {counted(needs, 'environment')} · nothing was run"

    def text(self) -> Segments:
        """A suite a line, with what it needs below."""
        text: list[tuple[str, str]] = []
        for suite in self.suites:
            text += [("would run  ", "cyan"), (f"{visible(suite.name)}   {visible(suite.tests or '.')}\n", "")]
            text += [(f"{'':<11}{visible(line)}\n", "dim") for line in self._needs(suite)]
        text += [(f"{_SKIPPED} {visible(id_)}\n", "dim") for id_ in self.untested]
        return [*text, (f"{self.headline}\n", "bold")]

    def _needs(self, suite: Suite) -> list[str]:
        kind = "conda environment" if suite.need.conda is not None else "requirements"
        files = [f"{kind} of {', '.join(suite.files)}:"] if suite.files else []
        requirements, constraints, conda = _shown(suite.need)
        return [*files, *(f"  {line}" for text in (conda, requirements, constraints) for line in text.splitlines())]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {"suites": len(self.suites), "untested": len(self.untested)},
            "suites": [self._suite_data(suite) for suite in self.suites],
            "untested": list(self.untested),
        }

    def _suite_data(self, suite: Suite) -> dict[str, Any]:
        requirements, constraints, conda = _shown(suite.need)
        return {
            "assets": [id_of(asset) for asset in suite.assets],
            "directory": suite.directory,
            "tests_dir": suite.tests,
            "files": list(suite.files),
            "requirements": requirements.splitlines(),
            "constraints": constraints.splitlines(),
            "conda": None if suite.need.conda is None else conda,
            "environment": suite.need.digest,
        }

    def markdown(self) -> str:
        """A table."""
        rows = [
            (f"`{suite.name}`", f"`{suite.tests}`", ", ".join(f"`{file}`" for file in suite.files))
            for suite in self.suites
        ]
        return f"### Tests of assets\n\n{escape(self.headline)}\n\n{table(('assets', 'tests', 'needs'), rows)}"


def _shown(need: Need) -> tuple[str, str, str]:
    """Requirements, constraints and the conda environment's file, without the logins that addresses in them hold."""
    flat = need.requirements
    requirements, constraints, conda = map(without_logins, (flat.requirements, flat.constraints, need.conda or ""))
    return requirements, constraints, conda
