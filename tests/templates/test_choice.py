import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets_actions.templates.choice import (
    NothingFitsError,
    Order,
    PackageFile,
    choose_version,
    in_growing_lots,
    in_order,
    matching,
    natural,
    older_of_the_same_form,
    refusal,
    regex_problem,
)
from assets_actions.templates.tags import ImageTag, PackageVersion

OLD, CUT_OFF, NEW = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2, 3))
HOSTS = ["mcr.microsoft.com", "docker.io", "localhost:5000"]


def files(*versions: str) -> list[PackageFile]:
    return [PackageFile(version) for version in versions]


# Versions


@pytest.mark.parametrize(
    ("versions", "final", "with_pre"),
    [
        (["1.9", "1.10", "1.2"], "1.10", "1.10"),
        (["1.0", "1.1rc1", "1.1a2"], "1.0", "1.1rc1"),
        (["1.0", "1.1.dev1"], "1.0", "1.1.dev1"),
        (["1.0", "1.0.post1", "1.0.post2.dev1"], "1.0.post1", "1.0.post2.dev1"),
        (["2025.1", "1!0.1"], "1!0.1", "1!0.1"),
        (["1.0", "1.0+cpu"], "1.0+cpu", "1.0+cpu"),
        (["1.0", "banana", "", "9.x", "2004d", "1" * 5000], "1.0", "1.0"),
        (["v1.0", "1.1-rc.1"], "1.0", "1.1rc1"),
    ],
    ids=["numbers", "pre-release", "dev", "post", "epoch", "local", "invalid", "not normal"],
)
def test_the_newest_version_is_taken_and_a_pre_release_only_where_it_is_wanted(
    versions: list[str], final: str, with_pre: str
) -> None:
    for some in (versions, versions[::-1]):
        assert choose_version(files(*some)).version == final
        assert choose_version(files(*some), pre=True).version == with_pre


def test_a_version_is_yanked_only_where_all_its_files_are() -> None:
    partly = [PackageFile("2", yanked="bad wheel"), PackageFile("2"), PackageFile("1")]
    assert choose_version(partly) == choose_version(partly[::-1]) == ("2", {})
    wholly = [PackageFile("2", yanked=""), PackageFile("2.0", yanked=""), PackageFile("1")]
    assert choose_version(wholly) == ("1", {"2": "yanked"})


def test_a_version_that_is_yanked_in_part_is_not_called_yanked() -> None:
    some = [PackageFile("2", yanked="bad"), PackageFile("2", requires_python=">=3.12"), PackageFile("1")]
    assert choose_version(some, python="3.10").passed_over == {"2": "not for Python 3.10 (it needs >=3.12)"}


def test_each_newer_version_that_was_passed_over_has_its_reason() -> None:
    choice = choose_version(
        [
            PackageFile("1", uploaded=OLD),
            PackageFile("0.9"),
            PackageFile("2", yanked="breaks x", uploaded=OLD),
            PackageFile("3", uploaded=NEW),
            PackageFile("4"),
            PackageFile("5", uploaded=OLD, requires_python=">=3.12"),
            PackageFile("6rc1", uploaded=NEW),
            PackageFile("7rc1", yanked="", uploaded=OLD),
        ],
        before=CUT_OFF,
        python="3.10",
    )
    assert choice == (
        "1",
        {
            "2": "yanked (breaks x)",
            "3": "too young (2025-03-01 00:00, after 2025-02-01 00:00)",
            "4": "of an unknown age: the index does not tell when it was uploaded",
            "5": "not for Python 3.10 (it needs >=3.12)",
            "6rc1": "a pre-release",
            "7rc1": "yanked",
        },
    )


