"""The servers do what the tests that use them rely on."""

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urljoin

import pytest
import requests
from pypi_simple import ACCEPT_HTML_ONLY, ACCEPT_JSON_ONLY, NoSuchProjectError, PyPISimple

from tests.registries.package_index import HTML, JSON, PLAIN, Index
from tests.registries.proxy import Answer, Drip, Drop, Endless, Fault, Proxy, Stall, Style, basic
from tests.registries.registry import ACCEPT, DOCKER, OCI, READER, Registry, running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A client that takes nothing from the environment and does not wait for long."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def manifest(http: requests.Session, url: str, reference: str, **headers: str) -> requests.Response:
    name, _, tag = reference.partition(":")
    return http.get(f"{url}/v2/{name}/manifests/{tag}", headers={"Accept": ACCEPT, **headers}, timeout=5)


# The registry


@pytest.mark.parametrize("docker", [False, True])
@pytest.mark.parametrize("platforms", [(), ("linux/amd64", "linux/arm64/v8")])
def test_what_is_pushed_can_be_pulled_by_its_tags_and_digest(
    registry: Registry, http: requests.Session, platforms: tuple[str, ...], docker: bool
) -> None:
    name = f"pulled/{docker}-{len(platforms)}".lower()
    digest = registry.push(name, "1.0", "latest", created="2024-05-06T07:08:09Z", platforms=platforms, docker=docker)
    assert sorted(http.get(f"{registry.url}/v2/{name}/tags/list").json()["tags"]) == ["1.0", "latest"]
    for reference in ("1.0", "latest", digest):
        found = http.get(f"{registry.url}/v2/{name}/manifests/{reference}", headers={"Accept": ACCEPT})
        assert found.headers["Docker-Content-Digest"] == digest == f"sha256:{hashlib.sha256(found.content).hexdigest()}"
    types, said = (DOCKER if docker else OCI), found.json()
    assert said["mediaType"] == found.headers["Content-Type"] == (types.index if platforms else types.manifest)
    if platforms:
        assert [entry["platform"].get("variant") for entry in said["manifests"]] == [None, "v8"]
        said = manifest(http, registry.url, f"{name}:{said['manifests'][1]['digest']}").json()
    config = http.get(f"{registry.url}/v2/{name}/blobs/{said['config']['digest']}").json()
    wanted = {"os": "linux", "architecture": "arm64" if platforms else "amd64", "created": "2024-05-06T07:08:09Z"}
    assert wanted.items() <= config.items()


def test_contents_tell_images_apart_and_tags_do_not(registry: Registry, http: requests.Session) -> None:
    first = registry.push("apart", "1", content="1")
    assert registry.push("apart", "2", "moved", content="2") != first == registry.push("apart", "moved", content="1")
    assert manifest(http, registry.url, "apart:moved").headers["Docker-Content-Digest"] == first
    registry.delete("apart", first)
    assert manifest(http, registry.url, "apart:1").status_code == 404
    assert http.get(f"{registry.url}/v2/apart/tags/list").json()["tags"] == ["2"]


def test_a_registry_on_disk_has_all_tags_in_some_order(tmp_path: Path, http: requests.Session) -> None:
    with running(tmp_path, on_disk=True) as registry:
        tags = [str(number) for number in range(20)]
        registry.push("a", *tags)
        assert set(http.get(f"{registry.url}/v2/a/tags/list?n=3").json()["tags"]) == set(tags)


def test_a_registry_with_passwords_wants_one(basic_registry: Registry, http: requests.Session) -> None:
    digest = basic_registry.push("image", "1")
    refused = manifest(http, basic_registry.url, "image:1")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="registry"')
    assert manifest(http, basic_registry.url, "image:1", Authorization=basic("reader", "no")).status_code == 401
    pulled = manifest(http, basic_registry.url, "image:1", Authorization=basic(*READER))
    assert pulled.headers["Docker-Content-Digest"] == digest


