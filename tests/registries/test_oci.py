"""Registries are asked as the OCI distribution specification has it, with logins that go where they belong."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from assets_actions.registries import oci
from assets_actions.registries.http import Answer as Answered
from assets_actions.registries.http import Http, LookUpError
from assets_actions.registries.logins import DOCKER_VARIABLE
from assets_actions.registries.oci import Registry as Asked
from assets_actions.runner import LOGIN
from tests.registries.proxy import Answer, Fault, Proxy, Style, basic
from tests.registries.registry import DOCKER, OCI, READER, Registry

DIGEST = "sha256:" + "a" * 64
QUICK = Http(backoff=0.01)
MANY = [f"2024{number:04}.v1" for number in range(2500)]


def asked(server: Registry | Proxy, http: Http = QUICK) -> Asked:
    return Asked(server.host, http)


@pytest.fixture
def log_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Puts a login for a host into the environment."""

    def put(host: str, user: str, password: str) -> None:
        monkeypatch.setenv(LOGIN + host.replace(".", "_").replace(":", "_"), f"{user}:{password}")

    return put


@pytest.fixture
def fake() -> Iterator[Proxy]:
    """Answers what a test says, nothing else."""
    with Proxy() as fake:
        yield fake


@pytest.fixture
def other() -> Iterator[Proxy]:
    """Another host."""
    with Proxy() as other:
        yield other


@pytest.fixture(scope="module")
def many(registry: Registry) -> str:
    """An image with 2,500 tags."""
    registry.push("many", *MANY)
    return "many"


# Tags


def test_all_tags_are_listed(registry: Registry) -> None:
    registry.push("few/parts/name", "1.0", "latest", "V_2-x")
    assert sorted(asked(registry).tags("few/parts/name")) == ["1.0", "V_2-x", "latest"]


def test_a_registry_that_pages_by_itself_is_asked_to_the_end(registry: Registry, many: str) -> None:
    assert sorted(asked(registry).tags(many)) == MANY


@pytest.mark.parametrize(
    ("style", "absolute"),
    [
        (style, absolute)
        for style in get_args(Style)
        for absolute in (False, True)
        if (style, absolute) != ("query", True)
    ],
)
def test_pages_are_asked_for_to_the_end(proxy: Proxy, many: str, style: Style, absolute: bool) -> None:
    proxy.page_tags(400, absolute, style)
    assert sorted(asked(proxy).tags(many)) == MANY
    assert len(proxy.requests) == 7


def test_a_page_of_the_size_of_the_list_is_the_last(proxy: Proxy, registry: Registry) -> None:
    registry.push("exact", "1", "2", "3", "4")
    proxy.page_tags(2)
    assert sorted(asked(proxy).tags("exact")) == ["1", "2", "3", "4"]
    assert len(proxy.requests) == 2


def test_a_registry_that_gives_fewer_at_a_time_is_asked_again(proxy: Proxy, registry: Registry) -> None:
    registry.push("small-pages", "1", "2", "3")
    proxy.page_tags(2)
    proxy.faults = [Fault(Answer.json({"errors": [{"code": "PAGINATION_NUMBER_INVALID"}]}, 400), path=r"\?n=1000$")]
    assert sorted(asked(proxy).tags("small-pages")) == ["1", "2", "3"]


def test_pages_in_a_circle_are_refused(fake: Proxy) -> None:
    fake.answers["/v2/x/tags/list"] = Answer.json(
        {"tags": ["1"]}, headers={"Link": '</v2/x/tags/list?n=7>; rel="next"'}
    )
    with pytest.raises(LookUpError, match="lists the tags of x without an end"):
        asked(fake).tags("x")
    assert len(fake.requests) == 2


def test_pages_without_an_end_are_refused(fake: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "MOST_PAGES", 20)
    for number in range(30):
        link = {"Link": f'</v2/x/tags/list?last={number + 1}>; rel="next"'}
        fake.answers[f"/v2/x/tags/list?last={number}"] = Answer.json({"tags": [str(number)]}, headers=link)
    fake.answers[f"/v2/x/tags/list?n={oci.PAGE}"] = fake.answers["/v2/x/tags/list?last=0"]
    with pytest.raises(LookUpError, match="without an end"):
        asked(fake).tags("x")
    assert len(fake.requests) == 20


