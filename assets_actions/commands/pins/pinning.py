"""Where pin-versions gets its pins: from a pins file, from registries and indexes, or from the last release."""

import datetime
from collections.abc import Collection, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from assets_actions import git, runner, terminal, worktree
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.model import suggestion
from assets_actions.assets.tree import Tree
from assets_actions.commands.base import Repository
from assets_actions.commands.release import release_branch
from assets_actions.errors import UserError
from assets_actions.release.previous_pins import previous_pins
from assets_actions.release.released import LATEST
from assets_actions.report.text import counted
from assets_actions.settings import Settings, find_settings
from assets_actions.templates.choice import refusal
from assets_actions.templates.moves import Before
from assets_actions.templates.pins import Failure, ImagePin, PackagePin, Pins, Resolution
from assets_actions.templates.tags import ImageTag, Wanted


def settings(repository: Repository, tree: Tree, commit: str | None, remote: str, *, looks_up: bool) -> Settings:
    """The settings, as a commit has them: the one that is named, else, to look up, a pull request's base in its run.

    Whoever opens a pull request must not decide which hosts are asked. Raises UserError where that commit is not to be
    had.
    """
    given = commit is not None
    commit = commit or (runner.base_commit() if looks_up else None)
    named = repository.inputs.settings
    # Neither a link in the repository nor one to it makes another file of it.
    places = [named.absolute(), named.resolve()] if named else []
    inside = [place.relative_to(repository.root) for place in places if place.is_relative_to(repository.root)]
    if commit is None or (named and not inside and not given):
        return repository.settings(tree)
    if not repository.in_git or (named and not inside):
        message = f"the settings of commit {commit[:12]} count here, and there is no git repository that has them"
        raise UserError(message, str(named or repository.root), "run it in a clone, or leave out --settings-from")
    if git.commit_of(repository.root, commit) is None:
        try:
            git.fetch(repository.root, remote, commit)
        except git.GitError as error:
            message = f"the settings of {commit} count here, and it cannot be fetched: {error.message}"
            raise UserError(message, fix="check out with fetch-depth: 2, or with credentials") from None
    found = git.commit_of(repository.root, commit)
    if found is None:
        raise UserError(f"there is no commit `{commit}`, whose settings count", fix="name one with --settings-from")
    base = git.commit_tree_of(repository.root, found)
    return find_settings(base, inside[0].as_posix()) if inside else find_settings(base)


def released(
    repository: Repository, catalog: Catalog, texts: Mapping[str, bytes], remote: str, branch: str, *, needed: bool
) -> Before | None:
    """What the tags resolved to in the last release; None where that is not known here, and not `needed`.

    Where it is needed, the branch is fetched. Raises UserError where it is not to be had.
    """
    if not repository.in_git:
        if needed:
            raise UserError("what was released is known in a git repository alone", str(repository.root))
        return None
    if needed:
        if not git.remote_refs(repository.root, remote, git.HEADS + branch):
            message = f"{remote} has no branch `{branch}`: there is no release to compare with"
            raise UserError(message, fix="setting: release_branch; before the first release, leave it out")
        git.fetch(repository.root, remote, f"+{git.HEADS}{branch}:refs/remotes/{remote}/{branch}")
    try:
        commit = release_branch.tracked(repository.root, remote, branch)
    except UserError:
        if needed:
            raise
        return None
    return previous_pins(catalog.assets, texts, git.commit_tree_of(repository.root, commit, LATEST))


def kept(before: Before, wanted: Collection[Wanted], update_only: Collection[str]) -> Pins:
    """The pins of the last release, but for the names to update; of several answers, the one that is found most often.

    Raises UserError where nothing asks for a name to update.
    """
    known = {name_of(one) for one in wanted}
    # Of a package, any spelling will do.
    update_only = {canonicalize_name(name) if canonicalize_name(name) in known else name for name in update_only}
    for name in sorted(update_only):
        if name not in known:
            raise UserError(f"no template tag asks for `{name}`{suggestion(name, sorted(known))}")
    images, packages = [], []
    for one in wanted:
        if name_of(one) in update_only or not before.get(one):
            continue
        answer = before[one].most_common(1)[0][0]
        try:
            if isinstance(one, ImageTag):
                images.append(ImagePin(image=one.image, tag_regex=one.regex, reference=answer))
            else:
                packages.append(PackagePin(package=one.package, pre=one.pre, version=answer))
        except ValidationError:
            continue  # what was released was no version or tag; it is looked up
    return Pins(images=images, packages=packages)


def name_of(wanted: Wanted) -> str:
    """The image or the package."""
    return wanted.image if isinstance(wanted, ImageTag) else wanted.package


def cache(repository: Repository, directory: Path | None) -> Path | None:
    """The directory for answers. Raises UserError where it is part of the repository: anybody could fill it."""
    if directory is None:
        return None
    place = directory.expanduser().resolve()
    if repository.in_git and place.is_relative_to(repository.root):
        below = f"{place.relative_to(repository.root).as_posix()}/"
        if any(path.startswith(below) for path in git.tracked_files(repository.root)):
            raise UserError("the cache holds files of the repository", str(directory), "keep it elsewhere: --cache DIR")
    return place


def look_up(
    wanted: Collection[Wanted],
    kept: Pins,
    from_settings: Settings,
    cache: Path | None,
    as_of: datetime.datetime | None,
    minimum_age: datetime.timedelta | None,
) -> Resolution:
    """Ask registries and indexes for what is not `kept`. Where one thing must not be looked up, nobody is asked."""
    asked = [one for one in wanted if kept.answer(one) is None]
    if refused := {one: Failure(why) for one in asked if (why := refusal(one, from_settings.images.hosts))}:
        return Resolution(Pins(), refused)
    from assets_actions.registries.http import Http
    from assets_actions.registries.look_up import Age, LookUp

    now = datetime.datetime.now(tz=datetime.UTC)
    look_ups = LookUp(Http(cache), from_settings.images, from_settings.packages, Age(now, as_of, minimum_age))
    with terminal.working(f"Looking up {counted(len(asked), 'name')}"):
        found = look_ups.resolve(asked)
    return found._replace(pins=kept.with_more(found.pins, now.isoformat(timespec="seconds")))


def write(path: Path, pins: Pins, *, dry_run: bool) -> str:
    """Write a pins file, or say what would be written."""
    count = counted(len(pins.images) + len(pins.packages), "pin")
    if dry_run:
        return f"would write {count} to {path}"
    path.parent.mkdir(parents=True, exist_ok=True)
    worktree.write(path.parent, {path.name: f"{pins.model_dump_json(indent=2)}\n".encode()})
    return f"wrote {count} to {path}"
