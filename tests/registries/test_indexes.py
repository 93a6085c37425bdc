import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assets_actions.registries import http as http_module
from assets_actions.registries.http import Http, LookUpError
from assets_actions.registries.indexes import ARCHIVED, PUBLIC, QUARANTINED, PackageIndexes, Page
from assets_actions.templates.choice import PackageFile
from tests.registries.package_index import JSON, PLAIN, Form, Index
from tests.registries.server import Answer, Drop, Effect, Fault, Stall, basic

LOGIN = ("reader", "se:cret é")
FORMS: list[Form] = ["both", "json", "html"]


@pytest.fixture
def other() -> Iterator[Index]:
    with Index() as index:
        yield index


def page(*indexes: Index, package: str = "some-project") -> Page:
    return PackageIndexes([index.url for index in indexes], Http(backoff=0.01)).page(package)


def failure(*indexes: Index) -> LookUpError:
    with pytest.raises(LookUpError) as caught:
        page(*indexes)
    return caught.value


def know_login(monkeypatch: pytest.MonkeyPatch, index: Index, login: tuple[str, str] = LOGIN) -> None:
    host = index.host.replace(".", "_").replace(":", "_")
    monkeypatch.setenv(f"ASSETS_ACTIONS_LOGIN_{host}", ":".join(login))


@pytest.mark.parametrize("form", FORMS)
def test_a_page_has_the_files_and_what_bears_on_taking_them(index: Index, form: Form) -> None:
    index.form = form
    index.add("some-project", "1.0", requires_python=">=3.8,<4", uploaded="2025-01-02T03:04:05.678Z")
    index.add("some-project", "1.1", yanked='"bad" & <worse>')
    index.add("some-project", "1.2", yanked=True, filename="some-project-1.2.tar.gz")
    index.add("some-project", "?", filename="README")
    found = page(index)
    uploaded = None if form == "html" else datetime(2025, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert found.files == [
        PackageFile("1.0", None, uploaded, ">=3.8,<4"),
        PackageFile("1.1", '"bad" & <worse>'),
        PackageFile("1.2", ""),
    ]
    assert (found.status, found.reason) == (None, None)


def test_the_index_is_asked_for_json_first_and_takes_html_as_well(index: Index) -> None:
    index.add("some-project", "1")
    page(index)
    accept = index.requests[0].headers["Accept"]
    assert JSON in accept
    assert "text/html" in accept


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [ARCHIVED, QUARANTINED, "deprecated", "active", "of a later standard"])
def test_the_status_of_a_project_is_known_with_its_reason(index: Index, form: Form, status: str) -> None:
    index.form = form
    index.add("some-project", "1")
    index.status("some-project", status, "no <time>")
    found = page(index)
    assert (found.status, found.reason) == (status, "no <time>")
    assert [file.version for file in found.files] == ["1"]


def test_a_time_without_a_zone_is_utc(index: Index) -> None:
    index.add("some-project", "1", uploaded="2025-01-02T03:04:05")
    assert page(index).files[0].uploaded == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("form", FORMS)
def test_files_of_other_packages_do_not_count(index: Index, form: Form) -> None:
    index.form = form
    index.add("some-project", "1", filename="Some.Project-1.tar.gz")
    index.add("some-project", "9", filename="other-9-py3-none-any.whl")
    index.add("some-project", "8", filename="other-8.tar.gz")
    assert [file.version for file in page(index).files] == ["1"]


def test_the_first_index_that_has_a_package_is_the_one_for_it(index: Index, other: Index) -> None:
    index.add("some-project", "1")
    other.add("some-project", "99")
    assert [file.version for file in page(index, other).files] == ["1"]
    assert other.requests == []
    assert [file.version for file in page(other, index).files] == ["99"]


def test_the_next_index_is_asked_where_the_first_does_not_have_it(index: Index, other: Index) -> None:
    other.add("some-project", "2")
    assert [file.version for file in page(index, other).files] == ["2"]
    assert len(index.requests) == 1


@pytest.mark.parametrize("answer", [Answer(500), Answer(403), Answer(401), Answer(410), Drop()])
def test_where_the_first_index_fails_the_next_is_not_asked(index: Index, other: Index, answer: Effect) -> None:
    index.faults = [Fault(answer)]
    other.add("some-project", "99")
    assert failure(index, other).is_outside
    assert other.requests == []


def test_where_no_index_has_a_package_all_are_named(index: Index, other: Index) -> None:
    error = failure(index, other)
    assert str(error) == f"there is no package of this name at {index.host}, {other.host}"
    assert not error.is_outside


