"""A server in front of another one (or of none), for what a well-behaved registry on this machine never does."""

import base64
import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlencode

from tests.registries.server import Answer, Drip, Drop, Effect, Endless, Fault, Request, Server, Stall, basic, pairs

__all__ = ["Answer", "Drip", "Drop", "Effect", "Endless", "Fault", "Proxy", "Request", "Stall", "Style", "basic"]

# registry: the usual Link; unquoted: rel=next; several: with a link before it; query: relative to the path;
# opaque: a token in place of `last`
Style = Literal["registry", "unquoted", "several", "query", "opaque"]
ONE_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


class Proxy(Server):
    """Passes requests on to `upstream` (host:port) and answers back, both unchanged, Host header included.

    What `answers` has for a path, with or without its query, goes before; without upstream all others are 404.
    """

    def __init__(
        self, upstream: str | None = None, answers: Mapping[str, Answer] | None = None, latency: float = 0.0
    ) -> None:
        super().__init__()
        self.upstream = upstream
        self.answers = dict(answers or {})
        self.latency = latency
        self._paging: _Paging | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def page_tags(self, size: int, absolute: bool = False, style: Style = "registry") -> None:
        """From now on lists of tags come sorted and in pages, of `n` tags but no more than `size`."""
        assert not (absolute and style == "query"), "a query alone is relative"
        self._paging = _Paging(size, absolute, style)

    def answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        for key in (request.path, path):
            if key in self.answers:
                return self.answers[key]
        if self.upstream is None:
            return Answer(404)
        if self._paging and request.method == "GET" and re.fullmatch(r"/v2/.+/tags/list", path):
            answer = self._pass_on(request._replace(path=path))
            return self._page(request, answer, self._paging) if answer.status == 200 else answer
        return self._pass_on(request)

    def _pass_on(self, request: Request) -> Answer:
        assert self.upstream is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ONE_HOP}
        try:
            with closing(HTTPConnection(self.upstream)) as connection:
                connection.request(request.method, request.path, request.body or None, headers)
                response = connection.getresponse()
                return Answer(
                    response.status,
                    [(name, value) for name, value in response.getheaders() if name.lower() not in ONE_HOP],
                    response.read(),
                )
        except (OSError, HTTPException) as error:
            return Answer(502, {"Content-Type": "text/plain"}, str(error).encode())

    def _page(self, request: Request, answer: Answer, paging: "_Paging") -> Answer:
        listing = json.loads(answer.body)
        path, _, query = request.path.partition("?")
        asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        last = paging.last(asked)
        tags = sorted(tag for tag in listing["tags"] or [] if last is None or tag > last)
        size = min(paging.size, int(asked.get("n", paging.size)))
        headers = [(name, value) for name, value in pairs(answer.headers) if name.lower() != "content-length"]
        if size and len(tags) > size:
            headers.append(("Link", paging.link(self.url, path, size, tags[size - 1])))
        return replace(answer, headers=headers, body=json.dumps({**listing, "tags": tags[:size]}).encode())


class _Paging(NamedTuple):
    size: int
    absolute: bool
    style: Style

    def last(self, asked: Mapping[str, str]) -> str | None:
        """The tag after which the page asked for begins."""
        if self.style == "opaque":
            return base64.urlsafe_b64decode(asked["next_page"]).decode() if "next_page" in asked else None
        return asked.get("last")

    def link(self, url: str, path: str, size: int, last: str) -> str:
        """A Link header that leads to the page after this tag."""
        start = "" if self.style == "query" else f"{url}{path}" if self.absolute else path
        if self.style == "opaque":
            query = urlencode({"n": size, "next_page": base64.urlsafe_b64encode(last.encode()).decode()})
        else:
            query = urlencode({"last": last, "n": size})
        target = f"<{start}?{query}>"
        if self.style == "unquoted":
            return f"{target}; rel=next"
        if self.style == "several":
            return f'<{start}?n={size}>; rel="first"; title="one, two", {target}; rel="next"'
        return f'{target}; rel="next"'
