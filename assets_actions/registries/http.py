"""Requests to registries and package indexes: bounded in time and size, tried again where that helps."""

import random
import re
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from cachecontrol import CacheControlAdapter
from cachecontrol.caches import FileCache
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from assets_actions import __version__

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 10, 30, 120
LARGEST_ANSWER = 128 * 1024 * 1024
TRIES = 5
BACKOFF_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60
"""A server that says Retry-After is heeded up to this."""
CONNECTIONS = 64
"""To one host at a time, at most."""
BUSY = (429, 500, 502, 503, 504)
MOST_REDIRECTS = 5
EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"
_PIECE = 1 << 16
_PASSING = (requests.exceptions.ConnectionError, requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError)
"""What the next try may not meet."""


class LookUpError(Exception):
    """Something could not be looked up; the message says what and why, in words that follow the host's name or more.

    `is_outside`: not for what was asked, but because a network, a server or a login failed.
    """

    def __init__(self, message: str, *, is_outside: bool = False) -> None:
        super().__init__(message)
        self.is_outside = is_outside


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class _Session(requests.Session):
    """Follows redirects as `requests` does, which keeps a login to the host it is for; but never out of encryption."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and resp.url.startswith("https:") and urlsplit(urljoin(resp.url, target)).scheme == "http":
            raise requests.exceptions.InvalidURL("it redirects to an address without encryption")
        return target


class _Adapter(HTTPAdapter):
    def build_response(self, req: requests.PreparedRequest, resp: HTTPResponse) -> requests.Response:  # type: ignore[override]
        return super().build_response(req, _without_redirects_body(resp))


class _CachingAdapter(CacheControlAdapter):
    def build_response(  # type: ignore[override]
        self,
        request: requests.PreparedRequest,
        response: HTTPResponse,
        from_cache: bool = False,
        cacheable_methods: Collection[str] | None = None,
    ) -> requests.Response:
        for name in ("Date", "Expires"):  # it takes for granted that they are dates
            try:
                parsedate_to_datetime(response.headers.get(name, EPOCH))
            except (ValueError, OverflowError):
                del response.headers[name]
        response = _without_redirects_body(response)
        return super().build_response(request, response, from_cache, cacheable_methods)


def _without_redirects_body(response: HTTPResponse) -> HTTPResponse:
    """An answer, but if it is a redirect without its body: `requests` would read all of it, however much that is."""
    if not response.get_redirect_location():
        return response
    response.close()
    return HTTPResponse(BytesIO(), response.headers, response.status, reason=response.reason, preload_content=False)


class _Store(FileCache):
    """A cache that cannot be read or written is none, and no reason to fail."""

    def get(self, key: str) -> bytes | None:
        with suppress(OSError):
            return super().get(key)
        return None

    def set(self, key: str, value: bytes, expires: int | datetime | None = None) -> None:
        with suppress(OSError):
            super().set(key, value, expires)

    def delete(self, key: str) -> None:
        with suppress(OSError):
            super().delete(key)


class Http:
    """Asks servers, many at a time; from any thread.

    `cache`: a directory in which answers are kept; they are asked for anew each time, by their ETag. Retries wait twice
    as long each time, beginning with `backoff` seconds, or as long as the server says.
    """

    def __init__(self, cache: Path | None = None, backoff: float = BACKOFF_SECONDS) -> None:
        self._backoff = backoff
        self._session = _Session()
        adapter = (
            _CachingAdapter(_Store(str(cache)), pool_maxsize=CONNECTIONS, pool_block=True)
            if cache
            else _Adapter(pool_maxsize=CONNECTIONS, pool_block=True)
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)
        self._session.max_redirects = MOST_REDIRECTS
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": f"assets-actions/{__version__}"})

    def ask(
        self,
        method: str,
        url: str,
        *,
        accept: str = "*/*",
        auth: AuthBase | None = None,
        form: Mapping[str, str] | None = None,
        is_secret: bool = False,
    ) -> Answer:
        """One question. Any status is an answer, but those of BUSY after all tries. Raises LookUpError.

        Nothing is kept of an answer that `is_secret`, or that was given to a login.

        `requests` and urllib3 could try again by themselves, but not where a body breaks off, and they would read the
        whole body of each answer that is to be forgotten.
        """
        host, said = url, ""
        # What is kept is never taken for true without asking.
        kept = "no-store, no-cache" if is_secret or auth or form else "no-cache"
        for tried in range(1, TRIES + 1):
            wait = self._backoff * (2 ** (tried - 1) + random.random() / 2)  # noqa: S311
            try:
                host = urlsplit(url).netloc
                with self._session.request(
                    method,
                    url,
                    headers={"Accept": accept, "Cache-Control": kept},
                    auth=auth,
                    data=form,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    # A redirect could send the form, and the secret in it, to another host.
                    allow_redirects=form is None,
                    stream=True,
                ) as response:
                    if response.status_code not in BUSY:
                        return Answer(response.status_code, response.headers, _body(response, host), response.url)
                    said = f"answered {response.status_code}, {TRIES} times"
                    told = _told_to_wait(response)
                    wait = wait if told is None else told
            except _PASSING as error:
                said = _said(error)
                if isinstance(error, requests.exceptions.SSLError):
                    break
            except (requests.RequestException, HTTPError, ValueError) as error:
                said = f"cannot be asked: {error}"
                break
            if tried < TRIES:
                time.sleep(wait)
        raise LookUpError(f"{host} {said}", is_outside=True)


def _told_to_wait(response: requests.Response) -> float | None:
    """How long the server says to wait, as far as that is heeded."""
    try:
        told = Retry(retry_after_max=LONGEST_WAIT_SECONDS).parse_retry_after(response.headers["Retry-After"])
    except (KeyError, HTTPError, ValueError, OverflowError):
        return None
    return told or None


def _body(response: requests.Response, host: str) -> bytes:
    """The body, read for no longer than ALL_SECONDS: a byte now and then would never be a timeout of the connection."""
    if response.request.method == "HEAD":
        return b""
    late = LookUpError(f"{host} took longer than {ALL_SECONDS} s to answer", is_outside=True)
    is_over = threading.Event()

    def give_up() -> None:
        is_over.set()
        with suppress(ValueError, RuntimeError, OSError):  # it has been read in the meantime
            response.raw.shutdown()

    timer = threading.Timer(ALL_SECONDS, give_up)
    timer.daemon = True
    timer.start()
    parts, size = [], 0
    try:
        for part in response.iter_content(_PIECE):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise LookUpError(f"{host} answered more than {LARGEST_ANSWER:,} bytes", is_outside=True)
    except requests.RequestException:
        if is_over.is_set():
            raise late from None
        raise
    finally:
        timer.cancel()
    if is_over.is_set():
        raise late
    return b"".join(parts)


def _said(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that is not trusted here, or does not speak TLS"
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached through the proxy"
    text = str(error)
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return "did not answer in time"
    if re.search(r"resol|Name or service|getaddrinfo", text):
        return "is not known: its name does not resolve"
    if "refused" in text:
        return "cannot be reached: connection refused"
    return "broke off the connection"
