"""What a feed's entry attaches: enclosures, Media-RSS (https://www.rssboard.org/media-rss) and thumbnails."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.crawl.markup import MAX_VALUE

_MAX_PICTURES: Final = 200

# What a server says of a file of which it knows nothing.
_UNTOLD: Final = frozenset({"", "none", "application/octet-stream", "binary/octet-stream", "image"})
_NO_PHOTOGRAPH: Final = frozenset({"image/svg+xml"})

# Not what this machine's files say: a feed means the same everywhere.
_TYPES: Final = mimetypes.MimeTypes()

Picture = list[str | None]


def attached(entry: Any) -> dict[str, list[Picture]]:
    """Three lists of an entry's pictures, in the feed's order, each picture as address, width and height.

    `attached` holds what the feed calls a picture, or what has the name of one. `untold` holds files of which
    the feed does not say what they are. `thumbnails` holds small copies. It is empty when the entry attaches
    something else, such as a video: then the small copies belong to that.
    """
    media = [
        (item, _kind(item)) for item in chain(_items(entry, "media_content"), _items(entry, "enclosures"))
    ]
    moving = any(kind == "other" for _, kind in media)
    return {
        "attached": _few(item for item, kind in media if kind == "picture"),
        "untold": _few(item for item, kind in media if kind == "untold"),
        "thumbnails": [] if moving else _few(_items(entry, "media_thumbnail")),
    }


def _items(entry: Any, key: str) -> Iterator[Any]:
    return (item for item in entry.get(key) or [] if hasattr(item, "get"))


def _kind(item: Any) -> str:
    """`picture`, `other` or `untold`. Type and medium are optional, and a type may say nothing."""
    medium, mime = (str(item.get(key) or "").strip().lower() for key in ("medium", "type"))
    mime = mime.partition(";")[0].strip()
    if mime in _UNTOLD and not medium:
        mime = _guessed(item)
    if medium == "image" or mime.startswith("image/"):
        return "other" if mime in _NO_PHOTOGRAPH else "picture"
    return "untold" if mime in _UNTOLD and not medium else "other"


def _guessed(item: Any) -> str:
    """Return the type that a file of this name has, if any."""
    try:
        path = urlsplit(str(item.get("url") or item.get("href") or "")[:MAX_VALUE]).path
    except ValueError:
        return ""
    return _TYPES.guess_type(f"file:{path}")[0] or ""


def _few(items: Iterable[Any]) -> list[Picture]:
    return [_picture(item) for item in islice(items, _MAX_PICTURES)]


def _picture(item: Any) -> Picture:
    return [_text(item.get("url") or item.get("href")), _text(item.get("width")), _text(item.get("height"))]


def _text(value: object) -> str | None:
    return value[:MAX_VALUE] if isinstance(value, str) and value else None
