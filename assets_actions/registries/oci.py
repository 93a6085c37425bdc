"""A container registry, by the HTTP API of the OCI distribution specification (Docker's registry API, version 2)."""

import hashlib
import json
import re
import threading
from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from requests.auth import AuthBase, HTTPBasicAuth
from requests.models import PreparedRequest
from requests.utils import parse_header_links

from assets_actions.templates.tags import DEFAULT_HOST, is_loopback

from . import logins
from .http import Answer, Http, LookUpError

MANIFESTS = ", ".join(
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]
)
"""All kinds of manifest: asked for fewer, a registry answers with another one and its digest, or with none."""
API_HOSTS = {DEFAULT_HOST: "registry-1.docker.io"}
PAGE = 1000
MOST_PAGES = 1000
CLIENT = "assets-actions"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TOKEN = re.compile(r"[!-~]+")
_CHALLENGE = re.compile(r'(Bearer|Basic)\s+((?:[A-Za-z_]+="[^"]*"(?:\s*,\s*)?)*)', re.IGNORECASE)
_PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')


class ImageInfo(NamedTuple):
    """One image for one platform: the digest of its manifest, and when it was made, where it says so."""

    digest: str
    created: datetime | None


class _Bearer(AuthBase):
    """A token of the registry's; requests takes it off where a redirect leads to another host."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r


class Registry:
    """One registry; may be asked from several threads. All methods raise LookUpError."""

    def __init__(self, host: str, http: Http) -> None:
        self.host = host
        self._http = http
        self._url = f"{'http' if is_loopback(host) else 'https'}://{API_HOSTS.get(host, host)}"
        self._auth: dict[str, AuthBase] = {}
        """By repository, what it let us in with last."""
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._login_lock = threading.Lock()

    def tags(self, repository: str) -> list[str]:
        """All tags of an image, page by page to the last one."""
        tags: list[str] = []
        url: str | None = f"/v2/{repository}/tags/list?n={PAGE}"
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) == MOST_PAGES:
                raise LookUpError(f"{self.host} lists the tags of {repository} without an end", is_outside=True)
            seen.add(url)
            answer = self._ask("GET", repository, url)
            if answer.status == 400 and url.endswith(f"?n={PAGE}"):  # more than the registry gives at a time
                url = url.removesuffix(f"?n={PAGE}")
                continue
            listed = _data(self._fine(answer, repository), self.host).get("tags")
            if not isinstance(listed, list | None):
                raise LookUpError(f"{self.host} lists the tags of {repository} in a form of its own", is_outside=True)
            tags += (tag for tag in listed or [] if isinstance(tag, str) and _TAG.fullmatch(tag))
            url = self._next(answer, url)
        return tags

    def digest(self, repository: str, reference: str) -> str | None:
        """The digest of what a tag leads to, an index or a manifest; None where it leads nowhere."""
        url = f"/v2/{repository}/manifests/{quote(reference, safe='')}"
        answer = self._ask("HEAD", repository, url, MANIFESTS)
        if answer.status == 404:
            return None
        said = self._fine(answer, repository).headers.get("Docker-Content-Digest", "")
        if _DIGEST.fullmatch(said):
            return said
        found = self._manifest(repository, reference)
        return found[0] if found else None

    def image(self, repository: str, reference: str, platform: str | None) -> ImageInfo | None:
        """An image for a platform (`os/architecture[/variant]`); for any one, where none is named.

        None where the reference leads nowhere.
        """
        found = self._manifest(repository, reference)
        if found is None:
            return None
        digest, manifest = found
        listed = manifest.get("manifests")
        missing = LookUpError(f"{self.host}/{repository}:{reference} is not there for {platform or 'any platform'}")
        if isinstance(listed, list):
            entries = [entry for entry in listed if isinstance(entry, dict) and _fits(entry.get("platform"), platform)]
            if not entries:
                raise missing
            child = _digest_in(entries[0])
            if child is None or (found := self._manifest(repository, child)) is None:
                raise LookUpError(f"{self.host}/{repository}:{reference} names an image that is not there")
            digest, manifest = found
        if not (config_digest := _digest_in(manifest.get("config"))):
            raise LookUpError(f"{self.host}/{repository}:{reference} is no image: it has no configuration")
        config = self._blob(repository, config_digest)
        if platform and not isinstance(listed, list) and not _fits(config, platform):
            raise missing
        return ImageInfo(digest, _time(config.get("created")))

    def _manifest(self, repository: str, reference: str) -> tuple[str, dict[str, Any]] | None:
        url = f"/v2/{repository}/manifests/{quote(reference, safe=':')}"
        answer = self._ask("GET", repository, url, MANIFESTS)
        if answer.status == 404:
            return None
        digest = _digest_of(self._fine(answer, repository).body)
        if reference.startswith("sha256:") and digest != reference:
            raise LookUpError(f"{self.host} answered something else than {reference}", is_outside=True)
        return digest, _data(answer, self.host)

    def _blob(self, repository: str, digest: str) -> dict[str, Any]:
        answer = self._fine(self._ask("GET", repository, f"/v2/{repository}/blobs/{digest}"), repository)
        if _digest_of(answer.body) != digest:
            raise LookUpError(f"{self.host} answered something else than {digest}", is_outside=True)
        return _data(answer, self.host)

    def _ask(self, method: str, repository: str, path: str, accept: str = "application/json") -> Answer:
        used = self._auth.get(repository)
        answer = self._http.ask(method, self._url + path, accept=accept, auth=used)
        if answer.status == 401:
            with self._locks[repository]:  # of many who are turned away at once, one logs in
                if self._auth.get(repository) is used:
                    self._auth[repository] = self._let_in(repository, answer)
            answer = self._http.ask(method, self._url + path, accept=accept, auth=self._auth[repository])
        return answer

    @cached_property
    def _login(self) -> logins.Login | None:
        return logins.of_registry(self.host)

    def _let_in(self, repository: str, refusal: Answer) -> AuthBase:
        """What the registry wants to see, as its refusal says."""
        with self._login_lock:  # a helper may be slow, and is asked once
            login = self._login
        challenges = {
            scheme.lower(): {name.lower(): value for name, value in _PARAMETER.findall(parameters)}
            for scheme, parameters in _CHALLENGE.findall(refusal.headers.get("WWW-Authenticate", ""))
        }
        if "bearer" in challenges:
            return _Bearer(self._token(repository, challenges["bearer"], login))
        if "basic" in challenges and login and login.user:
            return HTTPBasicAuth(login.user.encode(), login.password.encode())
        raise self._refused(repository)

    def _token(self, repository: str, challenge: dict[str, str], login: logins.Login | None) -> str:
        """A token for pulling from a repository; source: the token authentication specification of Distribution."""
        realm = challenge.get("realm", "")
        if not realm.startswith("https://") and not (is_loopback(self.host) and _is_on_this_machine(realm)):
            raise LookUpError(f"{self.host} sends us to `{realm}` to log in, which is not encrypted", is_outside=True)
        # Not the scope that the server names: a token for more than this is of no use to us.
        asked = {"service": challenge.get("service", ""), "scope": f"repository:{repository}:pull"}
        if login and login.identity_token:
            form = {"grant_type": "refresh_token", "refresh_token": login.identity_token, "client_id": CLIENT, **asked}
            answer = self._http.ask("POST", realm, form=form, is_secret=True)
        else:
            query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in asked.items() if value)
            auth = HTTPBasicAuth(login.user.encode(), login.password.encode()) if login and login.user else None
            answer = self._http.ask("GET", f"{realm}{'&' if '?' in realm else '?'}{query}", auth=auth, is_secret=True)
        if answer.status in (400, 401, 403):
            raise self._refused(repository)
        said = _data(self._fine(answer, repository), self.host)
        token = said.get("token") or said.get("access_token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise LookUpError(f"{self.host} sends us to `{realm}` to log in, which gave no token", is_outside=True)
        return token

    def _refused(self, repository: str) -> LookUpError:
        return LookUpError(
            f"{self.host} does not let us see {repository}: it does not exist, or wants a login (docker login)",
            is_outside=True,
        )

    def _fine(self, answer: Answer, repository: str) -> Answer:
        if answer.status in (401, 403):
            raise self._refused(repository)
        if answer.status == 404:
            raise LookUpError(f"{self.host} has no {repository}")
        if answer.status != 200:
            raise LookUpError(f"{self.host} answered {answer.status} when asked for {repository}", is_outside=True)
        return answer

    def _next(self, answer: Answer, path: str) -> str | None:
        """The path of the next page. A link is relative or absolute; behind proxies, even its scheme may be another."""
        for link in parse_header_links(answer.headers.get("Link", "")):
            if link.get("rel", "").lower() != "next":
                continue
            try:
                target = urlsplit(urljoin(self._url + path, link["url"]))
                is_here = _place(target) == _place(urlsplit(self._url))
            except ValueError:
                raise LookUpError(f"{self.host} sends us nowhere for more tags", is_outside=True) from None
            if not is_here:
                raise LookUpError(f"{self.host} sends us to {target.netloc} for more tags", is_outside=True)
            return target._replace(scheme="", netloc="").geturl()
        return None


def _place(url: SplitResult) -> tuple[str | None, int | None]:
    """A server; the default port of either scheme is the same, as behind a proxy."""
    return url.hostname, None if url.port in (80, 443) else url.port


def _is_on_this_machine(url: str) -> bool:
    try:
        return url.startswith("http://") and is_loopback(urlsplit(url).netloc)
    except ValueError:
        return False


def _digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _digest_in(descriptor: object) -> str | None:
    """The digest that a descriptor names."""
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    return digest if isinstance(digest, str) and _DIGEST.fullmatch(digest) else None


def _data(answer: Answer, host: str) -> dict[str, Any]:
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise LookUpError(f"{host} answered something that is no JSON object", is_outside=True)
    return data


def _fits(found: object, platform: str | None) -> bool:
    """Whether a platform, or an image's configuration, is one for what is wanted; attestations are for none."""
    said = found if isinstance(found, dict) else {}
    parts = [str(said.get(key) or "") for key in ("os", "architecture", "variant")]
    if platform is None:
        return parts[0] != "unknown"
    wanted = platform.split("/")
    return parts[: len(wanted)] == wanted


def _time(text: object) -> datetime | None:
    # As RFC 3339 has it, with digits for nanoseconds, which Python cuts off.
    try:
        made = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return made if made.tzinfo else None