@pytest.mark.parametrize(
    ("name", "login", "codes"),
    [
        ("public/image", None, (200, 200)),
        ("private/image", None, (200, 401)),
        ("private/image", READER, (200, 200)),
        ("private/image", ("reader", "no"), (401, 401)),
        ("public/image", ("reader", "no"), (401, 401)),
    ],
)
def test_a_registry_with_tokens_takes_those_of_its_token_server(
    bearer_registry: Registry,
    http: requests.Session,
    name: str,
    login: tuple[str, str] | None,
    codes: tuple[int, int],
) -> None:
    digest = bearer_registry.push(name, "1", platforms=["linux/amd64"])
    refused = manifest(http, bearer_registry.url, f"{name}:1")
    challenge = dict(re.findall(r'(\w+)="([^"]*)"', refused.headers["WWW-Authenticate"]))
    assert (refused.status_code, challenge["scope"]) == (401, f"repository:{name}:pull")
    query = {key: challenge[key] for key in ("service", "scope")}
    granted = http.get(challenge["realm"], params=query, auth=login)
    token = granted.json()["token"] if granted.ok else "none"
    pulled = manifest(http, bearer_registry.url, f"{name}:1", Authorization=f"Bearer {token}")
    assert (granted.status_code, pulled.status_code) == codes
    assert not pulled.ok or pulled.headers["Docker-Content-Digest"] == digest
    asked = bearer_registry.token_requests[-1]
    assert asked.path.startswith("/token?service=registry.test&scope=")
    assert asked.headers.get("authorization") == (basic(*login) if login else None)


# The proxy


@pytest.mark.parametrize(
    ("absolute", "style"),
    [(False, style) for style in get_args(Style)] + [(True, style) for style in get_args(Style) if style != "query"],
)
def test_pages_of_tags_lead_to_the_last(
    registry: Registry, proxy: Proxy, http: requests.Session, absolute: bool, style: Style
) -> None:
    tags = [f"v{number}" for number in range(5)]
    registry.push("paged", *tags)
    proxy.page_tags(2, absolute, style)
    url, pages = f"{proxy.url}/v2/paged/tags/list", []
    while url:
        page = http.get(url)
        pages.append(page.json()["tags"])
        link = page.links["next"]["url"] if "next" in page.links else ""
        assert not link or link.startswith("http://" if absolute else "?" if style == "query" else "/v2/")
        url = urljoin(url, link) if link else ""
    assert pages == [tags[:2], tags[2:4], tags[4:]]
    assert http.get(f"{proxy.url}/v2/paged/tags/list?n=1").json()["tags"] == tags[:1]
    assert http.get(f"{proxy.url}/v2/paged/tags/list?n=9").json()["tags"] == tags[:2]


def test_the_catalog_pages_by_itself(registry: Registry, proxy: Proxy, http: requests.Session) -> None:
    for name in ("catalog/a", "catalog/b"):
        registry.push(name, "1")
    page = http.get(f"{proxy.url}/v2/_catalog?n=1&last=catalog/a")
    assert page.json()["repositories"] == ["catalog/b"]
    assert page.links["next"]["url"].startswith("/v2/_catalog?")


def test_what_passes_is_recorded_and_not_changed(registry: Registry, proxy: Proxy, http: requests.Session) -> None:
    registry.push("passed", "1")
    start = time.monotonic()
    direct, passed = (manifest(http, url, "passed:1", X="y") for url in (registry.url, proxy.url))
    assert passed.content == direct.content
    assert dict(passed.headers) == {**direct.headers, "Date": passed.headers["Date"]}
    upload = http.post(f"{proxy.url}/v2/passed/blobs/uploads/")
    assert (upload.status_code, upload.headers["Location"].startswith(f"{proxy.url}/v2/")) == (202, True)
    head = http.head(f"{proxy.url}/v2/passed/manifests/1", headers={"Accept": ACCEPT})
    assert (head.headers["Content-Length"], head.content) == (str(len(direct.content)), b"")
    assert [(request.method, request.path) for request in proxy.requests] == [
        ("GET", "/v2/passed/manifests/1"), ("POST", "/v2/passed/blobs/uploads/"), ("HEAD", "/v2/passed/manifests/1"),
    ]  # fmt: skip
    assert (proxy.requests[0].headers["x"], proxy.requests[0].headers["Host"]) == ("y", proxy.host)
    assert start < proxy.requests[0].time < proxy.requests[1].time < time.monotonic()


def test_challenges_pass_unchanged(bearer_registry: Registry, http: requests.Session) -> None:
    with Proxy(bearer_registry.host) as proxy:
        direct, passed = (http.get(f"{url}/v2/") for url in (bearer_registry.url, proxy.url))
    assert direct.headers["WWW-Authenticate"] == passed.headers["WWW-Authenticate"]


