"""A post as Mastodon's API shows it: https://docs.joinmastodon.org/entities/Status/."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.hosts.base import STILL
from bowerbird.crawl.markup import unescaped

_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_TAG: Final = re.compile(r"<[^<>]*+>")
_STILL_FILE: Final = re.compile(rf".*\.(?:{STILL})", re.IGNORECASE | re.DOTALL)
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9-]{1,35}")
_MOVING: Final = frozenset({"video", "gifv", "audio"})

# A post has 4 pictures; kin of Mastodon allow 20.
_MAX_PICTURES: Final = 32
_MAX_TAGS: Final = 32
_MAX_TEXT: Final = 2_000


def parse_status(value: object, source: str, hashtag: str = "") -> Post | None:
    """Read a post of a timeline, that of `hashtag` when it has one; None for anything else."""
    fields = untrusted.mapping(value)
    identity = identity_of(value)
    if identity is None:
        return None
    account = untrusted.mapping(fields.get("account"))
    media = [untrusted.mapping(each) for each in untrusted.sequence(fields.get("media_attachments"))]
    pictures = tuple(filter(None, map(_attachment, media[:_MAX_PICTURES])))
    language, tags = fields.get("language"), _tags(fields)
    known = isinstance(language, str) and _LANGUAGE.fullmatch(language)
    return Post(
        submission=Submission(
            source=source,
            id=identity,
            community=hashtag or None,
            author=untrusted.text(account.get("acct")),
            title=_plain(fields.get("spoiler_text")) or _plain(fields.get("content")),
            permalink=untrusted.link(fields.get("url")) or untrusted.link(fields.get("uri")),
            created_utc=_time(fields.get("created_at")),
            languages=(language,) if isinstance(language, str) and known else None,
            tags=tags,
        ),
        attachments=pictures,
        over_18=bool(fields.get("sensitive")),
        is_video=not pictures and any(each.get("type") in _MOVING for each in media),
        is_self=not pictures,
    )


def identity_of(value: object) -> str | None:
    """The post's id at the instance that was asked, when it has one."""
    identity = untrusted.mapping(value).get("id")
    return identity if isinstance(identity, str) and _ID.fullmatch(identity) else None


def _attachment(media: dict[str, Any]) -> Attachment | None:
    """A picture: as its author's instance has it, then as the one that was asked keeps it."""
    links = [untrusted.link(media.get(name)) for name in ("remote_url", "url")]
    urls = tuple(dict.fromkeys(link for link in links if link))
    identity = identity_of(media)
    if not urls or identity is None:
        return None
    kind = media.get("type")
    # What was not fetched from its author's instance is of unknown type: its name tells.
    if kind != "image" and not (kind == "unknown" and _STILL_FILE.fullmatch(urlsplit(urls[0]).path)):
        return None
    meta = untrusted.mapping(media.get("meta"))
    original, small = untrusted.mapping(meta.get("original")), untrusted.mapping(meta.get("small"))
    preview = untrusted.preview(media.get("preview_url"), small.get("width"), small.get("height"))
    return Attachment(
        identity,
        urls,
        urlsplit(urls[0]).hostname or "",
        previews=(preview,) if preview and preview.url not in urls else (),
        width=untrusted.pixels(original.get("width")),
        height=untrusted.pixels(original.get("height")),
        alt=untrusted.text(media.get("description")),
        linked=True,
    )


def _tags(fields: dict[str, Any]) -> tuple[str, ...] | None:
    named = (untrusted.mapping(each).get("name") for each in untrusted.sequence(fields.get("tags")))
    words = [word[:200] for name in named if (word := untrusted.text(name))]
    return tuple(dict.fromkeys(words))[:_MAX_TAGS] or None


def _plain(html: object) -> str | None:
    """The words of a text."""
    if not isinstance(html, str):
        return None
    return untrusted.text(" ".join(unescaped(_TAG.sub(" ", html[: 8 * _MAX_TEXT])).split())[:_MAX_TEXT])


def _time(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except (ValueError, OverflowError):
        return None