@pytest.mark.parametrize(
    ("some", "message"),
    [
        ([], "has no version"),
        (files("x"), "has no version"),
        (
            files("1a1"),
            "has no version that can be taken: 1a1 is a pre-release (`{{latest-pypi-version:pre}}` takes pre-releases)",
        ),
        (
            [PackageFile("1", yanked="broken"), PackageFile("2", yanked="")],
            "has no version that can be taken: 2 is yanked; 1 is yanked (broken)",
        ),
        (
            [PackageFile(str(number), yanked="") for number in range(9)],
            "has no version that can be taken: 8 is yanked; 7 is yanked; 6 is yanked; and 6 more",
        ),
    ],
)
def test_where_no_version_can_be_taken_the_message_says_why(some: list[PackageFile], message: str) -> None:
    with pytest.raises(NothingFitsError) as caught:
        choose_version(some)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("requires", "python", "fits"),
    [
        (">=3.8,<4", "3.10", True),
        (">=3.12", "3.10", False),
        (">=3.9", "3.10", True),
        ("!=3.10.*", "3.10.4", False),
        ("<3.11", "3.10.4", True),
        (">=3.8", "3.14.0rc1", True),
        (None, "3.10", True),
        ("", "3.10", True),
        (">=3.12", None, True),
        (">=3.6.*", "3.10", True),
        ("nonsense", "3.10", True),
        (">=" + "9" * 5000, "3.10", True),
    ],
)
def test_a_version_must_support_the_python_that_is_named(requires: str | None, python: str | None, fits: bool) -> None:
    some = [PackageFile("2", requires_python=requires), PackageFile("1")]
    assert choose_version(some, python=python).version == ("2" if fits else "1")


def test_a_version_counts_from_its_first_upload_and_up_to_the_moment_itself() -> None:
    some = [PackageFile("2", uploaded=NEW), PackageFile("2", uploaded=CUT_OFF), PackageFile("1", uploaded=OLD)]
    assert choose_version(some, before=CUT_OFF).version == "2"
    assert choose_version(some, before=OLD).version == "1"


@given(st.lists(st.sampled_from(["1", "1.0", "2", "2rc1", "3.dev1", "1.post1", "x"]), min_size=1), st.booleans())
def test_no_file_stands_before_another_by_its_place(versions: list[str], pre: bool) -> None:
    def chosen(some: Sequence[str]) -> tuple[float, ...] | None:
        from packaging.version import Version

        try:
            return Version(choose_version(files(*some), pre=pre).version).release[:1]
        except NothingFitsError:
            return None

    assert chosen(versions) == chosen(versions[::-1]) == chosen(sorted(versions))


# Image tags


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("lexicographical", ["v9", "v10", "2025", "1.10", "1.09"]),
        ("natural", ["2025", "1.10", "1.09", "v10", "v9"]),
    ],
)
def test_tags_come_newest_first_and_latest_is_none_of_them(order: Order, wanted: list[str]) -> None:
    assert in_order(["v10", "1.09", "latest", "v9", "1.10", "2025", "v9"], order) == wanted


TAGS = st.text("019ab.-_", min_size=1, max_size=8)


@given(TAGS, TAGS, TAGS)
@example("1", "01", "001")
def test_the_natural_order_is_total(a: str, b: str, c: str) -> None:
    assert (natural(a) == natural(b)) == (a == b)
    assert (natural(a) < natural(b)) + (natural(b) < natural(a)) + (a == b) == 1
    if natural(a) < natural(b) < natural(c):
        assert natural(a) < natural(c)


PAIR = st.tuples(st.integers(0, 300), st.integers(0, 300))


@given(PAIR, PAIR, st.integers(0, 3), st.integers(0, 3))
def test_the_natural_order_is_that_of_the_numbers_whatever_zeros_lead_them(
    one: tuple[int, int], other: tuple[int, int], zeros: int, other_zeros: int
) -> None:
    tags = [f"v{'0' * z}{a}.{b}-x" for (a, b), z in ((one, zeros), (other, other_zeros))]
    if one != other:
        assert (natural(tags[0]) < natural(tags[1])) == (one < other)