def test_a_page_on_another_host_is_not_asked_for(fake: Proxy, other: Proxy) -> None:
    link = {"Link": f'<{other.url}/v2/x/tags/list?last=1>; rel="next"'}
    fake.answers["/v2/x/tags/list"] = Answer.json({"tags": ["1"]}, headers=link)
    with pytest.raises(LookUpError, match=f"^{fake.host} sends us to {other.host} for more tags$"):
        asked(fake).tags("x")
    assert other.requests == []


@pytest.mark.parametrize("url", ["http://[", "//[/", "http://127.0.0.1:99999/", "http://127.0.0.1:x/"])
def test_a_page_nowhere_is_an_error(fake: Proxy, url: str) -> None:
    fake.answers["/v2/x/tags/list"] = Answer.json({"tags": ["1"]}, headers={"Link": f'<{url}>; rel="next"'})
    with pytest.raises(LookUpError, match="sends us "):
        asked(fake).tags("x")


@pytest.mark.parametrize(
    "link",
    ["", "nonsense", "<>", "<", '</v2/x/tags/list?last=1>; rel="prev"', "</v2/x/tags/list?last=1>", "; rel=next,"],
)
def test_a_link_that_leads_to_no_next_page_ends_the_list(fake: Proxy, link: str) -> None:
    fake.answers["/v2/x/tags/list"] = Answer.json({"tags": ["1"]}, headers={"Link": link})
    assert asked(fake).tags("x") == ["1"]


@pytest.mark.parametrize(
    ("host", "link", "path"),
    [
        ("r.test", "https://r.test/v2/x/tags/list?last=1", "/v2/x/tags/list?last=1"),
        ("r.test", "https://R.TEST:443/v2/x/tags/list?last=1", "/v2/x/tags/list?last=1"),
        ("r.test", "http://r.test/v2/x/tags/list?last=1", "/v2/x/tags/list?last=1"),
        ("r.test", "//r.test/v2/x/tags/list?last=1", "/v2/x/tags/list?last=1"),
        ("docker.io", "https://registry-1.docker.io/v2/x/tags/list?last=1", "/v2/x/tags/list?last=1"),
        ("r.test:5000", "https://r.test:5000/v2/x/tags/list", "/v2/x/tags/list"),
        ("r.test:5000", "https://r.test/v2/x/tags/list", None),
        ("r.test", "https://r.test.evil/v2/x/tags/list", None),
        ("r.test", "https://r.test@evil/v2/x/tags/list", None),
    ],
)
def test_the_next_page_is_one_of_the_same_host_whatever_its_scheme(host: str, link: str, path: str | None) -> None:
    answer = Answered(200, {"Link": f'<{link}>; rel="next"'}, b"", "")
    registry = Asked(host, QUICK)
    if path is None:
        with pytest.raises(LookUpError, match="sends us to"):
            registry._next(answer, "/v2/x/tags/list")  # noqa: SLF001
    else:
        assert registry._next(answer, "/v2/x/tags/list") == path  # noqa: SLF001


def test_a_list_without_tags_is_empty(fake: Proxy) -> None:
    fake.answers = {f"/v2/{key}/tags/list": Answer.json(said) for key, said in {"a": {"tags": None}, "b": {}}.items()}
    assert asked(fake).tags("a") == asked(fake).tags("b") == []


def test_what_can_be_no_tag_is_none(fake: Proxy) -> None:
    tags = [
        "1",
        2,
        None,
        ["3"],
        {"4": 5},
        "a b",
        "a\n",
        "\na",
        "",
        "-x",
        ".x",
        "x" * 129,
        "é",
        "\ud800",
        "a/b",
        "a:b",
        "$(id)",
    ]
    fake.answers["/v2/x/tags/list"] = Answer.json({"tags": [*tags, "y" * 128]})
    assert asked(fake).tags("x") == ["1", "y" * 128]


@pytest.mark.parametrize("tags", ["abc", 5, {"a": 1}, True])
def test_tags_that_are_no_list_are_an_error(fake: Proxy, tags: object) -> None:
    fake.answers["/v2/x/tags/list"] = Answer.json({"tags": tags})
    with pytest.raises(LookUpError, match="lists the tags of x in a form of its own"):
        asked(fake).tags("x")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"7", b'"x"', b"[" * 100_000, b'{"tags": ' * 100_000, b"\xff\xfe", b"1" * 5000],
)
def test_what_is_no_json_object_is_an_error(fake: Proxy, body: bytes) -> None:
    for path in ("/v2/x/tags/list", "/v2/x/manifests/1"):
        fake.answers[path] = Answer(body=body)
    for ask in (lambda: asked(fake).tags("x"), lambda: asked(fake).image("x", "1", None)):
        with pytest.raises(LookUpError, match=f"^{fake.host} answered something that is no JSON object$") as caught:
            ask()
        assert caught.value.is_outside


