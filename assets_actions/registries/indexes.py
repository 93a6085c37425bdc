"""Package indexes, by the Simple API: JSON (PEP 691, 700) or HTML (PEP 503)."""

import json
import threading
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pypi_simple
from packaging.utils import canonicalize_name
from pypi_simple import DistributionPackage, ProjectPage, RepositoryPage
from requests.auth import HTTPBasicAuth

from assets_actions.templates.choice import PackageFile

from . import logins
from .http import Answer, Http, LookUpError

PUBLIC = pypi_simple.PYPI_SIMPLE_ENDPOINT
ARCHIVED, QUARANTINED = "archived", "quarantined"
"""Statuses of a project (PEP 792): no longer maintained; not to be installed."""
_PARSING = threading.Lock()


class Page(NamedTuple):
    """What an index has of a package: its files, and the project's status with the reason for it."""

    files: list[PackageFile]
    status: str | None
    reason: str | None


class PackageIndexes:
    """Some indexes; the first that has a package is the one for it: a later one cannot put a newer version before it.

    May be asked from several threads.
    """

    def __init__(self, urls: Sequence[str], http: Http) -> None:
        self._urls = [url.rstrip("/") + "/" for url in urls] or [PUBLIC]
        self._http = http

    def page(self, package: str) -> Page:
        """What the first index that has a package has of it. Raises LookUpError, where none has it as well."""
        for url in self._urls:
            if page := self._page(url, package):
                return page
        hosts = ", ".join(urlsplit(url).netloc for url in self._urls)
        raise LookUpError(f"there is no package of this name at {hosts}")

    def _page(self, index: str, package: str) -> Page | None:
        host = urlsplit(index).netloc
        login = logins.from_environment(host)
        auth = HTTPBasicAuth(login.user.encode(), login.password.encode()) if login else None
        url = urljoin(index, f"{canonicalize_name(package)}/")
        answer = self._http.ask("GET", url, accept=pypi_simple.ACCEPT_ANY, auth=auth)
        if answer.status == 404:
            return None
        if answer.status in (401, 403):
            raise LookUpError(f"{host} does not let us see it: it wants a login", is_outside=True)
        if answer.status != 200:
            raise LookUpError(f"{host} answered {answer.status}", is_outside=True)
        kind = answer.headers.get("Content-Type", "text/html").lower()
        try:
            # A newer minor version, or HTML that is none, is no warning of ours.
            with _PARSING, warnings.catch_warnings(action="ignore"):
                return _json(package, answer) if "json" in kind else _html(package, answer)
        except Exception:  # noqa: BLE001 (whatever a server sends that its parsers stumble over)
            raise LookUpError(
                f"{host} answered something that is no page of a package index", is_outside=True
            ) from None


def _json(package: str, answer: Answer) -> Page:
    data = json.loads(answer.body)
    status = data.pop("project-status", None) or {}  # or a status that is not known yet would spoil all
    files = ProjectPage.from_json_data(data, base_url=answer.url).packages
    return Page(_files(package, files), status.get("status"), status.get("reason"))


def _html(package: str, answer: Answer) -> Page:
    page = RepositoryPage.from_html(answer.body, base_url=answer.url)
    files = [DistributionPackage.from_link(link, package) for link in page.links]
    said = {key: values[0] for key, values in page.pypi_meta.items()}
    return Page(_files(package, files), said.get("project-status"), said.get("project-status-reason"))


def _files(package: str, files: Iterable[DistributionPackage]) -> list[PackageFile]:
    """Those that are the package's own: a page may link to anything."""
    name = canonicalize_name(package)
    return [_file(file) for file in files if file.version and canonicalize_name(file.project or "") == name]


def _file(file: DistributionPackage) -> PackageFile:
    yanked = (file.yanked_reason or "") if file.is_yanked else None
    uploaded = file.upload_time
    if uploaded and uploaded.tzinfo is None:
        uploaded = uploaded.replace(tzinfo=UTC)
    return PackageFile(file.version or "", yanked, uploaded, file.requires_python)
