"""Requests are bounded in time and size, tried again where that helps, and keep logins to their hosts."""

import gzip
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from requests.auth import HTTPBasicAuth

from assets_actions.registries import http
from assets_actions.registries.http import Http, LookUpError
from tests.registries.package_index import JSON, Index
from tests.registries.proxy import Answer, Drip, Drop, Effect, Endless, Fault, Proxy, Stall, basic

LOGIN = HTTPBasicAuth("user", "secret")


@pytest.fixture
def server() -> Iterator[Proxy]:
    """Answers `/` alone."""
    with Proxy(answers={"/": Answer(200, {"ETag": '"1"'}, b"fine")}) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Proxy]:
    """Another host."""
    with Proxy(answers={"/there": Answer(body=b"there")}) as other:
        yield other


@pytest.fixture
def quick() -> Http:
    return Http(backoff=0.01)


def waits(server: Proxy) -> list[float]:
    """The times between its requests."""
    times = [request.time for request in server.requests]
    return [after - before for before, after in pairwise(times)]


# Tries


@pytest.mark.parametrize(
    "effect",
    [*(Answer(status) for status in (429, 500, 502, 503, 504)), Drop(), Answer(200, {"Content-Length": "9"}, b"half")],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_may_pass_is_tried_again(server: Proxy, quick: Http, effect: Effect, method: str) -> None:
    server.faults = [Fault(effect, times=2)]
    form = {"a": "b"} if method == "POST" else None
    assert quick.ask(method, f"{server.url}/", form=form).body == b"fine"
    assert [request.method for request in server.requests] == [method] * 3
    assert {request.body for request in server.requests} == {b"a=b" if form else b""}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 418])
def test_other_statuses_are_answers_at_once(server: Proxy, quick: Http, status: int) -> None:
    server.faults = [Fault(Answer(status, body=b"no"))]
    answer = quick.ask("GET", f"{server.url}/")
    assert (answer.status, answer.body, len(server.requests)) == (status, b"no", 1)


@pytest.mark.parametrize(
    ("effect", "message"),
    [(Answer(503), "answered 503, 5 times"), (Drop(), "broke off the connection")],
    ids=["503", "drop"],
)
def test_after_some_tries_it_is_over(server: Proxy, quick: Http, effect: Effect, message: str) -> None:
    server.faults = [Fault(effect)]
    with pytest.raises(LookUpError, match=f"^{server.host} {message}$") as caught:
        quick.ask("GET", f"{server.url}/")
    assert caught.value.is_outside
    assert len(server.requests) == http.TRIES


