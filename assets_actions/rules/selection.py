"""Which rules run, how severe they are here, and which of their findings a repository has decided to live with."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import Field

from assets_actions.assets.config import PlainText, Text
from assets_actions.assets.model import suggestion

from .policy import Strict
from .registry import Finding, Rule, Severity

_IGNORED_HERE = re.compile(r"#\s*assets-actions:\s*ignore\[([^\]]*)\]")
BASELINE_VERSION = 1
LONGEST_LINE = 500


class Selection(Strict):
    """`rules`: a rule is named by its id, or with all others of its group by the group's name."""

    select: list[Text] = Field([], description="Run these rules alone. Default: all.")
    ignore: list[Text] = Field([], description="Do not run these rules.")
    severity: dict[str, Severity] = Field({}, description="The severity of rules here: error, warning or note.")
    per_path: dict[str, list[Text]] = Field(
        {}, description="Rules whose findings do not count in some files: pattern (`*` stands for any text) → rules."
    )
    baseline: PlainText | None = Field(None, description="A file of findings to live with; see validate's --baseline.")

    def with_flags(self, select: Sequence[str], ignore: Sequence[str]) -> "Selection":
        """The same with what a command line says: it selects anew, and ignores more."""
        return self.model_copy(update={"select": [*select] or self.select, "ignore": [*self.ignore, *ignore]})

    def unknown(self, rules: Iterable[Rule]) -> list[str]:
        """What is wrong with the names in it: `there is no rule …`, for each that is no rule's and no group's."""
        names = sorted({name for rule in rules for name in (rule.id, rule.group)})
        named = [
            *self.select,
            *self.ignore,
            *self.severity,
            *(name for here in self.per_path.values() for name in here),
        ]
        return [
            f"there is no rule and no group of rules `{name}`{suggestion(name, names)}"
            for name in dict.fromkeys(named)
            if name not in names
        ]

    def choose(self, rules: Iterable[Rule], *, strict: bool = False) -> list[Rule]:
        """The rules to run, each with its severity here; `strict` makes errors of warnings."""
        chosen = []
        for rule in rules:
            if (self.select and not _names(rule, self.select)) or _names(rule, self.ignore):
                continue
            severity = self.severity.get(rule.id, self.severity.get(rule.group, rule.severity))
            if strict and severity is Severity.WARNING:
                severity = Severity.ERROR
            chosen.append(rule._replace(severity=severity))
        return chosen

    def partition(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Those that count, and those that are ignored."""
        sorted_out: tuple[list[Finding], list[Finding]] = ([], [])
        for finding in findings:
            sorted_out[self.ignores(finding)].append(finding)
        return sorted_out

    def ignores(self, finding: Finding) -> bool:
        """Whether a finding does not count, for a comment on its line or for its file's path."""
        if _names(finding, _ignored_on(finding.place.source)):
            return True
        return any(
            _names(finding, names) and fnmatchcase(finding.file, pattern) for pattern, names in self.per_path.items()
        )


@lru_cache(maxsize=64)
def _ignored_on(line: str) -> tuple[str, ...]:
    """What a comment on a line ignores. A line may be long, and have thousands of findings."""
    comment = _IGNORED_HERE.search(line)
    if comment is None:
        return ()
    before = line[: comment.start()]
    # What stands in quotes, or right behind something else, is no comment.
    is_comment = before[-1:].isspace() or not before
    in_quotes = before.count('"') % 2 or before.count("'") % 2
    return tuple(name.strip() for name in comment[1].split(",")) if is_comment and not in_quotes else ()


def _names(one: Rule | Finding, names: Iterable[str]) -> bool:
    id_ = one.id if isinstance(one, Rule) else one.rule
    return any(name in (id_, one.group) for name in names)


class Known(NamedTuple):
    """A finding as a baseline knows it again: not by its line's number, which moves, but by what stands there."""

    file: str
    rule: str
    line: str


class Baseline(NamedTuple):
    """Findings to live with, each as often as it was there."""

    known: Mapping[Known, int]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Baseline":
        """A baseline in which all of these are known."""
        return cls(Counter(_known(finding) for finding in findings))

    @classmethod
    def read(cls, data: Any) -> "Baseline":
        """From the JSON of a baseline file. Raises ValueError where it is none."""
        try:
            if data["version"] != BASELINE_VERSION:
                raise ValueError(f"is a baseline of version {data['version']}; {BASELINE_VERSION} can be read")
            listed = {Known(f["file"], f["rule"], f["line"]): f["count"] for f in data["findings"]}
        except (KeyError, TypeError):
            raise ValueError("is no baseline of findings") from None
        if not all(type(count) is int and count > 0 for count in listed.values()):
            raise ValueError("is a baseline in which a count is no whole number above 0")
        return cls(listed)

    def data(self) -> dict[str, Any]:
        """As JSON, in an order that changes with what is known and nothing else."""
        listed = [{**known._asdict(), "count": count} for known, count in sorted(self.known.items())]
        return {"version": BASELINE_VERSION, "findings": listed}

    def unknown(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that are not known, or are there more often than known."""
        left = Counter(self.known)
        new = []
        for finding in findings:
            known = _known(finding)
            if left[known] > 0:
                left[known] -= 1
            else:
                new.append(finding)
        return new


def _known(finding: Finding) -> Known:
    return Known(finding.file, finding.rule, finding.place.source.strip()[:LONGEST_LINE])
