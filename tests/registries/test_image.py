"""An image is pinned to the tag that is wanted, and its registry is asked no more than that takes."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from assets_actions.registries.http import Http, LookUpError
from assets_actions.registries.image import Image
from assets_actions.registries.oci import Registry as Asked
from assets_actions.rules.policy import Images
from assets_actions.templates.choice import NothingFitsError
from assets_actions.templates.tags import ImageTag
from tests.registries.proxy import Answer, Fault, Proxy, Stall
from tests.registries.registry import Registry

QUICK = Http(backoff=0.01)
DAYS = [f"2024-01-{day:02}T00:00:00Z" for day in range(32)]


def day(number: int) -> datetime:
    """Noon of a day in January."""
    return datetime(2024, 1, number, 12, tzinfo=UTC)


class Pinned:
    """Pins images by a proxy that counts."""

    def __init__(self, proxy: Proxy, pool: ThreadPoolExecutor) -> None:
        self.proxy, self.pool = proxy, pool
        self.passed_over: dict[str, str] = {}

    def __call__(
        self, name: str, regex: str | None = None, before: datetime | None = None, **settings: str | None
    ) -> str:
        """What a name is pinned to."""
        image = Image(Asked(self.proxy.host, QUICK), name, Images.model_validate(settings), before, self.pool)
        try:
            pin = image.pin(ImageTag(f"{self.proxy.host}/{name}", regex))
        finally:
            self.passed_over = image.passed_over
        assert (pin.image, pin.tag_regex) == (f"{self.proxy.host}/{name}", regex)
        return pin.reference

    @property
    def heads(self) -> int:
        return sum(request.method == "HEAD" for request in self.proxy.requests)

    @property
    def gets(self) -> list[str]:
        return [request.path for request in self.proxy.requests if request.method == "GET"]


@pytest.fixture
def pinned(proxy: Proxy) -> Iterator[Pinned]:
    with ThreadPoolExecutor(64) as pool:
        yield Pinned(proxy, pool)


# The tag of latest


def test_the_tag_that_leads_to_the_same_as_latest_is_taken(registry: Registry, pinned: Pinned) -> None:
    for number in range(1, 9):
        registry.push("same", f"{number}", content=f"{number}")
    registry.push("same", "latest", content="5")
    assert pinned("same") == ":5"


def test_without_such_a_tag_the_digest_is_taken(registry: Registry, pinned: Pinned) -> None:
    registry.push("digest", "1", "2", content="old")
    digest = registry.push("digest", "latest", content="new")
    assert pinned("digest") == f"@{digest}"
    assert pinned("digest", pin="tag@digest") == f"@{digest}"


def test_latest_alone_is_taken_by_its_digest(registry: Registry, pinned: Pinned) -> None:
    digest = registry.push("alone", "latest")
    assert pinned("alone") == f"@{digest}"


@pytest.mark.parametrize(("order", "tag"), [("lexicographical", "v9"), ("natural", "v10"), ("date", "v9")])
def test_several_tags_of_one_digest_give_the_greatest(registry: Registry, pinned: Pinned, order: str, tag: str) -> None:
    registry.push(f"several-{order}", "v10", "v9", "v1", "latest", content="new")
    registry.push(f"several-{order}", "v11", "v99", content="old")
    assert pinned(f"several-{order}", order=order) == f":{tag}"


def test_the_greatest_is_taken_though_an_answer_about_a_lesser_one_comes_first(
    registry: Registry, pinned: Pinned
) -> None:
    registry.push("race", "3", "2", "1", "latest")
    pinned.proxy.faults = [Fault(Stall(0.1), path="/manifests/3$")]
    assert pinned("race") == ":3"


@pytest.mark.parametrize(("tags", "heads"), [(3, 4), (4, 4), (50, 4)])
def test_where_the_first_tag_fits_little_is_asked(registry: Registry, pinned: Pinned, tags: int, heads: int) -> None:
    name = f"first-{tags}"
    registry.push(name, *(f"{number:03}" for number in range(tags - 1)), content="old")
    registry.push(name, "999", "latest", content="new")
    assert pinned(name) == ":999"
    assert pinned.heads <= heads
    assert pinned.gets == [f"/v2/{name}/tags/list?n=1000"]


def test_the_number_of_questions_grows_with_the_place_of_the_tag_not_the_number_of_tags(
    registry: Registry, pinned: Pinned
) -> None:
    tags = [f"{number:04}" for number in range(2500)]
    registry.push("grows", *tags, content="old")
    registry.push("grows", tags[-40], "latest", content="new")
    assert pinned("grows") == f":{tags[-40]}"
    assert 40 <= pinned.heads <= 2 * 40 + 8
    asked = [request.path for request in pinned.proxy.requests if request.method == "HEAD"]
    assert len(set(asked)) == len(asked)


def test_an_image_without_latest_has_nothing_that_fits(registry: Registry, pinned: Pinned) -> None:
    registry.push("unlatest", "1", "2")
    with pytest.raises(NothingFitsError, match=r"^has no tag `latest`$"):
        pinned("unlatest")


def test_an_image_without_tags_has_nothing_that_fits(pinned: Pinned) -> None:
    pinned.proxy.answers["/v2/bare/tags/list"] = Answer.json({"name": "bare", "tags": None})
    with pytest.raises(NothingFitsError, match=r"^has no tag `latest`$"):
        pinned("bare")
    with pytest.raises(NothingFitsError, match=re.escape("has no tag that `.*` matches in full (it has none)")):
        pinned("bare", ".*")


def test_a_tag_that_is_listed_and_gone_is_passed_by(registry: Registry, pinned: Pinned) -> None:
    registry.push("gone", "1", "latest")
    pinned.proxy.answers["/v2/gone/tags/list"] = Answer.json({"tags": ["9", "8", "1", "latest"]})
    assert pinned("gone") == ":1"


@pytest.mark.parametrize("platform", [None, "linux/amd64"])
def test_latest_of_several_platforms_is_compared_as_a_whole(
    registry: Registry, pinned: Pinned, platform: str | None
) -> None:
    name = f"whole-{platform is None}".lower()
    registry.push(name, "2", content="x")
    registry.push(name, "1", "latest", content="x", platforms=["linux/amd64", "linux/arm64"])
    assert pinned(name, platform=platform) == ":1"


# The tags that a regular expression matches


@pytest.mark.parametrize(
    ("regex", "tag"),
    [
        (r"\d+", "9"),
        (r"\d{2}", "10"),
        (r"2024\d{4}\.v\d", "20240201.v1"),
        ("cuda", None),
        (r"20240201\.v1|20240301", "20240201.v1"),
        ("cuda.*", "cuda-20240301.v1"),
        ("(?i)CUDA.*", "cuda-20240301.v1"),
        ("1", None),
        ("latest", None),
        (".*latest.*", "x-latest"),
    ],
)
def test_a_regex_matches_a_tag_in_full(registry: Registry, pinned: Pinned, regex: str, tag: str | None) -> None:
    tags = ["9", "10", "20240101.v1", "20240201.v1", "cuda-20240301.v1", "latest", "x-latest"]
    registry.push("regex", *tags)
    if tag is None:
        with pytest.raises(NothingFitsError, match="matches in full"):
            pinned("regex", regex)
    else:
        assert pinned("regex", regex) == f":{tag}"
    assert pinned.heads == 0
    assert pinned.gets == ["/v2/regex/tags/list?n=1000"]


def test_a_failure_to_match_shows_what_there_is(registry: Registry, pinned: Pinned) -> None:
    registry.push("shows", "1", "2", "10", "latest", "9")
    with pytest.raises(NothingFitsError, match=re.escape("has no tag that `v.*` matches in full (it has 10, 9, 2)")):
        pinned("shows", "v.*")


@pytest.mark.parametrize(("order", "tag"), [("lexicographical", "v9"), ("natural", "v10"), ("date", "v1")])
def test_the_newest_is_the_first_in_the_order_of_the_settings(
    registry: Registry, pinned: Pinned, order: str, tag: str
) -> None:
    name = f"order-{order}"
    for number, made in ((9, 2), (10, 1), (1, 3)):
        registry.push(name, f"v{number}", created=DAYS[made])
    registry.push(name, "v0", created=None)
    registry.push(name, "vx", created="0001-01-01T00:00:00Z", content="x")
    assert pinned(name, r"v\d+", order=order) == f":{tag}"
    if order != "date":
        assert len(pinned.proxy.requests) == 1


def test_a_tag_that_is_gone_has_no_date(registry: Registry, pinned: Pinned) -> None:
    registry.push("dateless", "1", created=DAYS[1])
    registry.push("dateless", "2", created=None, content="x")
    pinned.proxy.answers["/v2/dateless/tags/list"] = Answer.json({"tags": ["3", "2", "1"]})
    assert pinned("dateless", ".*", order="date") == ":1"
    pinned.proxy.answers["/v2/dateless/tags/list"] = Answer.json({"tags": ["4", "3"]})
    with pytest.raises(NothingFitsError, match="has no tag that can be taken: 4 is listed and no longer there"):
        pinned("dateless", ".*", order="date")


# What it is pinned to


def test_a_tag_can_have_its_digest(registry: Registry, pinned: Pinned) -> None:
    registry.push("both", "1", content="old")
    digest = registry.push("both", "2", "latest")
    assert pinned("both", pin="tag@digest") == f":2@{digest}"
    before = pinned.heads
    assert pinned("both", r"\d", pin="tag@digest") == f":2@{digest}"
    assert pinned.heads == before + 1


@pytest.mark.parametrize("settings", [{"pin": "tag@digest"}, {"platform": "linux/amd64"}], ids=str)
def test_a_tag_that_is_asked_for_and_gone_is_passed_by(
    registry: Registry, pinned: Pinned, settings: dict[str, Any]
) -> None:
    digest = registry.push("passed", "1")
    pinned.proxy.answers["/v2/passed/tags/list"] = Answer.json({"tags": ["3", "2", "1"]})
    assert pinned("passed", r"\d", **settings) == (f":1@{digest}" if "pin" in settings else ":1")
    assert set(pinned.passed_over) == {"3", "2"}


def test_with_a_platform_the_digest_is_the_platforms(registry: Registry, pinned: Pinned) -> None:
    whole = registry.push("platform", "1", "latest", platforms=["linux/amd64", "linux/arm64"])
    registry.push("digest-only", "latest", platforms=["linux/amd64", "linux/arm64"])
    found = {
        platform: pinned("platform", r"\d", pin="tag@digest", platform=platform)
        for platform in (None, "linux/amd64", "linux/arm64")
    }
    assert found[None] == f":1@{whole}"
    assert len(set(found.values())) == 3
    assert pinned("platform", pin="tag@digest", platform="linux/arm64") == found["linux/arm64"]
    assert pinned("digest-only", platform="linux/arm64") == found["linux/arm64"].removeprefix(":1")


@pytest.mark.parametrize("regex", [None, r"\d"])
def test_an_image_without_the_platform_is_an_error(registry: Registry, pinned: Pinned, regex: str | None) -> None:
    registry.push("unplatformed", "1", "latest", platforms=["linux/amd64"])
    with pytest.raises(LookUpError, match=r"/unplatformed:1 is not there for linux/s390x$"):
        pinned("unplatformed", regex, platform="linux/s390x")


# Ages


@pytest.fixture(scope="module")
def daily(registry: Registry) -> str:
    """An image that is made each day; the last one is `latest`."""
    for number in range(1, 21):
        registry.push("daily", f"202401{number:02}.v1", *(["latest"] if number == 20 else []), created=DAYS[number])
    registry.push("daily", "cuda-20240105.v1", created=DAYS[5], content="cuda")
    return "daily"


@pytest.mark.parametrize("regex", [None, r"\d+\.v1"])
@pytest.mark.parametrize(("on", "tag"), [(25, "20"), (20, "20"), (19, "19"), (15, "15"), (1, "01")])
def test_what_was_made_later_is_left_out(pinned: Pinned, daily: str, regex: str | None, on: int, tag: str) -> None:
    assert pinned(daily, regex, before=day(on)) == f":202401{tag}.v1"
    assert set(pinned.passed_over) >= {f"202401{number:02}.v1" for number in range(int(tag) + 1, 21)}
    if on == 19:
        assert pinned.passed_over["20240120.v1"] == "too young (2024-01-20 00:00, after 2024-01-19 12:00)"


def test_the_age_of_a_tag_is_asked_for_once(pinned: Pinned, daily: str) -> None:
    assert pinned(daily, r"\d+\.v1", before=day(3), order="date") == ":20240103.v1"
    manifests = [path for path in pinned.gets if "/manifests/" in path]
    assert len(manifests) == len(set(manifests)) == 20


def test_where_the_first_is_old_enough_few_are_asked_for_their_age(pinned: Pinned, daily: str) -> None:
    assert pinned(daily, r"\d+\.v1", before=day(25)) == ":20240120.v1"
    assert len([path for path in pinned.gets if "/manifests/" in path]) <= 4


@pytest.mark.parametrize("regex", [None, r"\d+\.v1"])
def test_where_all_are_too_young_nothing_fits(pinned: Pinned, daily: str, regex: str | None) -> None:
    before = datetime(2023, 1, 1, tzinfo=UTC)
    with pytest.raises(
        NothingFitsError, match=r"^has no tag that can be taken: 20240120\.v1 is too young \(2024-01-20"
    ):
        pinned(daily, regex, before=before)


def test_an_image_that_does_not_tell_its_age_is_left_out(registry: Registry, pinned: Pinned) -> None:
    registry.push("ageless", "2", "latest", created=None)
    registry.push("ageless", "1", created=DAYS[1], content="x")
    assert pinned("ageless", before=day(9)) == ":1"
    assert "unknown age" in pinned.passed_over["2"]
    assert pinned("ageless", r"\d", before=day(9)) == ":1"


def test_latest_that_is_too_young_and_has_no_other_tag_is_nothing_that_fits(registry: Registry, pinned: Pinned) -> None:
    registry.push("young", "latest", created=DAYS[9], content="new")
    registry.push("young", "1", created=DAYS[1], content="old")
    with pytest.raises(NothingFitsError, match=r"no tag but `latest` for what is newest, which is too young"):
        pinned("young", before=day(5))


def test_a_tag_that_is_gone_has_no_age(registry: Registry, pinned: Pinned) -> None:
    registry.push("aged", "1", created=DAYS[1])
    pinned.proxy.answers["/v2/aged/tags/list"] = Answer.json({"tags": ["2", "1"]})
    assert pinned("aged", r"\d", before=day(5)) == ":1"
    assert pinned.passed_over == {"2": "listed and no longer there"}


def test_each_pin_tells_what_it_passed_over_itself(pinned: Pinned, daily: str) -> None:
    image = Image(Asked(pinned.proxy.host, QUICK), daily, Images.model_validate({}), day(4), pinned.pool)
    image.pin(ImageTag(daily, None))
    with pytest.raises(
        NothingFitsError, match=r"has no tag that can be taken: cuda-20240105\.v1 is too young \([^;]*$"
    ):
        image.pin(ImageTag(daily, r"cuda-.*"))
    assert set(image.passed_over) == {"cuda-20240105.v1"}
