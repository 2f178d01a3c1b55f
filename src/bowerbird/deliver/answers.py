"""What a gallery answers to a picture that it is offered: a value, whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Outcome(Enum):
    """Says how one attempt ended."""

    IMPORTED = "imported"
    ALREADY = "already"
    SIMILAR = "similar"
    REFUSED = "refused"
    INVALID_URL = "invalid-url"
    FAILED = "failed"
    DOUBTED = "doubted"
    BUSY = "busy"
    UNCLEAR = "unclear"
    UNREACHABLE = "unreachable"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with what was said; `ids` are the gallery's, of the picture or of those it resembles.

    A BUSY gallery wants no picture at all for `wait_s` seconds. DOUBTED is what it calls a bad request: the
    picture may be at fault, or we.
    """

    outcome: Outcome
    detail: str = ""
    ids: tuple[int, ...] = ()
    wait_s: float | None = None


# A proxy in front of a gallery answers 502 and 504 when it gives up; the gallery may still be at work.
_STATUSES: Final[Mapping[int, Outcome]] = {
    400: Outcome.DOUBTED,
    408: Outcome.UNCLEAR,
    409: Outcome.FAILED,
    413: Outcome.REFUSED,
    415: Outcome.REFUSED,
    422: Outcome.DOUBTED,
    429: Outcome.BUSY,
    502: Outcome.UNCLEAR,
    503: Outcome.BUSY,
    504: Outcome.UNCLEAR,
    507: Outcome.FAILED,
}
_SERVER_ERROR: Final = 500


def by_status(status: int) -> Outcome:
    """What a status means that is no success, where a gallery gives it no meaning of its own."""
    if status in _STATUSES:
        return _STATUSES[status]
    return Outcome.FAILED if status >= _SERVER_ERROR else Outcome.MISCONFIGURED
