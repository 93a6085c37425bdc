"""A pins file: the pins of an earlier run, used again without a network."""

from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from assets_actions.assets.model import said
from assets_actions.errors import UserError
from assets_actions.templates.pins import Pins
from assets_actions.templates.tags import Wanted


class PinsFile:
    """A `Resolver` that answers from a file. Raises UserError where the file is not one of pins."""

    def __init__(self, path: Path) -> None:
        try:
            self._pins = Pins.model_validate_json(path.read_bytes())
        except ValidationError as error:
            wrong = "; ".join(f"{_place(e['loc'])}{said(e)}" for e in error.errors())
            raise UserError(f"not a pins file: {wrong}", str(path)) from None

    def resolve(self, wanted: Collection[Wanted]) -> Pins:
        """The file's pins for these."""
        return self._pins.only(wanted)


def _place(location: tuple[int | str, ...]) -> str:
    """`images[3].reference: `, as the path into the file's JSON."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return f"{path.removeprefix('.')}: " if path else ""