def test_latency_is_waited_side_by_side_and_the_peak_is_seen() -> None:
    with Proxy(answers={"/": Answer(200)}, latency=0.2) as proxy, ThreadPoolExecutor(20) as pool:
        start = time.monotonic()
        list(pool.map(lambda _: requests.get(proxy.url, timeout=5), range(20)))
        assert 0.2 < time.monotonic() - start < 2
        assert (len(proxy.requests), proxy.peak) == (20, 20)


def test_the_peak_never_counts_who_has_its_answer() -> None:
    with Proxy(answers={"/": Answer(200, {}, b"x")}) as proxy, ThreadPoolExecutor(3) as pool:

        def ask(_: int) -> None:
            with requests.Session() as session:
                for _ in range(100):
                    session.get(proxy.url)

        list(pool.map(ask, range(3)))
        assert (len(proxy.requests), proxy.peak <= 3) == (300, True)


def test_faults_befall_whom_they_are_for_as_often_as_said(http: requests.Session) -> None:
    with Proxy(answers={"/a": Answer(200, {}, b"true"), "/a?n=1": Answer.json([1])}) as proxy:
        late = Fault(Answer(429, {"Retry-After": "1"}, b"late"), "^/a", "GET", times=2)
        proxy.faults += [late, Fault(Answer(302, {"Location": "/a?n=1"}), "^/moved$")]
        assert http.head(f"{proxy.url}/a").status_code == 200
        answers = [http.get(f"{proxy.url}/a") for _ in range(3)]
        assert [(answer.status_code, answer.text) for answer in answers] == [(429, "late")] * 2 + [(200, "true")]
        assert (answers[0].headers["Retry-After"], late.hits) == ("1", 2)
        assert http.get(f"{proxy.url}/moved").json() == [1]
        assert http.get(f"{proxy.url}/other").status_code == 404


def test_two_challenges_can_come_with_one_answer(http: requests.Session) -> None:
    challenges = [("WWW-Authenticate", 'Basic realm="a"'), ("WWW-Authenticate", 'Bearer realm="b"')]
    with Proxy(answers={"/v2/": Answer(401, challenges)}) as front, Proxy(front.host) as proxy:
        for url in (front.url, proxy.url):
            assert http.get(f"{url}/v2/").headers["WWW-Authenticate"] == 'Basic realm="a", Bearer realm="b"'


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        (Drop(), requests.ConnectionError),
        (Stall(30), requests.ReadTimeout),
        (Drip(30), requests.ConnectionError),
        (Answer(200, {"Content-Length": "100"}, b"{"), requests.exceptions.ChunkedEncodingError),
    ],
)
def test_connections_that_fail(http: requests.Session, effect: Any, error: type[Exception]) -> None:
    with Proxy(answers={"/": Answer(200, {}, b"true")}) as proxy:
        proxy.faults = [Fault(effect, times=1)]
        with pytest.raises(error):
            http.get(proxy.url, timeout=0.2)
        assert http.get(proxy.url, timeout=5).content == b"true"


def test_late_and_slow_answers_are_true_in_the_end(http: requests.Session) -> None:
    with Proxy(answers={"/": Answer(200, {}, b"true")}) as proxy:
        for effect in (Stall(0.2), Drip(0.05), Drip(0.1, size=2)):
            proxy.faults, start = [Fault(effect)], time.monotonic()
            assert http.get(proxy.url).content == b"true"
            assert 0.2 <= time.monotonic() - start < 2


def test_an_endless_answer_goes_on_until_the_client_ends_it(http: requests.Session) -> None:
    with Proxy() as proxy:
        proxy.faults = [Fault(Endless(headers={"Content-Type": "application/json"}, start=b'{"tags": ["'))]
        with http.get(proxy.url, stream=True) as answer:
            read = b"".join(chunk for chunk, _ in zip(answer.iter_content(1 << 20), range(20), strict=False))
        assert (read[:11], len(read) > 10_000_000) == (b'{"tags": ["', True)


def test_a_server_that_is_left_leaves_no_client_waiting() -> None:
    with Proxy() as proxy:
        proxy.faults = [Fault(Stall(60), "late"), Fault(Endless(), "endless")]
        clients = []
        for path in (b"idle", b"late", b"endless"):
            clients.append(socket.create_connection(("127.0.0.1", int(proxy.host.partition(":")[2]))))
            clients[-1].sendall(b"GET /" + path + b" HTTP/1.1\r\n\r\n")
        while len(proxy.requests) < 3:
            time.sleep(0.01)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    for client in clients:
        client.close()


