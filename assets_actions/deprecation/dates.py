"""The day on which a deprecated asset goes."""

import calendar
import datetime
import re

from assets_actions.errors import UserError

SOONEST, LATEST = 3, 6
"""Months of notice: the reference's `ideally 3-6 months from the current date`."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(text: str) -> datetime.date | None:
    """The date that a text of the form YYYY-MM-DD is; None where it is none."""
    try:
        return datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_day(text: str) -> datetime.date:
    """The same; raises UserError where it is none."""
    day = day_of(text)
    if day is None:
        raise UserError(f"`{text}` is not a date", fix="write it as YYYY-MM-DD: 2027-01-31")
    return day


def in_months(today: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the last of its month, where that has no such day.

    Raises UserError where the calendar ends before.
    """
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise UserError(f"there is no date {months} months from {today}", fix=f"give {SOONEST} to {LATEST} months")
    return datetime.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def check(day: datetime.date, today: datetime.date) -> str | None:
    """A warning where users get less or more notice than is usual; raises UserError where the day has passed."""
    if day < today:
        raise UserError(f"{day} has passed", fix=f"give a day {SOONEST} to {LATEST} months from today, {today}")
    first, last = in_months(today, SOONEST), in_months(today, LATEST)
    if first <= day <= last:
        return None
    early_or_late = "sooner" if day < first else "later"
    usual = f"{SOONEST} to {LATEST} months from today ({first} to {last})"
    return f"{day} is {early_or_late} than is usual: users get notice of {usual}"
