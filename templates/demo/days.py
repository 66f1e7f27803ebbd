"""The source of the demonstration."""

from datetime import date

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday(year: int, month: int, day: int) -> str:
    """The day of the week of a date."""
    return DAYS[date(year, month, day).weekday()]
