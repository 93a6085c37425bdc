"""A repository's own settings, `.github/assets-actions.yml`; the defaults reproduce the reference."""

from .assets.config import Text
from .assets.document import parse
from .assets.model import Keys, load, unknown_keys
from .errors import UserError

SETTINGS_FILE = ".github/assets-actions.yml"


class Settings(Keys):
    """What a repository decides for itself. Flags and inputs of the same name win."""

    assets_dirs: list[Text] = ["assets"]
    """Directories in which assets are looked for."""
    release_branch: Text = "release"
    """The branch that holds what was released."""


def read_settings(path: str, content: bytes) -> Settings:
    """Settings from the text of their file. Raises UserError, with the place, for what is wrong in it."""
    document = parse(path, content)
    if document.problem:
        raise UserError(
            f"the settings cannot be read: {document.problem.message}", str(document.place(document.problem.index, 0))
        )
    if document.root is None:
        return Settings()
    loaded = load(document, Settings)
    for error in loaded.errors:
        raise UserError(f"wrong settings: {error.message}", str(document.place(*document.locate(*error.keys))))
    assert loaded.model
    for keys, known in unknown_keys(Settings, document.data):
        place = str(document.place(*document.locate(*keys, at_key=True)))
        raise UserError(f"wrong settings: there is no `{keys[-1]}`", place, f"there are: {', '.join(known)}")
    return loaded.model
