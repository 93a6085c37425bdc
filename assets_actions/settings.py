"""A repository's own settings, `.github/assets-actions.yml`; the defaults reproduce the reference."""

from collections.abc import Callable

from pydantic import Field

from .assets.config import AssetType, PlainText
from .assets.document import MAX_BYTES, parse
from .assets.model import read_as, unknown_keys
from .assets.tree import Kind, Tree
from .errors import UserError
from .rules.policy import Policy
from .rules.selection import Selection

SETTINGS_FILE = ".github/assets-actions.yml"
IGNORE_FILE = ".github/assets-actions-ignore"
MISTAKEN = ".github/assets-actions.yaml"


class Settings(Policy):
    """What a repository decides for itself. Flags of a command win over it."""

    assets_dirs: list[PlainText] = Field(
        ["assets"], min_length=1, description="Directories in which assets are looked for."
    )
    release_branch: PlainText = Field("release", description="The branch that holds what was released.")
    release_tags: list[AssetType] | None = Field(
        None, description="Types of assets whose releases are tagged. Default: all with --tag, else none."
    )
    release_lfs_pointers: bool = Field(
        False, description="Release pointers of Git LFS as they are; else an asset that has one is blocked."
    )
    release_removals: bool = Field(
        True,
        description="Remove from the release branch what is gone from the source; else a pull request of remove-pr "
        "does.",
    )
    remove_on_date: bool = Field(
        False,
        description="Remove a deprecated asset on the day of its tag DeleteOn; else as soon as it is released as "
        "deprecated.",
    )
    rules: Selection = Field(Selection(), description="Which rules run, and what they are worth here.")


def find_settings(tree: Tree, path: str = SETTINGS_FILE) -> Settings:
    """The settings of one state of a repository; the defaults where it has no file of them. Raises UserError."""
    target = tree.resolve("", path)
    if target.kind is Kind.MISSING:
        if path == SETTINGS_FILE and MISTAKEN in tree.entries:
            raise UserError("settings are not read from this file", MISTAKEN, f"rename it to {SETTINGS_FILE}")
        return Settings()
    if target.kind is not Kind.FILE:
        raise UserError("the settings are no file of the repository", path)
    return read_settings(path, tree.read([target.path], MAX_BYTES)[target.path])


def read_settings(path: str, content: bytes) -> Settings:
    """Settings from the text of their file. Raises UserError that names everything wrong in it, and the first place."""
    document = parse(path, content)
    read = read_as(document, Settings)
    if document.problem:
        wrong = [((document.problem.index, document.problem.index + 1), document.problem.message)]
    elif document.root is None:
        return Settings()
    else:
        wrong = [((again.start, again.end), f"`{again.text}` is set twice") for again, _ in document.duplicates]
        wrong += [(document.locate(*error.keys), error.message) for error in read.errors]
        for keys, known in unknown_keys(Settings, document.data):
            message = f"there is no setting `{keys[-1]}` (there are {', '.join(known)})"
            wrong.append((document.locate(*keys, at_key=True), message))
    if wrong or read.model is None:
        place = document.place(*wrong[0][0])
        raise UserError(f"wrong settings: {'; '.join(message for _, message in wrong)}", str(place))
    return read.model


def find_ignored(tree: Tree, path: str = IGNORE_FILE) -> Callable[[str], bool]:
    """Whether a change of a file is no reason for a release, by the patterns of a file in gitignore's syntax.

    Paths and patterns are relative to the repository's root. Raises UserError at the first pattern that is none.
    """
    target = tree.resolve("", path)
    if target.kind is not Kind.FILE:
        return lambda _: False
    from pathspec import GitIgnoreSpec

    lines = tree.read([target.path], MAX_BYTES)[target.path].decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            GitIgnoreSpec.from_lines([line])
        except Exception as error:  # noqa: BLE001 (its own, or that of either regular expression engine behind it)
            place, fix = f"{path}:{number}", "patterns are those of .gitignore"
            raise UserError(f"`{line}` is no pattern: {error}", place, fix) from None
    spec = GitIgnoreSpec.from_lines(lines)
    # The regular expressions behind it take text alone; a byte that is none matches what any character would.
    return lambda name: spec.match_file(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