def test_a_login_goes_to_its_index_and_to_no_other(index: Index, other: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.login = LOGIN
    know_login(monkeypatch, index)
    other.add("some-project", "1")
    assert [file.version for file in page(index, other).files] == ["1"]
    assert index.requests[0].headers["Authorization"] == basic(*LOGIN)
    assert "Authorization" not in other.requests[0].headers


def test_a_login_does_not_follow_a_redirect_to_another_server(
    index: Index, other: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_login(monkeypatch, index)
    other.add("some-project", "1")
    index.faults = [Fault(Answer(302, {"Location": f"{other.url}some-project/"}))]
    assert len(page(index).files) == 1
    assert "Authorization" in index.requests[0].headers
    assert "Authorization" not in other.requests[0].headers


def test_a_login_that_is_missing_or_wrong_is_said_so(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.login = LOGIN
    wanted = f"{index.host} does not let us see it: it wants a login"
    assert (str(failure(index)), failure(index).is_outside) == (wanted, True)
    know_login(monkeypatch, index, ("reader", "no"))
    assert str(failure(index)) == wanted


def test_a_netrc_file_is_honoured(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.login = ("reader", "secret")
    index.add("some-project", "1")
    netrc = Path(os.environ["HOME"], ".netrc")
    netrc.write_text("machine 127.0.0.1 login reader password secret\n")
    netrc.chmod(0o600)
    assert len(page(index).files) == 1
    index.login = LOGIN
    know_login(monkeypatch, index)
    assert len(page(index).files) == 1, "the variable is for this one server: it goes before"


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        (Answer(500), "answered 500, 5 times"),
        (Answer(503), "answered 503, 5 times"),
        (Answer(403), "does not let us see it: it wants a login"),
        (Answer(418), "answered 418"),
        (Answer(204), "answered 204"),
        (Drop(), "broke off the connection"),
        (Stall(2), "did not answer in time"),
        (Answer(200, {"Content-Type": JSON}, b"{"), "no page of a package index"),
        (Answer(200, {"Content-Type": JSON}, b"\xff\xfe"), "no page of a package index"),
        (Answer(200, {"Content-Type": JSON}, b"[" * 100_000), "no page of a package index"),
        (Answer.json([]), "no page of a package index"),
        (Answer.json({"meta": {"api-version": "2.0"}, "name": "some-project", "files": []}), "no page"),
        (Answer.json({"meta": {"api-version": "1.0"}, "name": "some-project", "files": [{}]}), "no page"),
        (Answer.json({"project-status": "x"}), "no page"),
    ],
)
def test_whatever_fails_is_said_in_one_line(
    index: Index, monkeypatch: pytest.MonkeyPatch, effect: Effect, message: str
) -> None:
    monkeypatch.setattr(http_module, "READ_SECONDS", 0.1)
    index.faults = [Fault(effect)]
    error = failure(index)
    assert str(error).startswith(index.host)
    assert message in str(error)
    assert "\n" not in str(error)
    assert error.is_outside


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Sign in</body></html>", b"\x00\xff" * 99, b"<?xml version='1.0'?><a/>", b"http://x/y"]
)
@pytest.mark.parametrize("kind", [PLAIN, "application/octet-stream", None])
def test_a_page_without_links_is_one_of_a_package_without_files(index: Index, body: bytes, kind: str | None) -> None:
    index.faults = [Fault(Answer(200, {"Content-Type": kind} if kind else {}, body))]
    assert page(index) == Page([], None, None)


def test_a_failure_that_passes_is_none(index: Index) -> None:
    index.add("some-project", "1")
    index.faults = [Fault(Answer(503), times=2)]
    assert len(page(index).files) == 1
    assert len(index.requests) == 3


def test_a_later_minor_version_of_the_standard_is_read_without_a_word(index: Index) -> None:
    said: dict[str, Any] = {"meta": {"api-version": "1.99"}, "name": "some-project", "files": [], "new": 1}
    index.faults = [Fault(Answer(200, {"Content-Type": JSON}, json.dumps(said).encode()))]
    assert page(index) == Page([], None, None)


def test_an_address_is_the_same_with_and_without_its_last_slash(index: Index) -> None:
    index.add("some-project", "1")
    for url in (index.url, index.url.rstrip("/"), f"{index.url}//"):
        assert len(PackageIndexes([url], Http(backoff=0.01)).page("Some_Project").files) == 1
    assert [request.path for request in index.requests] == ["/simple/some-project/"] * 3


def test_without_an_index_the_public_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Http, "ask", lambda _, method, url, **__: asked.append(f"{method} {url}"))
    with pytest.raises(AttributeError):
        PackageIndexes([], Http()).page("Some_Project")
    assert asked == [f"GET {PUBLIC}some-project/"]
