"""The day on which a deprecated asset goes."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.deprecation.dates import check, day_of, in_months, read_day
from assets_actions.errors import UserError

TODAY = datetime.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        ("2026-11-30", 0, "2026-11-30"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-11-30", 2, "2027-01-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-11-30", -11, "2025-12-30"),
    ],
)
def test_a_day_some_months_later_is_the_same_or_the_last_of_its_month(today: str, months: int, day: str) -> None:
    assert in_months(datetime.date.fromisoformat(today), months) == datetime.date.fromisoformat(day)


@given(st.dates(max_value=datetime.date(9000, 1, 1)), st.integers(0, 1000))
def test_months_later_is_that_many_months_later(today: datetime.date, months: int) -> None:
    day = in_months(today, months)
    assert (day.year - today.year) * 12 + day.month - today.month == months
    assert day.day == today.day or (day + datetime.timedelta(1)).day == 1


@pytest.mark.parametrize("months", [12 * 9000, 10**30, -(10**30)])
def test_the_calendar_ends(months: int) -> None:
    with pytest.raises(UserError, match="there is no date"):
        in_months(TODAY, months)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-30", "sooner"),
        ("2027-02-27", "sooner"),
        ("2027-02-28", None),
        ("2027-05-30", None),
        ("2027-05-31", "later"),
        ("9999-12-31", "later"),
    ],
)
def test_less_or_more_notice_than_is_usual_is_told(day: str, said: str | None) -> None:
    warning = check(datetime.date.fromisoformat(day), TODAY)
    assert (warning is None) == (said is None)
    if warning:
        assert warning == (
            f"{day} is {said} than is usual: users get notice of 3 to 6 months from today (2027-02-28 to 2027-05-30)"
        )


def test_a_day_that_has_passed_is_refused() -> None:
    with pytest.raises(UserError, match="2026-11-29 has passed") as error:
        check(datetime.date(2026, 11, 29), TODAY)
    assert error.value.fix == "give a day 3 to 6 months from today, 2026-11-30"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2027-02-30", "2027-1-31", "20270131", "2027-W01-1", "2027-01-31T00:00", "\uff12027-01-31", "2027-01-31\n", "0000-01-01"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    assert day_of(text) is None
    with pytest.raises(UserError, match="is not a date") as error:
        read_day(text)
    assert error.value.fix == "write it as YYYY-MM-DD: 2027-01-31"


def test_a_date_is_read() -> None:
    assert read_day("2028-02-29") == datetime.date(2028, 2, 29)