def test_a_regular_expression_matches_in_full() -> None:
    tags = ["monthly.202501", "x-monthly.202501", "monthly.202501-gpu", "monthly.2025010", "monthly.202501\n"]
    assert matching(tags, r"monthly\.\d{6}") == ["monthly.202501"]
    assert matching(["a", "ab", "b"], "a|ab") == ["a", "ab"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+", "(a|a?)+$", "(.*a){20}"])
def test_an_exploding_regular_expression_takes_no_time(pattern: str) -> None:
    began = time.process_time()
    assert matching(["a" * 5000 + "!"] * 5, pattern) == []
    assert time.process_time() - began < 2


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "*", "((a{1000}){1000}){1000}", "\udcff"])
def test_what_is_no_regular_expression_is_said_so_and_raises_nothing(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    problem = regex_problem(pattern)
    assert problem
    assert problem.startswith("is no regular expression of RE2: ")
    assert capfd.readouterr() == ("", "")
    assert regex_problem("a+") is None


@pytest.mark.parametrize(
    ("tag", "older"),
    [
        ("20250301.v1", ["20250201.v2", "20250201.v1"]),
        ("20250201.v1", []),
        ("1.10", ["1.9"]),
        ("v1", []),
        ("x.1", []),
    ],
)
def test_older_tags_of_the_same_form_differ_in_their_numbers_alone(tag: str, older: list[str]) -> None:
    tags = [
        "20250201.v1",
        "20250301.v1",
        "20250201.v2",
        "20250401.v1",
        "20250101-v1",
        "1.9",
        "1.10",
        "1.2.3",
        "v1",
        "xy1",
    ]
    assert older_of_the_same_form(tag, tags) == older


@given(st.lists(st.text(max_size=2)), st.integers(1, 6))
def test_growing_lots_hold_everything_once_and_in_order(items: list[str], first: int) -> None:
    lots = [list(lot) for lot in in_growing_lots(items, first)]
    assert [item for lot in lots for item in lot] == items
    assert [len(lot) for lot in lots[:-1]] == [first * 2**number for number in range(len(lots) - 1)]
    assert all(lots)


# Refusal


@pytest.mark.parametrize(
    "image",
    [
        "mcr.microsoft.com/a",
        "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04",
        "mcr.microsoft.com/a__b/c--d/e_f",
        "ubuntu",
        "somebody/image",
        "docker.io/library/ubuntu",
        "localhost:5000/a",
    ],
)
def test_an_image_of_a_registry_that_may_be_asked_is_not_refused(image: str) -> None:
    assert refusal(ImageTag(image, None), HOSTS) is None


@pytest.mark.parametrize(
    "image",
    [
        "evil.io/x",
        "mcr.microsoft.com@evil.io/x",
        "mcr.microsoft.com.evil.io/x",
        "mcr.microsoft.com:443/x",
        "mcr.microsoft.com:x@evil.io/x",
        "MCR.microsoft.com/x",
        "https://mcr.microsoft.com/x",
        "evil.io#mcr.microsoft.com/x",
        "127.0.0.1/x",
        "localhost/x",
        "localhost:5001/x",
        "${BASE}.io/x",
        "${BASE:-a.b/x",
        "../x",
    ],
)
def test_an_image_of_another_registry_is_refused_and_told_which_may_be_asked(image: str) -> None:
    why = refusal(ImageTag(image, None), HOSTS)
    assert why
    assert why.endswith("which is not among: mcr.microsoft.com, docker.io, localhost:5000 (setting: images.hosts)")


@pytest.mark.parametrize(
    "image",
    [
        "mcr.microsoft.com/Upper",
        "mcr.microsoft.com/",
        "mcr.microsoft.com//x",
        "mcr.microsoft.com/x/",
        "mcr.microsoft.com/../x",
        "mcr.microsoft.com/x/../../v3/y",
        "mcr.microsoft.com/a..b",
        "mcr.microsoft.com/x?n=1",
        "mcr.microsoft.com/x#y",
        "mcr.microsoft.com/x%2f..",
        "mcr.microsoft.com/x@sha256",
        "mcr.microsoft.com/${BASE}",
        "mcr.microsoft.com/x\n",
        "mcr.microsoft.com/é",
        "mcr.microsoft.com/" + "a" * 256,
        "${BASE}",
        "$BASE",
        "Ubuntu",
        "",
        "/x",
    ],
)
def test_what_is_not_the_name_of_an_image_is_refused(image: str) -> None:
    assert refusal(ImageTag(image, None), HOSTS) == f"`{image}` is not the name of an image"


def test_a_bad_regular_expression_is_refused_and_a_package_never_is() -> None:
    why = refusal(ImageTag("mcr.microsoft.com/a", "("), HOSTS)
    assert why
    assert why.startswith("`(` is no regular expression of RE2: ")
    assert refusal(ImageTag("mcr.microsoft.com/a", "x+"), HOSTS) is None
    assert refusal(PackageVersion("a", False), []) is None