def test_a_closed_port_is_tried_again_and_named(quick: Http) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(LookUpError, match="connection refused"):
            quick.ask("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_each_wait_is_about_twice_the_last(server: Proxy) -> None:
    server.faults = [Fault(Answer(500), times=4)]
    Http(backoff=0.02).ask("GET", f"{server.url}/")
    for number, waited in enumerate(waits(server)):
        assert 0.02 * 2**number <= waited < 0.02 * (2**number + 0.5) + 0.1


@pytest.mark.parametrize("told", ["1", " 3600 ", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_server_says_how_long_to_wait_and_nobody_waits_for_longer_than_the_limit(
    server: Proxy, quick: Http, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.1)
    server.faults = [Fault(Answer(503, {"Retry-After": told}), times=1)]
    quick.ask("GET", f"{server.url}/")
    assert 0.1 <= waits(server)[0] < 0.5


@pytest.mark.parametrize(
    "told", ["", "soon", "-5", "0", "Fri, 01 Jan 1971 00:00:00 GMT", "Fri, 99 Foo 20000000000", "9" * 5000]
)
def test_a_wait_that_is_none_is_not_heeded(server: Proxy, quick: Http, told: str) -> None:
    server.faults = [Fault(Answer(503, {"Retry-After": told}), times=1)]
    assert quick.ask("GET", f"{server.url}/").body == b"fine"
    assert 0.01 <= waits(server)[0] < 0.3


# Limits


def test_a_server_that_does_not_answer_is_given_up(server: Proxy, quick: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.05)
    server.faults = [Fault(Stall(10))]
    with pytest.raises(LookUpError, match=f"^{server.host} did not answer in time$"):
        quick.ask("GET", f"{server.url}/")
    assert len(server.requests) == http.TRIES


@pytest.mark.parametrize(
    "headers", [{}, {"Connection": "close", "Transfer-Encoding": "identity"}], ids=["size", "none"]
)
def test_a_body_that_drips_is_given_up(
    server: Proxy, quick: Http, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "ALL_SECONDS", 0.2)
    server.faults = [Fault(Drip(0.02, answer=Answer(200, headers, b"x" * 1000)))]
    began = time.monotonic()
    with pytest.raises(LookUpError, match=r"took longer than 0\.2 s to answer"):
        quick.ask("GET", f"{server.url}/")
    assert time.monotonic() - began < 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("status", [200, 401, 404])
def test_a_body_without_an_end_is_given_up(
    server: Proxy, tmp_path: Path, status: int, cached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1_000_000)
    server.faults = [Fault(Endless(status, {"ETag": '"1"'}))]
    with pytest.raises(LookUpError, match="answered more than 1,000,000 bytes"):
        Http(tmp_path if cached else None, 0.01).ask("GET", f"{server.url}/")


def test_a_small_body_may_not_unpack_to_a_large_one(
    server: Proxy, quick: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1_000_000)
    bomb = gzip.compress(b"0" * 20_000_000)
    server.faults = [Fault(Answer(200, {"Content-Encoding": "gzip"}, bomb))]
    with pytest.raises(LookUpError, match="answered more than"):
        quick.ask("GET", f"{server.url}/")


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("status", [301, 302, 307, 308, 429, 503])
def test_a_body_that_nobody_wants_is_not_read(
    server: Proxy, other: Proxy, tmp_path: Path, status: int, cached: bool
) -> None:
    server.faults = [Fault(Endless(status, {"Location": f"{other.url}/there"}), times=1)]
    answer = Http(tmp_path if cached else None, 0.01).ask("GET", f"{server.url}/")
    assert answer.body == (b"there" if status < 400 else b"fine")


def test_no_host_gets_more_connections_than_allowed(server: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "CONNECTIONS", 3)
    server.latency = 0.02
    shared = Http(backoff=0.01)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: shared.ask("GET", f"{server.url}/").body, range(24)))
    assert answers == [b"fine"] * 24
    assert server.peak == 3


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_login_does_not_follow_to_another_host(server: Proxy, other: Proxy, quick: Http, status: int) -> None:
    server.faults = [Fault(Answer(status, {"Location": f"{other.url}/there"}))]
    answer = quick.ask("GET", f"{server.url}/", auth=LOGIN)
    assert answer.body == b"there"
    assert server.requests[0].headers["Authorization"] == basic("user", "secret")
    assert [request.headers.get("Authorization") for request in other.requests] == [None]


def test_a_login_follows_on_its_host(server: Proxy, quick: Http) -> None:
    server.faults = [Fault(Answer(307, {"Location": "/"}), path="^/moved$")]
    assert quick.ask("GET", f"{server.url}/moved", auth=LOGIN).body == b"fine"
    assert [request.headers.get("Authorization") for request in server.requests] == [basic("user", "secret")] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_form_with_a_secret_is_not_sent_elsewhere(server: Proxy, other: Proxy, quick: Http, status: int) -> None:
    server.faults = [Fault(Answer(status, {"Location": f"{other.url}/there"}))]
    assert quick.ask("POST", f"{server.url}/", form={"refresh_token": "secret"}).status == status
    assert other.requests == []


def test_cookies_are_not_kept(server: Proxy, quick: Http) -> None:
    server.faults = [Fault(Answer(200, {"Set-Cookie": "a=b; Path=/"}), times=1)]
    for _ in range(2):
        quick.ask("GET", f"{server.url}/")
    assert all("Cookie" not in request.headers for request in server.requests)


def test_redirects_in_a_circle_come_to_an_end(server: Proxy, quick: Http) -> None:
    server.faults = [Fault(Answer(302, {"Location": "/"}))]
    with pytest.raises(LookUpError, match="cannot be asked: Exceeded 5 redirects"):
        quick.ask("GET", f"{server.url}/")
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location", ["http://[", "ftp://example.com/", "file:///etc/passwd", "http://a..b/", "http://x:99999/"]
)
def test_a_redirect_to_nowhere_is_an_error_of_its_own(server: Proxy, quick: Http, location: str) -> None:
    server.faults = [Fault(Answer(302, {"Location": location}))]
    with pytest.raises(LookUpError, match=f"^{server.host} cannot be asked: "):
        quick.ask("GET", f"{server.url}/")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("at", "location", "is_refused"),
    [
        ("https://a.test/x", "http://a.test/y", True),
        ("https://a.test/x", "HTTP://b.test/y", True),
        ("https://a.test/x", " http://b.test/y", True),
        ("https://a.test/x", "https://b.test/y", False),
        ("https://a.test/x", "//b.test/y", False),
        ("https://a.test/x", "/y", False),
        ("http://a.test/x", "http://b.test/y", False),
    ],
)
def test_no_redirect_leads_out_of_encryption(at: str, location: str, is_refused: bool) -> None:
    response = requests.Response()
    response.url, response.status_code, response.headers["Location"] = at, 302, location
    session = http._Session()  # noqa: SLF001
    if is_refused:
        with pytest.raises(requests.exceptions.InvalidURL, match="without encryption"):
            session.get_redirect_target(response)
    else:
        assert session.get_redirect_target(response) == location


