"""The file of findings to live with."""

import json
from pathlib import Path

from assets_actions.errors import UserError
from assets_actions.report.text import counted
from assets_actions.rules.selection import Baseline


def find(root: Path, named: Path | None, setting: str | None) -> Baseline | None:
    """The baseline that is named, else the one of the settings, whose path is the repository's; None without either.

    Raises UserError where it cannot be read.
    """
    path = named or (root / setting if setting else None)
    if path is None:
        return None
    if setting and not named and not path.resolve().is_relative_to(root.resolve()):
        raise UserError("the baseline of the settings lies outside the repository", str(path))
    try:
        return Baseline.read(json.loads(path.read_bytes()))
    except RecursionError:
        raise UserError("this is no baseline of findings", str(path)) from None
    except ValueError as error:
        problem = str(error) if str(error).startswith("is ") else f"is no JSON: {error}"
        raise UserError(f"this {problem}", str(path)) from None


def write(path: Path, baseline: Baseline, *, dry_run: bool) -> str:
    """Write a baseline, or say what would be written."""
    findings = counted(sum(baseline.known.values()), "finding")
    if dry_run:
        return f"would write {findings} to {path}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(baseline.data(), indent=2) + "\n", encoding="utf-8")
    return f"{findings} written to {path}; name it with --baseline, or in the settings: rules.baseline"
