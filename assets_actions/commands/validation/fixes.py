"""Carry out the mends of findings, in the files."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from assets_actions import worktree
from assets_actions.release.content import CODEC
from assets_actions.report.text import difference
from assets_actions.rules.registry import Edit, Finding
from assets_actions.templates.tags import splice

BOM = b"\xef\xbb\xbf"


def apply(root: Path, findings: Sequence[Finding], *, dry_run: bool) -> str:
    """Put each finding's text in the place of what stands there, all else byte for byte; returns the difference.

    A file that changed since it was read is left alone; of two mends of the same place, the first is made.
    """
    edits: dict[str, list[Edit]] = defaultdict(list)
    for finding in findings:
        if finding.edit:
            edits[finding.file].append(finding.edit)
    diffs: list[str] = []
    contents: dict[str, bytes] = {}
    for path, wanted in sorted(edits.items()):
        old = wanted[0].whole
        content = (root / path).read_bytes()
        if content.removeprefix(BOM) == old.encode(*CODEC):
            new = splice(old, _apart(wanted))
            contents[path] = (BOM if content.startswith(BOM) else b"") + new.encode(*CODEC)
            diffs += difference(path, old, new)
    if not dry_run:
        worktree.write(root, contents)
    return "\n".join(diffs)


def _apart(edits: list[Edit]) -> list[tuple[int, int, str]]:
    chosen: list[tuple[int, int, str]] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not chosen or chosen[-1][1] <= edit.start:
            chosen.append((edit.start, edit.end, edit.text))
    return chosen
