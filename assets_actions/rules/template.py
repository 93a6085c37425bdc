"""Template tags in build contexts.

Source of all rules here: the reference's `template_files`, and its table of tags.
"""

from collections.abc import Iterator
from functools import lru_cache

from assets_actions.assets.texts import TextFile
from assets_actions.templates.choice import regex_problem
from assets_actions.templates.tags import ImageTag, TemplateTag, find_tags

from .policy import Policy
from .registry import Problem, Severity, rule


@lru_cache(maxsize=1)
def _tags(file: TextFile) -> list[TemplateTag]:
    """The tags of a file; the rules look at one file after the other."""
    return list(find_tags(file.document.text, file.document.path)) if "{{" in file.document.text else []


def _resolved_tags(file: TextFile) -> Iterator[TemplateTag]:
    """Those that a release resolves, and fails on where it cannot."""
    return (tag for tag in _tags(file) if file.is_template and not tag.in_comment)


@rule(TextFile)
def unknown_template_tag(file: TextFile) -> Iterator[Problem]:
    """What looks like a template tag is one.

    Why: a release would fail on it.
    Fix: the message says what is missing. There are `image:{{latest-image-tag}}`, `image:{{latest-image-tag:<regex>}}`,
    `package=={{latest-pypi-version}}` and `package=={{latest-pypi-version:pre}}`.
    Source: the reference's table of tags.
    """
    for tag in _resolved_tags(file):
        if tag.wanted is None:
            shown = file.document.text[tag.start : tag.end]
            # Some problems name what is wrong themselves.
            message = problem if (problem := tag.problem or "").startswith("`") else f"`{shown}` {problem}"
            yield Problem(file.document, slice(tag.start, tag.end), message)


@rule(TextFile)
def unlisted_template_tag(file: TextFile) -> Iterator[Problem]:
    """A file of the build context that holds template tags is listed in `template_files`.

    Why: tags in other files are not resolved; the image would be built, or fail to, with the tag as it stands.
    Fix: list the file in the environment config. Where nothing is listed, the Dockerfile alone is.
    """
    if file.in_context and not file.is_template:
        for tag in _tags(file):
            if not tag.in_comment:
                message = f"`{tag.wanted or file.document.text[tag.start : tag.end]}` is not resolved in this file"
                fix = "list the file in `template_files` of the environment config"
                yield Problem(file.document, slice(tag.start, tag.end), message, fix)


@rule(TextFile, Severity.WARNING)
def template_file_without_tag(file: TextFile) -> Iterator[Problem]:
    """A file that `template_files` lists holds a template tag.

    Why: most often the tag was meant for it and is misspelled, or another file was meant.
    Fix: remove the file from the list.
    """
    asset = file.asset
    context = asset.environment.image.context if asset.environment else None
    if asset.extra and context and file.is_template and not file.document.problem and not any(_tags(file)):
        for reference in asset.references:
            is_listed = reference.keys[:3] == ("image", "context", "template_files")
            if is_listed and reference.target.path == file.document.path:
                message = f"`{reference.text}` holds no template tag"
                yield Problem(asset.extra.document, reference.keys, message)


@rule(TextFile)
def template_regex(file: TextFile) -> Iterator[Problem]:
    r"""The regular expression of `{{latest-image-tag:<regex>}}` is one of RE2.

    Why: expressions come from pull requests, and are run against whatever tags a registry has. RE2 needs time that
    grows with the text and no more; it knows neither look-around nor back-references.
    Fix: write it without these: `\d{8}\.v\d+`.
    Source: the syntax that RE2 documents.
    """
    for tag in _resolved_tags(file):
        if isinstance(tag.wanted, ImageTag) and tag.wanted.regex and (problem := regex_problem(tag.wanted.regex)):
            yield Problem(file.document, slice(tag.start, tag.end), f"`{tag.wanted.regex}` {problem}")


@rule(TextFile, needs=Policy)
def image_host(file: TextFile, policy: Policy) -> Iterator[Problem]:
    """Template tags ask only registries that the settings name for the tags of an image.

    Why: whoever opens a pull request must not make the release ask, or trust, a server of their own.
    Fix: use an image of a known registry; setting: `images.hosts`.
    """
    for tag in _resolved_tags(file):
        if isinstance(tag.wanted, ImageTag) and (host := tag.wanted.host) not in policy.images.hosts:
            allowed = ", ".join(policy.images.hosts)
            message = f"`{tag.wanted.image}` is an image of {host}, which is not among: {allowed}"
            yield Problem(file.document, slice(tag.start, tag.end), message)


@rule(TextFile, Severity.WARNING)
def template_tag_in_comment(file: TextFile) -> Iterator[Problem]:
    """No template tag stands in a comment.

    Why: it is resolved where something else asks for the same, and stays as it is where nothing does; each time the
    answer moves, a release is made for a comment.
    Fix: remove it, or write it otherwise.
    """
    if file.is_template:
        for tag in _tags(file):
            if tag.in_comment:
                shown = tag.wanted or file.document.text[tag.start : tag.end]
                yield Problem(file.document, slice(tag.start, tag.end), f"`{shown}` stands in a comment")
