"""Paths that an asset's documents name.

Source of all rules here: the reference; what a release carries, it has to have.
"""

from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.texts import TextFile
from assets_actions.assets.tree import SUBMODULE, Kind

from .registry import Problem, rule


@rule(Asset, essential=True, partial=True)
def missing_file(asset: Asset) -> Iterator[Problem]:
    """A file or folder that a document names exists in the repository.

    Why: the release would lack it. Files that git ignores do not exist for a release.
    Fix: correct the path, or add the file. Paths are relative to the document that names them; `dockerfile` and
    `template_files` to the build context.
    """
    for reference in asset.references:
        if reference.target.kind is Kind.MISSING:
            message = f"`{reference.text}` does not exist: no `{reference.target.path}` in the repository"
            yield Problem(reference.document, reference.keys, message)


@rule(Asset, essential=True, partial=True)
def outside_repository(asset: Asset) -> Iterator[Problem]:
    """A path that a document names stays in the repository: no absolute path, no `..` or symbolic link that leads out.

    Why: what lies outside differs from machine to machine, and a pull request must not reach for it.
    Fix: copy what is needed into the repository.
    """
    for reference in asset.references:
        if reference.target.kind is Kind.OUTSIDE:
            yield Problem(reference.document, reference.keys, f"`{reference.text}` leads out of the repository")


@rule(Asset, essential=True, partial=True)
def wrong_file_kind(asset: Asset) -> Iterator[Problem]:
    """A path leads to a file where a file is needed, and to a folder where a folder is.

    Why: a spec that is a folder cannot be read; `type: uri_file` with a folder fails when the data asset is created.
    Fix: correct the path, or the type.
    """
    for reference in asset.references:
        kind = reference.target.kind
        if reference.wanted and kind in (Kind.FILE, Kind.DIRECTORY) and kind is not reference.wanted:
            message = f"`{reference.text}` is a {kind}; a {reference.wanted} is needed"
            yield Problem(reference.document, reference.keys, message)


@rule(Asset, essential=True, partial=True)
def submodule(asset: Asset) -> Iterator[Problem]:
    """No file of an asset is a git submodule.

    Why: a release carries files; a submodule is a pointer to another repository.
    Fix: copy the files that are needed, or exclude the submodule in `release_paths` with `!`.
    """
    for path in asset.files:
        if asset.tree.entries[path].mode == SUBMODULE:
            yield Problem(asset.config.document, (), f"`{path}` is a submodule, which a release cannot carry")


@rule(Asset, essential=True)
def template_file_outside(asset: Asset) -> Iterator[Problem]:
    """A file that `template_files` lists, or the Dockerfile, is one that the asset releases.

    Why: tags are resolved in what is released; elsewhere they would stay as they are, and nobody would be told.
    Fix: move the file into the build context.
    """
    listed = (("image", "context", "template_files"), ("image", "context", "dockerfile"))
    for reference in asset.references:
        in_context, target = reference.keys[:3] in listed, reference.target
        if in_context and target.kind is Kind.FILE and target.path not in asset.files:
            yield Problem(reference.document, reference.keys, f"`{reference.text}` leads out of the build context")


@rule(TextFile, essential=True)
def unreadable_text(file: TextFile) -> Iterator[Problem]:
    """A description, or another file whose text goes into the spec, is UTF-8; these and template files are under 1 MB.

    Why: YAML is UTF-8; and nobody reads a description of that size.
    Fix: save the file as UTF-8; name a file that is too large instead of putting it into the spec.
    """
    problem = file.document.problem
    if problem and (file.in_spec or (file.is_template and not file.document.text)):
        yield Problem(file.document, slice(problem.index, problem.index + 1), problem.message)
