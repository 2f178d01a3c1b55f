"""What a bundle promises its owner of one place: so many pictures a day, of which so many will not please.

A promise is stored in the place, under `promises/`, by the name and version of its bundle. `bowerbird report`
holds it against what came since.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from bowerbird.core.ports import ObjectStore

VERSION: Final = 1
_PREFIX: Final = "promises/"
_CLOSED: Final = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
# 95 % of a normal distribution.
_Z: Final = 1.96

_AtLeast0 = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Range:
    """A figure, and the interval in which it lies with 95 % confidence."""

    __pydantic_config__ = _CLOSED

    low: _AtLeast0
    value: _AtLeast0
    high: _AtLeast0

    def __contains__(self, figure: float) -> bool:
        """Tell whether a figure lies in the interval."""
        return self.low <= figure <= self.high

    def meets(self, other: Range) -> bool:
        """Tell whether both can be true."""
        return self.low <= other.high and other.low <= self.high


def share_range(some: int, of: int) -> Range:
    """Give the share that `some` of `of` (at least 1) speak for (Wilson)."""
    share, z2 = some / of, _Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Range(max(0.0, middle - half), share, min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Promise:
    """What `bundle` (its label) keeps a day, and the share of that, 0 to 1, that its owner would not want.

    `good` is the share of all pictures looked at that the owner would love. `basis` says in words what the
    figures rest on. `made_at` is UTC, ISO 8601.
    """

    __pydantic_config__ = _CLOSED

    bundle: str
    made_at: str
    a_day: Range
    unwanted: Range
    good: Range
    basis: str

    def __str__(self) -> str:
        """Say it as owners do."""
        return f"{self.daily}, of which you would not have kept about {percent(self.unwanted)}"

    @property
    def daily(self) -> str:
        """Say how many pictures come a day."""
        value, low, high = (count(each) for each in (self.a_day.value, self.a_day.low, self.a_day.high))
        return f"about {value} pictures a day ({low} to {high})"


def count(figure: float) -> str:
    """Write a number of pictures: 0.4, 3.5, 12."""
    return f"{figure:.1f}" if figure < 10 else f"{figure:,.0f}"  # noqa: PLR2004 - two digits are enough


def percent(share: Range) -> str:
    """Write a share with its interval: 30 % (20 to 45 %)."""
    return f"{_percent(share.value)} % ({_percent(share.low)} to {_percent(share.high)} %)"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if 0 < share < 0.1 else f"{100 * share:.0f}"  # noqa: PLR2004 - as above


@dataclass(frozen=True, slots=True)
class _Stored(Promise):
    __pydantic_config__ = _CLOSED

    version: Literal[1] = VERSION


_ADAPTER: Final = TypeAdapter(_Stored)


def write_promise(store: ObjectStore, promise: Promise) -> None:
    """Store a promise, in place of an earlier one of the same bundle."""
    data = json.dumps({"version": VERSION} | asdict(promise), sort_keys=True, indent=1).encode()
    store.put(f"{_PREFIX}{promise.bundle}.json", data, content_type="application/json")


def read_promises(store: ObjectStore) -> Iterator[Promise]:
    """Return the promises of a place. One that cannot be read, or is of a later version, is left out."""
    for key in store.keys(_PREFIX):
        try:
            stored = _ADAPTER.validate_json(store.get(key) or b"")
        except ValidationError:
            continue
        told = {name: getattr(stored, name) for name in Promise.__slots__}
        yield Promise(**told)
