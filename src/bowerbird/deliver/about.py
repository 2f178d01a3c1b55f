"""Reads from a sidecar what people want to know of a picture. Strangers' words come out as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bowerbird.core import untrusted
from bowerbird.core.plain_text import plain

_DAWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_TAGS: Final = 30
_STARS: Final = 5


@dataclass(frozen=True, slots=True)
class About:
    """What is known of one picture; text that is not known is empty.

    `key` is its object key and `sha256` that of its bytes. `post` is the post's web address, `link` that of
    the picture itself. `kept` is when Bowerbird decided (UTC), `posted` when the post was written.
    `percentile` tells how many per cent of the owner's own pictures match the taste less.
    """

    key: str
    kept: datetime
    title: str = ""
    author: str = ""
    community: str = ""
    source: str = ""
    host: str = ""
    licence: str = ""
    post: str = ""
    link: str = ""
    posted: datetime | None = None
    percentile: float | None = None
    width: int | None = None
    height: int | None = None
    tags: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash that the key is made of."""
        return self.key.rpartition("/")[2].partition(".")[0]

    @property
    def extension(self) -> str:
        """How the file's name ends: jpg, png, webp or avif."""
        return self.key.rpartition(".")[2]

    @property
    def stars(self) -> int | None:
        """One star to five, a fifth of the percentile's range each; None when it is not known."""
        if self.percentile is None:
            return None
        return min(_STARS, 1 + int(self.percentile * _STARS / 100))


def about(key: str, sidecar: Mapping[str, Any]) -> About:
    """Read a sidecar. Whatever is missing or of the wrong kind is not known."""
    decision = untrusted.mapping(sidecar.get("decision"))
    submission, facts = (
        untrusted.mapping(decision.get("submission")),
        untrusted.mapping(decision.get("facts")),
    )
    words = {name: plain(submission.get(name)) for name in ("title", "author", "community", "source")}
    tags = (plain(each) for each in untrusted.sequence(submission.get("tags")))
    percentile = untrusted.number(facts.get("novelty_percentile"))
    return About(
        key,
        _told(decision.get("decided_at")) or _DAWN,
        **words,
        host=plain(untrusted.mapping(sidecar.get("candidate")).get("host")),
        licence=plain(submission.get("licence")),
        post=untrusted.link(submission.get("permalink")) or untrusted.link(submission.get("url")) or "",
        link=untrusted.link(facts.get("url")) or "",
        posted=_seconds(submission.get("created_utc")),
        percentile=percentile if percentile is not None and 0 <= percentile <= 100 else None,  # noqa: PLR2004 - per cent
        width=untrusted.pixels(facts.get("width")),
        height=untrusted.pixels(facts.get("height")),
        tags=tuple(dict.fromkeys(filter(None, tags)))[:_MOST_TAGS],
    )


def _told(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _seconds(value: Any) -> datetime | None:
    seconds = untrusted.number(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
