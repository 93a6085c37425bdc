"""Files that one command writes and another reads, as JSON."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from assets_actions.assets.model import said
from assets_actions.errors import UserError

M = TypeVar("M", bound=BaseModel)


def read(path: Path, model: type[M], what: str, fix: str) -> M:
    """What the file holds. Raises UserError where it is not what it should be: it is not `what`."""
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {said(e)}".removeprefix(": ") for e in error.errors())
        raise UserError(f"not {what}: {wrong}", str(path), fix) from None
