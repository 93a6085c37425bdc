"""The spec to publish of a released asset: with what a release commit cannot say of itself."""

import posixpath
import re

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import KeyPath, Place
from assets_actions.assets.tree import Kind
from assets_actions.errors import UserError
from assets_actions.templates.pins import Pins
from assets_actions.templates.spec import TAG, render

from .content import COMMIT_TAG, CONTEXT_TAG, URL_TAG, spec_values

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#]*@)?(?P<host>[^/?#]*)/*(?P<path>[^?#]*)")
_SSH = re.compile(r"(?:[^/:@]+@)?(?P<host>\[[^]/]+\]|[^/:\[\]]{2,}):/*(?P<path>.+)")
"""As git takes it: nothing with a slash before the colon; of one letter, it is a drive of Windows."""
_SSH_PORT = re.compile(r":\d+$")
_SSH_HOSTS = {"ssh.github.com": "github.com"}
"""Hosts for SSH through firewalls, and those of the same repositories."""


def published_url(remote: str) -> str:
    """The URL that a build context is fetched from, for the URL of a remote: without login, by HTTPS, with `.git`.

    Docker takes an HTTPS URL for that of a repository by its `.git`. Local paths and `file:` stay as they are.
    """
    if url := _URL.match(remote):
        scheme, host = url["scheme"].lower(), url["host"]
        if scheme == "file":
            return remote
        if "ssh" in scheme:
            scheme, host = "https", _SSH_PORT.sub("", host)
    elif url := _SSH.fullmatch(remote):
        scheme, host = "https", url["host"]
    else:
        return remote
    path = url["path"].rstrip("/").removesuffix(".git")
    return f"{scheme}://{_SSH_HOSTS.get(host, host)}/{path}.git"


def published_spec(asset: Asset, version: str, url: str, commit: str) -> str:
    """The spec of an asset of a release commit with all its tags resolved.

    The description that the release took from a file is that file's text, tags and all. Raises UserError where the
    build context that a tag asks for is not in the release.
    """
    assert asset.spec
    document = asset.spec.document
    asked = {tag[1] for tag in TAG.finditer(document.text)}
    values = {**spec_values(asset, version, Pins()), URL_TAG: url, COMMIT_TAG: commit}
    if CONTEXT_TAG in asked:
        values[CONTEXT_TAG] = _context(asset)
    description = document.data.get("description") if isinstance(document.data, dict) else None
    is_from_file = asset.description_file and isinstance(description, str) and TAG.search(description)
    texts: dict[KeyPath, str] = {("description",): str(description)} if is_from_file else {}
    return render(document, values, texts)


def in_description(asset: Asset, place: Place) -> bool:
    """Whether a place in a released spec lies in a description that the release took from a file."""
    if not asset.description_file or not asset.spec or place.file != asset.spec.path:
        return False
    document = asset.spec.document
    start, end = document.locate("description")
    return document.position(start).line <= place.line <= document.position(max(start, end - 1)).line


def _context(asset: Asset) -> str:
    assert asset.environment
    assert asset.environment.image.context
    assert asset.extra
    directory = asset.environment.image.context.dir
    target = asset.tree.resolve(posixpath.dirname(asset.extra.path), directory)
    if target.kind is not Kind.DIRECTORY:
        raise UserError(f"the build context `{directory}` is not in the release", asset.extra.path)
    return target.path
