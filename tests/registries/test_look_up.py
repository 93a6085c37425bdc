"""What template tags ask for is looked up once for each name, all at the same time, and each failure is its own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from assets_actions.registries import http
from assets_actions.registries.http import Http
from assets_actions.registries.look_up import Age, LookUp
from assets_actions.rules.policy import Images, Packages
from assets_actions.templates.pins import Resolution
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted
from tests.registries.package_index import Index
from tests.registries.proxy import Answer, Drop, Fault, Proxy
from tests.registries.registry import Registry

NOW = datetime(2024, 1, 20, tzinfo=UTC)
TODAY = Age(NOW)
Resolve = Callable[..., Resolution]


@pytest.fixture
def resolve(index: Index) -> Resolve:
    def run(*wanted: Wanted, age: Age = TODAY, images: object = None, packages: object = None) -> Resolution:
        of_packages = Packages.model_validate(packages or {"indexes": [index.url]})
        return LookUp(Http(backoff=0.01), Images.model_validate(images or {}), of_packages, age).resolve(wanted)

    return run


@pytest.fixture(scope="module")
def aged(registry: Registry) -> str:
    """An image that is made each day."""
    for number in range(1, 21):
        tags = [f"202401{number:02}", *(["latest"] if number == 20 else [])]
        registry.push("aged", *tags, created=f"2024-01-{number:02}T00:00:00Z")
    return "aged"


def answers(found: Resolution) -> dict[str, str]:
    return {pin.image: pin.reference for pin in found.pins.images} | {
        pin.package: pin.version for pin in found.pins.packages
    }


def test_images_and_packages_are_found_together(
    registry: Registry, proxy: Proxy, index: Index, resolve: Resolve
) -> None:
    digest = registry.push("together", "1", "2", "latest")
    index.add("thing", "1.0")
    image, package = ImageTag(f"{proxy.host}/together", None), PackageVersion("Thing", False)
    found = resolve(image, package)
    assert answers(found) == {image.image: ":2", "thing": "1.0"}
    assert found.pins.images[0].digest == digest
    assert (found.failures, found.warnings) == ({}, {})
    assert found.offers[image].available == {"1", "2", "latest"}
    assert found.offers[package.canonical].available == {"1.0"}


def test_what_is_wanted_of_one_image_shares_a_list_of_tags(registry: Registry, proxy: Proxy, resolve: Resolve) -> None:
    registry.push("shared", "1", "2", "x-3", "latest")
    name = f"{proxy.host}/shared"
    found = resolve(ImageTag(name, None), ImageTag(name, r"\d"), ImageTag(name, r"x-\d"), ImageTag(name, "nope"))
    assert {pin.tag_regex: pin.reference for pin in found.pins.images} == {None: ":x-3", r"\d": ":2", r"x-\d": ":x-3"}
    assert list(found.failures) == [ImageTag(name, "nope")]
    assert [request.path for request in proxy.requests if request.method == "GET"] == ["/v2/shared/tags/list?n=1000"]


def test_a_failure_does_not_stop_the_others(registry: Registry, proxy: Proxy, index: Index, resolve: Resolve) -> None:
    registry.push("fine", "1", "latest")
    registry.push("hostile", "1", "latest")
    index.add("fine", "1.0")
    proxy.answers["/v2/hostile/tags/list"] = Answer(body=b"[" * 100_000)
    proxy.faults = [Fault(Drop(), path="/v2/dropped/")]
    names = ["fine", "hostile", "missing", "dropped"]
    images = {name: ImageTag(f"{proxy.host}/{name}", None) for name in names}
    nowhere = ImageTag("127.0.0.1:1/x", None)
    missing = PackageVersion("missing", False)
    found = resolve(*images.values(), nowhere, missing, PackageVersion("fine", False))
    assert answers(found) == {images["fine"].image: ":1", "fine": "1.0"}
    outside = {wanted: failure.is_outside for wanted, failure in found.failures.items()}
    assert outside == {
        images["hostile"]: True,
        images["missing"]: False,
        images["dropped"]: True,
        nowhere: True,
        missing: False,
    }
    said = found.failures[images["dropped"]].message
    assert said == f"{proxy.host} broke off the connection"


def test_answers_are_in_the_same_order_each_time(registry: Registry, proxy: Proxy, resolve: Resolve) -> None:
    names = [f"ordered-{number}" for number in range(8)]
    for name in names:
        registry.push(name, "1")
    wanted = [ImageTag(f"{proxy.host}/{name}", "1") for name in names]
    assert [pin.wanted for pin in resolve(*reversed(wanted)).pins.images] == wanted


def test_many_take_as_long_as_the_slowest(registry: Registry, proxy: Proxy, index: Index, resolve: Resolve) -> None:
    wanted: list[Wanted] = []
    for number in range(40):
        registry.push(f"many-{number}", "1", "2", "latest")
        wanted += [ImageTag(f"{proxy.host}/many-{number}", regex) for regex in (None, r"\d", r"[2]", ".*", "1", "2")]
    for number in range(15):
        index.add(f"many-{number}", "1.0")
        spellings = (f"many-{number}", f"Many_{number}")
        wanted += [PackageVersion(name, pre) for name in spellings for pre in (True, False)]
    assert len(wanted) == 300
    proxy.latency = index.latency = 0.1
    began = time.monotonic()
    found = resolve(*wanted)
    took = time.monotonic() - began
    assert not found.failures
    assert (len(found.pins.images), len(found.pins.packages)) == (240, 30)
    assert len(index.requests) == 15
    lists = [request for request in proxy.requests if "/tags/list" in request.path]
    assert len(lists) == 40
    assert len(proxy.requests) == 40 + 40 * 2
    assert proxy.peak <= http.CONNECTIONS
    assert took < 2  # one after the other they would take 17.5 s


def test_a_host_is_asked_by_no_more_connections_than_allowed(
    registry: Registry, proxy: Proxy, resolve: Resolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "CONNECTIONS", 5)
    for number in range(10):
        registry.push(f"bounded-{number}", "1", "2", "latest")
    proxy.latency = 0.01
    found = resolve(*(ImageTag(f"{proxy.host}/bounded-{number}", None) for number in range(10)))
    assert len(found.pins.images) == 10
    assert 1 < proxy.peak <= 5


@pytest.mark.parametrize(
    ("age", "images", "tag"),
    [
        (Age(NOW), {}, "20"),
        (Age(NOW), {"minimum_age": "3d"}, "17"),
        (Age(NOW), {"minimum_age": "1w"}, "13"),
        (Age(NOW), {"minimum_age": "3d", "minimum_age_exceptions": ["*/aged"]}, "20"),
        (Age(NOW), {"minimum_age": "3d", "minimum_age_exceptions": ["aged", "*/other"]}, "17"),
        (Age(NOW, as_of=datetime(2024, 1, 10, 12, tzinfo=UTC)), {}, "10"),
        (Age(NOW, as_of=datetime(2024, 1, 10, 12, tzinfo=UTC)), {"minimum_age": "3d"}, "07"),
        (
            Age(NOW, as_of=datetime(2024, 1, 10, 12, tzinfo=UTC)),
            {"minimum_age": "3d", "minimum_age_exceptions": ["*"]},
            "10",
        ),
        (Age(NOW, minimum=timedelta(days=1)), {"minimum_age": "3d"}, "19"),
        (Age(NOW, minimum=timedelta(0)), {"minimum_age": "3d"}, "20"),
    ],
)
@pytest.mark.parametrize("regex", [None, r"2024\d+"])
def test_an_image_is_as_old_as_is_wanted(
    aged: str, proxy: Proxy, resolve: Resolve, age: Age, images: object, tag: str, regex: str | None
) -> None:
    wanted = ImageTag(f"{proxy.host}/{aged}", regex)
    found = resolve(wanted, age=age, images=images)
    assert answers(found) == {wanted.image: f":202401{tag}"}
    newer = {f"202401{number:02}" for number in range(int(tag) + 1, 21)}
    assert set(found.offers[wanted].passed_over) >= newer


def test_settings_of_images_count(registry: Registry, proxy: Proxy, resolve: Resolve) -> None:
    digest = registry.push("settings", "v9", "v10", "latest", platforms=["linux/amd64", "linux/arm64"])
    wanted = ImageTag(f"{proxy.host}/settings", r"v\d+")
    found = resolve(wanted, images={"order": "natural", "pin": "tag@digest"})
    assert answers(found) == {wanted.image: f":v10@{digest}"}
    failed = resolve(wanted, images={"platform": "linux/s390x"})
    assert failed.failures[wanted].message.endswith("/settings:v9 is not there for linux/s390x")


def test_a_version_that_no_number_can_hold_is_not_there(index: Index, resolve: Resolve) -> None:
    index.add("huge", "1.0")
    index.add("huge", "9" * 5000, filename=f"huge-{'9' * 5000}.tar.gz")
    wanted = PackageVersion("huge", False)
    found = resolve(wanted)
    assert found.pins.answer(wanted) == "1.0"
    assert found.offers[wanted].available == {"1.0"}
