"""Results files of build-images: written, read and put together."""

from collections.abc import Sequence
from pathlib import Path

from assets_actions import worktree
from assets_actions.commands import json_files
from assets_actions.errors import UserError
from assets_actions.release.images import Images
from assets_actions.report.images import ImageResult, ImagesReport
from assets_actions.report.text import counted

FIX = "give files that build-images --results wrote"


def write(path: Path | None, report: ImagesReport) -> str | None:
    """Write a results file as a whole; what to say of it. Nothing where none is wanted."""
    if path is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    worktree.write(path.parent, {path.name: f"{report.images.model_dump_json(indent=2)}\n".encode()})
    return f"wrote the results of {counted(len(report.results), 'image')} to {path}"


def merged(places: Sequence[Path]) -> ImagesReport:
    """What several files, and those in directories, tell. Raises UserError where one is none, or there is none."""
    files = [file for place in places for file in (sorted(place.rglob("*.json")) if place.is_dir() else [place])]
    if not files:
        raise UserError("there is no results file here", ", ".join(map(str, places)), FIX)
    parts = [json_files.read(file, Images, "a file of images", FIX) for file in files]
    images = Images.merged(parts)
    return ImagesReport([ImageResult(one) for one in images.images], outcome=f"of {counted(len(files), 'file')}")