@pytest.mark.parametrize(
    ("status", "message", "is_outside"),
    [(404, "has no x", False), (403, "does not let us see x", True), (418, "answered 418 when asked for x", True)],
)
def test_an_image_that_cannot_be_seen_is_an_error(fake: Proxy, status: int, message: str, is_outside: bool) -> None:
    fake.faults = [Fault(Answer(status))]
    with pytest.raises(LookUpError, match=f"^{fake.host} {message}") as caught:
        asked(fake).tags("x")
    assert caught.value.is_outside is is_outside


# Digests


@pytest.mark.parametrize("docker", [False, True])
@pytest.mark.parametrize("platforms", [(), ("linux/amd64", "linux/arm64/v8")])
def test_a_digest_is_that_of_an_index_or_a_manifest(
    proxy: Proxy, registry: Registry, platforms: tuple[str, ...], docker: bool
) -> None:
    name = f"digest/{docker}{len(platforms)}".lower()
    digest = registry.push(name, "1", platforms=platforms, docker=docker)
    assert asked(proxy).digest(name, "1") == digest
    (request,) = proxy.requests
    assert request.method == "HEAD"
    accepted = [kind.strip() for kind in request.headers["Accept"].split(",")]
    assert sorted(accepted) == sorted([OCI.manifest, OCI.index, DOCKER.manifest, DOCKER.index])


@pytest.mark.parametrize("said", [None, "", "md5:abc", "sha256:abc", DIGEST + "\u00e9", "sha512:" + "a" * 128])
def test_a_digest_that_is_not_said_is_that_of_the_content(proxy: Proxy, registry: Registry, said: str | None) -> None:
    digest = registry.push("unsaid", "1")
    proxy.faults = [Fault(Answer(200, {"Docker-Content-Digest": said} if said is not None else {}), method="HEAD")]
    assert asked(proxy).digest("unsaid", "1") == digest
    assert [request.method for request in proxy.requests] == ["HEAD", "GET"]


def test_a_tag_that_leads_nowhere_has_neither_digest_nor_image(registry: Registry) -> None:
    registry.push("nowhere", "1")
    assert asked(registry).digest("nowhere", "2") is None
    assert asked(registry).image("nowhere", "2", None) is None


# Images

CREATED = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_an_image_has_a_digest_and_a_date(registry: Registry) -> None:
    digest = registry.push("image", "1", created="2024-05-06T07:08:09Z")
    assert asked(registry).image("image", "1", None) == (digest, CREATED)
    assert asked(registry).image("image", digest, "linux/amd64") == (digest, CREATED)


@pytest.mark.parametrize("docker", [False, True])
def test_of_several_platforms_the_one_that_is_wanted_counts(registry: Registry, docker: bool) -> None:
    name = f"platforms-{docker}".lower()
    index = registry.push(
        name, "1", created="2024-05-06T07:08:09Z", platforms=["linux/amd64", "linux/arm64/v8"], docker=docker
    )
    found = {
        platform: asked(registry).image(name, "1", platform)
        for platform in ("linux/amd64", "linux/arm64", "linux/arm64/v8", None)
    }
    digests = {platform: info.digest for platform, info in found.items() if info and info.created == CREATED}
    assert digests["linux/arm64"] == digests["linux/arm64/v8"] != digests["linux/amd64"] == digests[None]
    assert index not in digests.values()


@pytest.mark.parametrize("platforms", [(), ("linux/amd64", "linux/arm64/v8")])
@pytest.mark.parametrize("wanted", ["windows/amd64", "linux/s390x", "linux/arm64/v7", "linux/amd"])
def test_a_platform_that_is_missing_is_an_error(registry: Registry, platforms: tuple[str, ...], wanted: str) -> None:
    name = f"missing-{len(platforms)}"
    registry.push(name, "1", platforms=platforms)
    with pytest.raises(LookUpError, match=f"/{name}:1 is not there for {wanted}$") as caught:
        asked(registry).image(name, "1", wanted)
    assert not caught.value.is_outside


