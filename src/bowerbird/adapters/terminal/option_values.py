"""The value of an option, checked while the command line is read; each check tells argparse what is wrong."""

from __future__ import annotations

import argparse
import math
import re
from datetime import date
from typing import Final

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_SIZES: Final = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_DAYS: Final = {"": 1, "d": 1, "w": 7, "y": 365}
_PER_CENT: Final = 100
_LEAST_SHARE: Final = 0.01
_LEAST_RATE, _MOST_RATE = 0.5, 0.999
#: A hundred years: no clock of this machine can wait, or count back, much longer.
_MOST_DAYS: Final = 36_500
_LONGEST_S: Final = _MOST_DAYS * 86_400.0
_LARGEST_BYTES: Final = 10**18
_LAST_PORT: Final = 65_535


def above_zero(text: str) -> float:
    """A number above zero."""
    value = _number(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"a number above 0, not {text}")
    return value


def whole_number(text: str) -> int:
    """A whole number of 0 or more."""
    value = _whole(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"a whole number of 0 or more, not {text}")
    return value


def positive(text: str) -> int:
    """A whole number above zero."""
    value = _whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"a whole number of 1 or more, not {text}")
    return value


def port(text: str) -> int:
    """A port to listen on; 0 is any free one."""
    value = _whole(text)
    if not 0 <= value <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port from 0 to {_LAST_PORT}, not {text}")
    return value


def names(text: str) -> tuple[str, ...]:
    """Names such as `EarthPorn+SkyPorn`."""
    return tuple(name.strip() for name in text.split("+") if name.strip())


def seconds(text: str) -> float:
    """A duration such as `60s`, `5m` or `5 min`, `1h`, `2d`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?(|s|m|min|h|d)", text)
    if match is None or float(match[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration; write 60s, 5m, 1h or 2d")
    value = float(match[1]) * _UNITS[match[2]]
    if value > _LONGEST_S:
        raise argparse.ArgumentTypeError("longer than a hundred years")
    return value


def size(text: str) -> int:
    """A size in bytes, such as `50 GB`, `800MB`, `1.5 TB`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?b)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 50 GB, 800 MB or 1.5 TB")
    value = float(match[1]) * _SIZES[(match[2] or "b").lower()]
    if value > _LARGEST_BYTES:
        raise argparse.ArgumentTypeError("larger than any disk")
    return int(value)


def days(text: str) -> int:
    """A number of days, such as `90d`, `52w`, `2y`."""
    match = re.fullmatch(r"(\d{1,5})\s*([dwy]?)", text.strip())
    if match is None or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; write 90d, 52w or 2y")
    value = int(match[1]) * _DAYS[match[2]]
    if value > _MOST_DAYS:
        raise argparse.ArgumentTypeError("longer than a hundred years")
    return value


def percent(text: str) -> float:
    """A percentile, 0 to 100."""
    value = _number(text)
    if not 0 <= value <= _PER_CENT:
        raise argparse.ArgumentTypeError(f"a number from 0 to 100, not {text}")
    return value


def day(text: str) -> str:
    """A date as decisions are filed under."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-03-01") from None


def keep_rate(text: str) -> float:
    """A share that makes sense as a keep rate."""
    rate = _number(text)
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise argparse.ArgumentTypeError(f"a share from {_LEAST_RATE} to {_MOST_RATE}, not {text}")
    return rate


def share(text: str) -> float:
    """A part of a whole, of which something must be left: 0.01 to 1."""
    part = _number(text)
    if not _LEAST_SHARE <= part <= 1:
        raise argparse.ArgumentTypeError(f"a share from {_LEAST_SHARE} to 1, not {text}")
    return part


def bundle_version(text: str) -> str:
    """A version such as `1.0.0`."""
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", text):
        raise argparse.ArgumentTypeError(f"three numbers as in 1.0.0, not {text!r}")
    return text


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number, not {text!r}") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number, not {text!r}") from None