def test_an_upstream_that_is_gone_is_a_bad_gateway(http: requests.Session) -> None:
    with Proxy() as gone:
        host = gone.host
    with Proxy(host) as proxy:
        assert http.get(proxy.url).status_code == 502


# The index


@pytest.mark.parametrize("accept", [ACCEPT_JSON_ONLY, ACCEPT_HTML_ONLY])
def test_both_forms_say_the_same(index: Index, accept: str) -> None:
    index.add("Some.Project", "1.0", uploaded="2024-01-02T03:04:05.6Z", requires_python=">=3.8,<4")
    index.add("some-project", "1.0", filename="some_project-1.0.tar.gz", yanked=True)
    index.add("some_project", "1.1rc1", yanked='"bad" & <worse>')
    index.status("Some.Project", "archived", "no <time>")
    with PyPISimple(index.url, accept=accept) as client:
        page = client.get_project_page("some-project")
        with pytest.raises(NoSuchProjectError):
            client.get_project_page("other")
    assert (page.project, page.repository_version) == ("some-project", "1.4")
    assert (str(page.status), page.status_reason) == ("archived", "no <time>")
    said = [(file.filename, file.version, file.is_yanked, file.requires_python) for file in page.packages]
    assert said == [
        ("some_project-1.0-py3-none-any.whl", "1.0", False, ">=3.8,<4"),
        ("some_project-1.0.tar.gz", "1.0", True, None),
        ("some_project-1.1rc1-py3-none-any.whl", "1.1rc1", True, None),
    ]
    assert [file.yanked_reason or "" for file in page.packages] == ["", "", '"bad" & <worse>']
    if accept == ACCEPT_JSON_ONLY:
        assert page.versions == ["1.0", "1.1rc1"]
        assert page.packages[0].upload_time is not None


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (JSON, JSON),
        (HTML, HTML),
        ("*/*", PLAIN),
        (f"{HTML};q=0.2, {JSON}, text/html;q=0.01", JSON),
        (f"{JSON};q=0.1, text/html", PLAIN),
        ("image/png", None),
    ],
)
def test_the_form_is_the_one_that_is_accepted(
    index: Index, http: requests.Session, accept: str, kind: str | None
) -> None:
    index.add("a", "1")
    answer = http.get(f"{index.url}a/", headers={"Accept": accept})
    assert (answer.headers.get("Content-Type"), answer.ok) == (kind, kind is not None)
    index.form = "html"
    assert http.get(f"{index.url}a/", headers={"Accept": JSON}).headers["Content-Type"] == PLAIN
    index.form = "json"
    assert http.get(f"{index.url}a/", headers={"Accept": HTML}).headers["Content-Type"] == JSON


def test_names_lead_to_the_normal_one(index: Index, http: requests.Session) -> None:
    index.add("Foo_Bar", "1")
    for name in ("Foo.Bar/", "foo-bar"):
        moved = http.get(f"{index.url}{name}", allow_redirects=False)
        assert (moved.status_code, moved.headers["Location"]) == (301, "/simple/foo-bar/")
    assert [request.path for request in index.requests] == ["/simple/Foo.Bar/", "/simple/foo-bar"]


def test_what_has_not_changed_is_not_sent_again(index: Index, http: requests.Session) -> None:
    index.add("a", "1")
    tag = http.get(f"{index.url}a/").headers["ETag"]
    codes = [http.get(f"{index.url}a/", headers={"If-None-Match": known}).status_code for known in (tag, '"old"')]
    assert (codes, index.not_modified) == ([304, 200], 1)
    index.add("a", "2")
    assert http.get(f"{index.url}a/", headers={"If-None-Match": tag}).status_code == 200


def test_an_index_can_want_a_login_and_fail(http: requests.Session) -> None:
    with Index(login=("reader", "secret")) as index:
        index.add("a", "1")
        assert http.get(f"{index.url}a/").headers["WWW-Authenticate"] == 'Basic realm="index"'
        assert http.get(f"{index.url}a/", auth=("reader", "no")).status_code == 401
        assert http.get(f"{index.url}a/", auth=("reader", "secret")).status_code == 200
        index.faults = [Fault(Answer(503), "/simple/a/")]
        assert http.get(f"{index.url}a/", auth=("reader", "secret")).status_code == 503


def test_a_missing_program_skips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no docker-registry on PATH"), running(tmp_path):
        pass