@pytest.mark.parametrize(
    ("created", "made"),
    [
        (None, None),
        ("", None),
        ("yesterday", None),
        ("2024-05-06", None),
        ("2024-05-06T07:08:09", None),
        ("9" * 1_000_000, None),
        ("2024-05-06T07:08:09.123456789Z", CREATED.replace(microsecond=123456)),
        ("2024-05-06T09:08:09+02:00", CREATED),
        ("0001-01-01T00:00:00+23:59", datetime.fromisoformat("0001-01-01T00:00:00+23:59")),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_date_is_one_with_a_time_zone(registry: Registry, created: str | None, made: datetime | None) -> None:
    name = "dated/" + hashlib.sha256(str(created).encode()).hexdigest()
    registry.push(name, "1", created=created)
    info = asked(registry).image(name, "1", None)
    assert info
    assert info.created == made


def _serve(fake: Proxy, manifest: object, config: object = None) -> None:
    fake.answers["/v2/x/manifests/1"] = Answer.json(manifest)
    fake.answers[f"/v2/x/blobs/{DIGEST}"] = Answer.json(config)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({}, "is no image: it has no configuration"),
        ({"config": None}, "is no image"),
        ({"config": "x"}, "is no image"),
        ({"config": {}}, "is no image"),
        ({"config": {"digest": 7}}, "is no image"),
        ({"config": {"digest": "sha256:../../../etc"}}, "is no image"),
        ({"config": {"digest": DIGEST}}, f"answered something else than {DIGEST}"),
        ({"config": {"digest": "sha256:" + "b" * 64}}, "has no x"),
        ({"manifests": []}, "is not there for any platform"),
        ({"manifests": ["x", None, 7, []]}, "is not there for any platform"),
        ({"manifests": [{"platform": {"os": "unknown", "architecture": "unknown"}}]}, "is not there for any platform"),
        ({"manifests": [{}]}, "names an image that is not there"),
        ({"manifests": [{"platform": "linux", "digest": "1"}]}, "names an image that is not there"),
        ({"manifests": [{"platform": {"os": ["linux"]}, "digest": DIGEST}]}, "names an image that is not there"),
        ({"manifests": "x"}, "is no image"),
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_is_an_error(fake: Proxy, manifest: object, message: str) -> None:
    _serve(fake, manifest, {})
    with pytest.raises(LookUpError, match=message):
        asked(fake).image("x", "1", None)


@pytest.mark.parametrize("config", [[], "x", None])
def test_a_configuration_that_is_no_object_is_an_error(fake: Proxy, config: object) -> None:
    digest = "sha256:" + hashlib.sha256(json.dumps(config).encode()).hexdigest()
    fake.answers["/v2/x/manifests/1"] = Answer.json({"config": {"digest": digest}})
    fake.answers[f"/v2/x/blobs/{digest}"] = Answer.json(config)
    with pytest.raises(LookUpError, match="no JSON object"):
        asked(fake).image("x", "1", None)


@pytest.mark.parametrize("config", [{"created": {}}, {"created": 7, "os": [], "architecture": {}}])
def test_a_configuration_with_odd_values_has_no_date(fake: Proxy, config: dict[str, Any]) -> None:
    digest = "sha256:" + hashlib.sha256(json.dumps(config).encode()).hexdigest()
    fake.answers["/v2/x/manifests/1"] = Answer.json({"config": {"digest": digest}})
    fake.answers[f"/v2/x/blobs/{digest}"] = Answer.json(config)
    info = asked(fake).image("x", "1", None)
    assert info
    assert info.created is None


def test_content_that_is_not_what_its_digest_says_is_an_error(fake: Proxy) -> None:
    fake.answers[f"/v2/x/manifests/{DIGEST}"] = Answer.json({})
    with pytest.raises(LookUpError, match=f"answered something else than {DIGEST}"):
        asked(fake).image("x", DIGEST, None)


# Logins


def test_without_a_login_a_registry_that_wants_one_says_so(basic_registry: Registry, bearer_registry: Registry) -> None:
    for server in (basic_registry, bearer_registry):
        with pytest.raises(LookUpError, match=r"does not let us see private: .*docker login") as caught:
            asked(server).tags("private")
        assert caught.value.is_outside


def test_a_login_goes_with_each_request(basic_registry: Registry, log_in: Callable[[str, str, str], None]) -> None:
    digest = basic_registry.push("team/image", "1", created="2024-05-06T07:08:09Z")
    with Proxy(basic_registry.host) as proxy:
        log_in(proxy.host, *READER)
        client = asked(proxy)
        assert client.tags("team/image") == ["1"]
        assert client.digest("team/image", "1") == digest
        assert client.image("team/image", "1", None) == (digest, CREATED)
        sent = [request.headers.get("Authorization") for request in proxy.requests]
    assert sent == [None, *[basic(*READER)] * 4]


def test_a_wrong_login_is_refused(
    basic_registry: Registry, bearer_registry: Registry, log_in: Callable[[str, str, str], None]
) -> None:
    for server in (basic_registry, bearer_registry):
        log_in(server.host, "reader", "wrong")
        with pytest.raises(LookUpError, match="does not let us see private") as caught:
            asked(server).tags("private")
        assert "wrong" not in str(caught.value)


def test_a_token_is_to_be_had_without_a_login(bearer_registry: Registry) -> None:
    digest = bearer_registry.push("public/image", "1", "latest")
    before = len(bearer_registry.token_requests)
    client = asked(bearer_registry)
    assert sorted(client.tags("public/image")) == ["1", "latest"]
    assert client.digest("public/image", "1") == digest
    (request,) = bearer_registry.token_requests[before:]
    assert "Authorization" not in request.headers
    assert "scope=repository:public/image:pull" in request.path
    assert "service=registry.test" in request.path


@pytest.mark.parametrize("keys", [["token"], ["access_token"], ["token", "access_token"]])
def test_a_token_is_asked_for_once_with_a_login(
    bearer_registry: Registry, keys: list[str], log_in: Callable[[str, str, str], None]
) -> None:
    assert bearer_registry.tokens
    bearer_registry.tokens.keys = keys
    digest = bearer_registry.push("team/image", "1", created="2024-05-06T07:08:09Z")
    with Proxy(bearer_registry.host) as proxy, ThreadPoolExecutor(8) as pool:
        log_in(proxy.host, *READER)
        before = len(bearer_registry.token_requests)
        client = asked(proxy)
        assert set(pool.map(lambda _: client.digest("team/image", "1"), range(16))) == {digest}
        assert client.image("team/image", "1", None) == (digest, CREATED)
        (request,) = bearer_registry.token_requests[before:]
        assert request.headers["Authorization"] == basic(*READER)
        sent = {str(request.headers.get("Authorization")).partition(" ")[0] for request in proxy.requests}
    assert sent == {"None", "Bearer"}  # the login itself goes to the token server alone


def test_each_repository_has_a_token_of_its_own_and_none_waits_for_another(bearer_registry: Registry) -> None:
    assert bearer_registry.tokens
    names = [f"public/own-{number}" for number in range(12)]
    for name in names:
        bearer_registry.push(name, "1")
    client = asked(bearer_registry)
    bearer_registry.tokens.latency = 0.1
    began = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(client.tags, names)) == [["1"]] * 12
    bearer_registry.tokens.latency = 0.0
    assert time.monotonic() - began < 0.6


def test_an_expired_token_is_renewed(bearer_registry: Registry) -> None:
    assert bearer_registry.tokens
    bearer_registry.push("public/renewed", "1")
    with Proxy(bearer_registry.host) as proxy:
        client = asked(proxy)
        client.tags("public/renewed")
        realm = bearer_registry.tokens.url
        challenge = {"WWW-Authenticate": f'Bearer realm="{realm}",service="registry.test",error="invalid_token"'}
        proxy.faults = [Fault(Answer(401, challenge), times=1)]
        before = len(bearer_registry.token_requests)
        assert client.tags("public/renewed") == ["1"]
        assert len(bearer_registry.token_requests) == before + 1


def test_an_identity_token_is_changed_for_a_token_by_a_form(fake: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DOCKER_VARIABLE, json.dumps({"auths": {fake.host: {"identitytoken": "long-lived"}}}))
    challenge = {"WWW-Authenticate": f'Bearer realm="{fake.url}/token",service="r"'}
    fake.answers = {"/token": Answer.json({"access_token": "short"}), "/v2/x/tags/list": Answer.json({"tags": ["1"]})}
    fake.faults = [Fault(Answer(401, challenge), path="^/v2/", times=1)]
    assert asked(fake).tags("x") == ["1"]
    token = fake.requests[1]
    assert (token.method, token.headers.get("Authorization")) == ("POST", None)
    assert token.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sorted(token.body.decode().split("&")) == [
        "client_id=assets-actions",
        "grant_type=refresh_token",
        "refresh_token=long-lived",
        "scope=repository%3Ax%3Apull",
        "service=r",
    ]
    assert fake.requests[2].headers["Authorization"] == "Bearer short"


def test_a_redirect_to_another_host_takes_no_token_along(
    bearer_registry: Registry, other: Proxy, log_in: Callable[[str, str, str], None]
) -> None:
    config = json.dumps({"created": "2024-05-06T07:08:09Z"}).encode()
    config_digest = "sha256:" + hashlib.sha256(config).hexdigest()
    manifest = json.dumps({"config": {"digest": config_digest}}).encode()
    bearer_registry.push("team/redirected", "1")
    other.answers = {"/manifest": Answer(body=manifest), "/blob": Answer(body=config)}
    with Proxy(bearer_registry.host) as proxy:
        log_in(proxy.host, *READER)
        client = asked(proxy)
        client.tags("team/redirected")
        proxy.answers = {
            "/v2/team/redirected/manifests/1": Answer(307, {"Location": f"{other.url}/manifest"}),
            f"/v2/team/redirected/blobs/{config_digest}": Answer(307, {"Location": f"{other.url}/blob"}),
        }
        info = client.image("team/redirected", "1", None)
        assert info
        assert info.created == CREATED
        assert all("Bearer" in request.headers["Authorization"] for request in proxy.requests[1:])
    assert [request.path for request in other.requests] == ["/manifest", "/blob"]
    assert all("Authorization" not in request.headers for request in other.requests)


def test_a_login_goes_to_no_other_registry(
    basic_registry: Registry, other: Proxy, log_in: Callable[[str, str, str], None]
) -> None:
    log_in(basic_registry.host, *READER)
    other.faults = [Fault(Answer(401, {"WWW-Authenticate": 'Basic realm="x"'}))]
    with pytest.raises(LookUpError, match="does not let us see"):
        asked(other).tags("x")
    assert [request.headers.get("Authorization") for request in other.requests] == [None]


@pytest.mark.parametrize(
    ("host", "realm"),
    [
        ("127.0.0.1", "http://login.test/token"),
        ("127.0.0.1", "http://127.0.0.1.evil.test/token"),
        ("127.0.0.1", "http://127.0.0.1:80@evil.test/token"),
        ("127.0.0.1", "http://["),
        ("127.0.0.1", ""),
        ("127.0.0.1", "file:///etc/passwd"),
        ("r.test", "http://127.0.0.1/token"),
    ],
)
def test_a_login_is_not_sent_without_encryption(host: str, realm: str) -> None:
    with pytest.raises(LookUpError, match="to log in, which is not encrypted"):
        Asked(host, QUICK)._token("x", {"realm": realm}, None)  # noqa: SLF001


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Negotiate",
        "Bearer",
        "Bearer realm",
        'Digest realm="x"',
        "Bearer realm=x",
        'bearer realm=""',
        "Basic",
        '"' * 5000,
    ],
)
def test_a_challenge_that_is_not_understood_is_an_error(fake: Proxy, challenge: str) -> None:
    fake.faults = [Fault(Answer(401, {"WWW-Authenticate": challenge}))]
    with pytest.raises(LookUpError, match=f"^{fake.host} "):
        asked(fake).tags("x")
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "challenge",
    [
        'Bearer realm="{}",service="r",scope="repository:x:pull"',
        'bearer Service="r", Realm="{}"',
        'Basic realm="x", Bearer realm="{}"',
        'Bearer realm="{}"  ,  service="r"',
        'Bearer realm="{}",error="insufficient_scope"',
    ],
)
def test_challenges_come_in_several_forms(fake: Proxy, challenge: str) -> None:
    fake.answers = {"/token": Answer.json({"token": "t"}), "/v2/x/tags/list": Answer.json({"tags": ["1"]})}
    fake.faults = [
        Fault(Answer(401, {"WWW-Authenticate": challenge.format(f"{fake.url}/token")}), path="^/v2/", times=1)
    ]
    assert asked(fake).tags("x") == ["1"]
    assert fake.requests[-1].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize("token", [None, 7, "", "a b", "a\nX-Evil: 1", "\u4e2d", ["t"]])
def test_a_token_that_is_none_is_an_error(fake: Proxy, token: object) -> None:
    challenge = {"WWW-Authenticate": f'Bearer realm="{fake.url}/token"'}
    fake.answers = {"/token": Answer.json({"token": token})}
    fake.faults = [Fault(Answer(401, challenge), path="^/v2/")]
    with pytest.raises(LookUpError, match="which gave no token"):
        asked(fake).tags("x")
