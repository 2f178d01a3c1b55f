from datetime import UTC, datetime

import pytest

from bowerbird.core.hours import Hours


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("07:00-23:00", ["07:00", "22:59", "12:00"], ["06:59", "23:00", "00:00"]),
        ("22:00-06:00", ["22:00", "00:00", "05:59"], ["06:00", "21:59", "12:00"]),
        ("7:30 - 24:00", ["07:30", "23:59"], ["00:00", "07:29"]),
    ],
)
def test_when_to_work(hours: str, inside: list[str], outside: list[str]) -> None:
    held = {
        clock: Hours.parse(hours).hold(datetime.fromisoformat(f"2026-11-26T{clock}:30").replace(tzinfo=UTC))
        for clock in inside + [each for each in outside if not each.endswith(":59")]
    }
    assert {clock for clock, works in held.items() if works} == set(inside)


@pytest.mark.parametrize(
    "text", ["", "7-9", "07:00", "07:00-25:00", "07:60-08:00", "07:00-08:00-09:00", "a:00-b:00"]
)
def test_what_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="are no hours: write them as 07:00-23:00"):
        Hours.parse(text)


def test_hours_without_length_are_refused() -> None:
    with pytest.raises(ValueError, match="begin when they end"):
        Hours.parse("00:00-24:00")