@pytest.mark.parametrize("url", ["http://[", "nonsense", "ftp://x/", "http://"])
def test_an_address_that_is_none_is_an_error(quick: Http, url: str) -> None:
    with pytest.raises(LookUpError, match="cannot be asked"):
        quick.ask("GET", url)


def test_a_server_that_does_not_speak_tls_is_named_once(server: Proxy, quick: Http) -> None:
    with pytest.raises(LookUpError, match="not trusted here, or does not speak TLS"):
        quick.ask("GET", f"https://{server.host}/")


# The cache


def test_an_answer_is_kept_and_asked_for_anew(index: Index, tmp_path: Path) -> None:
    index.add("thing", "1")
    bodies = [Http(tmp_path).ask("GET", f"{index.url}thing/", accept=JSON).body for _ in range(3)]
    assert bodies[0] == bodies[1] == bodies[2]
    assert (len(index.requests), index.not_modified) == (3, 2)
    assert "If-None-Match" not in index.requests[0].headers
    assert all("If-None-Match" in request.headers for request in index.requests[1:])
    index.add("thing", "2")
    assert b'"2"' in Http(tmp_path).ask("GET", f"{index.url}thing/", accept=JSON).body


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"ETag": '"1"', "Cache-Control": "max-age=3600", "Date": "Fri, 01 Jan 2100 00:00:00 GMT"}, b"old"),
        Answer(200, {"Expires": "Fri, 01 Jan 2100 00:00:00 GMT"}, b"old"),
        Answer(301, {"Location": "/old"}),
        Answer(200, {"ETag": '"1"', "Date": "never", "Expires": "x"}, b"old"),
        Answer(200, {"ETag": '"1"', "Date": "Fri, 99 Jan 0000 00:00:00 GMT"}, b"old"),
    ],
)
def test_no_answer_is_taken_for_true_without_asking(server: Proxy, tmp_path: Path, answer: Answer) -> None:
    server.answers["/"], server.answers["/old"] = answer, Answer(body=b"old")
    assert Http(tmp_path).ask("GET", f"{server.url}/").body == b"old"
    server.answers["/"] = Answer(body=b"new")
    assert Http(tmp_path).ask("GET", f"{server.url}/").body == b"new"


def test_what_accept_wants_is_told_apart(index: Index, tmp_path: Path) -> None:
    index.add("thing", "1")
    for accept in (JSON, "text/html", JSON):
        body = Http(tmp_path).ask("GET", f"{index.url}thing/", accept=accept).body
        assert body.startswith(b"{" if accept == JSON else b"<!DOCTYPE")


def test_a_cache_can_be_shared(index: Index, tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(10)]
    for name in names:
        index.add(name, "1")
    clients = [Http(tmp_path, 0.01), Http(tmp_path, 0.01)]
    asked = [(client, name) for name in names * 3 for client in clients]
    with ThreadPoolExecutor(16) as pool:
        bodies = list(pool.map(lambda one: one[0].ask("GET", f"{index.url}{one[1]}/", accept=JSON).body, asked))
    assert all(f'"name": "{name}"'.encode() in body for (_, name), body in zip(asked, bodies, strict=True))


@pytest.mark.parametrize("content", [b"", b"garbage", b"cc=4,", b"cc=4,\xff\xff\xff"])
def test_a_cache_that_is_damaged_is_none(index: Index, tmp_path: Path, content: bytes) -> None:
    index.add("thing", "1")
    whole = Http(tmp_path).ask("GET", f"{index.url}thing/", accept=JSON).body
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert kept
    for path in kept:
        path.write_bytes(content)
    assert Http(tmp_path).ask("GET", f"{index.url}thing/", accept=JSON).body == whole


def test_a_cache_that_cannot_be_written_is_none(index: Index, tmp_path: Path) -> None:
    index.add("thing", "1")
    (tmp_path / "file").write_text("")
    client = Http(tmp_path / "file", 0.01)
    assert b'"name": "thing"' in client.ask("GET", f"{index.url}thing/", accept=JSON).body
    assert len(index.requests) == 1
