"""Reads a feed with feedparser, and gives plain values that fit through a pipe.

feedparser can look into an entry's HTML itself, to resolve links and to make it safe. That takes quadratic
time for some texts and raises for others. So it is switched off, and `bowerbird.crawl.markup` finds what is
needed.
"""

from __future__ import annotations

import calendar
import io
import re
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import feedparser

from bowerbird.crawl.feeds.enclosed import attached
from bowerbird.crawl.feeds.pictures import TAGS, shown
from bowerbird.crawl.markup import MAX_VALUE, Tag, start_tags

_ENTRY: Final = re.compile(rb"(?=<(?:item|entry)[\s>])")
_MAX_ENTRIES: Final = 10_000
_MAX_PICTURES: Final = 200
_MAX_HTML: Final = 1_000_000


def read(body: bytes) -> dict[str, Any] | None:
    """A feed's `title`, `licence` and `entries`; None when it is no feed.

    An entry has these values; those that the feed does not give are None:

    - `id`, `link`, `title`, `author`, `licence`, `adult`, and `term`, its first tag;
    - `published`, in seconds since 1970 UTC;
    - the lists of pictures that `bowerbird.crawl.feeds.enclosed` finds attached to it;
    - `shown`: the pictures that its text shows. Each is a list of copies, the best first, and each copy is an
      address, a width and a height;
    - `base`: the address that those of `shown` are relative to;
    - `links`: the links in its text, each as address and text.

    An entry that cannot be read has an `error`, the exception's kind, and beside it an `id` at most.

    Raises:
        Exception: feedparser fails on some texts that are no feeds.
    """
    try:
        return _read(body)
    except MemoryError:
        raise
    except Exception:
        head, *parts = _ENTRY.split(body)
        if not parts:
            raise
    # Some entry makes feedparser fail: each alone tells which.
    whole = _read(head) or {"title": None, "licence": None}
    return {**whole, "entries": [entry for part in parts[:_MAX_ENTRIES] for entry in _alone(head, part)]}


def _alone(head: bytes, part: bytes) -> list[dict[str, Any]]:
    try:
        feed = _read(head + part)
    except Exception as error:  # noqa: BLE001 - as below
        return [{"id": f"feedparser-{sha256(part).hexdigest()[:16]}", "error": type(error).__name__}]
    return feed["entries"] if feed else []


def _read(body: bytes) -> dict[str, Any] | None:
    # feedparser opens a string that looks like a URL or a path. A stream it only reads.
    feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version") and not feed.entries:
        return None
    return {
        "title": _text(feed.feed.get("title")),
        "licence": _licence(feed.feed),
        "entries": [_contained(entry) for entry in islice(feed.entries, _MAX_ENTRIES)],
    }


def _contained(entry: Any) -> dict[str, Any]:
    try:
        return _entry(entry)
    except Exception as error:  # noqa: BLE001 - one entry must not cost the others
        return {"id": _text(entry.get("id")), "error": type(error).__name__}


def _entry(entry: Any) -> dict[str, Any]:
    texts = entry.get("content") or [entry.get("summary_detail") or {}]
    html = "\n".join(text.get("value") or "" for text in texts) or entry.get("summary") or ""
    tags = _tags(html)
    return {
        **{key: _text(entry.get(key)) for key in ("id", "link", "title", "author")},
        "licence": _licence(entry),
        "term": _text(next(iter(entry.get("tags") or [{}])).get("term")),
        "adult": (entry.get("media_rating") or {}).get("content") == "adult",
        "published": _published(entry),
        **attached(entry),
        # What is called a description may hold the picture, and the content only text.
        "shown": _shown(tags) or _shown(_tags(entry.get("summary") or "")),
        "base": _text(texts[0].get("base")),
        "links": [
            [_text(tag.attributes.get("href")), tag.text.strip()]
            for tag in tags
            if tag.name == "a" and len(tag.text) <= MAX_VALUE
        ][-_MAX_PICTURES:],
    }


def _tags(html: str) -> list[Tag]:
    return list(start_tags(html[:_MAX_HTML], {*TAGS, "a"}))


def _shown(tags: list[Tag]) -> list[list[list[Any]]]:
    pictures = shown(tag for tag in tags if tag.name != "a")
    return [
        [[_text(each.address), each.width, each.height] for each in copies]
        for copies in islice(pictures, _MAX_PICTURES)
    ]


def _published(entry: Any) -> float | None:
    """When an entry says it was published. A date that is in no calendar counts as none."""
    for key in ("published_parsed", "updated_parsed"):
        try:
            if moment := entry.get(key):
                return float(calendar.timegm(moment))
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _licence(thing: Any) -> str | None:
    return _text(thing.get("license")) or _text(thing.get("rights"))


def _text(value: object) -> str | None:
    """Cut a text so that one too long to be used is still seen to be."""
    return value[:MAX_VALUE] if isinstance(value, str) and value else None
