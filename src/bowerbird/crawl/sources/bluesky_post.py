"""A Bluesky post's record, and what of it the rules need.

https://github.com/bluesky-social/atproto, lexicons/app/bsky/feed/post.json and beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bowerbird.core import untrusted
from bowerbird.core.messages import Preview, Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.net.atproto import ADULT, SIGNED_IN_ONLY, self_labels

#: The CDN's copies: `feed_fullsize` as large as it makes them, `feed_thumbnail` for a feed.
CDN: Final = "https://cdn.bsky.app/img"

#: The longer side of a small copy in pixels. Only a note that calls itself soft says what the CDN really
#: makes (packages/bsky/src/image/uri.ts), so whoever looks at a copy measures it.
THUMBNAIL: Final = 1000

_CID: Final = re.compile(r"[A-Za-z0-9]{8,128}")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9-]{1,35}")

# An aspect ratio may be only a ratio (3:2), for apps send what they have at hand. It is taken for the size in
# pixels when the file is no heavier than that many pixels can be. The limits are bits a pixel: of the best
# JPEG, and of raw RGBA.
_RATIO: Final = 100
_MAX_BITS: Final = {"image/jpeg": 8, "image/webp": 8}
_RAW_BITS: Final = 32

# More is nobody's: a post has 4 pictures, or 10 in a gallery, and a text 300 characters.
_MAX_PICTURES: Final = 32
_MAX_WORDS: Final = 32

# What each field may weigh in the queue's ASCII, so that all of them fit: see bowerbird.core.messages.
# An alt text has 2,000 characters, of 12 bytes at worst.
_MAX_ALT: Final = 24_002
_MAX_FIELD: Final = 8_000


def parse_record(record: Mapping[str, Any], did: str, key: str, at: float) -> Post:
    """A post of the stream; `at` is when it was seen, in seconds since 1970."""
    uri = f"at://{did}/app.bsky.feed.post/{key}"
    embed = untrusted.mapping(record.get("embed"))
    # A quote with pictures of its own: the quoted post's belong to that one.
    media = untrusted.mapping(embed.get("media")) or embed
    links, tags = _facets(record)
    card = _link(untrusted.mapping(media.get("external")).get("uri"))
    link = card or (next(iter(links), None) if not embed else None)
    labels = self_labels(record)
    pictures = tuple(_pictures(media, did))
    moving = bool(media.get("video")) or any(_mime(each) == "image/gif" for each in _images(media))
    submission = Submission(
        source="bluesky",
        id=uri,
        author=did,
        title=_cut(record.get("text"), _MAX_FIELD),
        permalink=f"https://bsky.app/profile/{did}/post/{key}",
        url=link,
        created_utc=at,
        languages=_words(record.get("langs"), _LANGUAGE),
        tags=_fitting([*(_words(record.get("tags")) or ()), *tags]),
        links=_fitting([*links, *([card] if card else [])]),
    )
    return Post(
        submission,
        link=link,
        attachments=pictures,
        over_18=bool(labels & ADULT),
        is_video=moving and not pictures,
        is_self=not link and not pictures and not moving,
        signed_in_only=SIGNED_IN_ONLY in labels,
    )


def blob(did: str, cid: str) -> tuple[str, str]:
    """Where a picture lies: the original, at its author's own server, and the CDN's largest copy."""
    original = f"at://{did}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}"
    return original, f"{CDN}/feed_fullsize/plain/{did}/{cid}@jpeg"


def pictures_of(record: Mapping[str, Any], did: str) -> tuple[Attachment, ...]:
    """The pictures of a record, for whoever has it from elsewhere than the stream."""
    return parse_record(record, did, "-", 0.0).attachments


def _images(media: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`app.bsky.embed.images` has `images`, `app.bsky.embed.gallery` `items`."""
    items = untrusted.sequence(media.get("images")) or untrusted.sequence(media.get("items"))
    return [each for each in items[:_MAX_PICTURES] if isinstance(each, dict)]


def _pictures(media: Mapping[str, Any], did: str) -> Iterator[Attachment]:
    for each in _images(media):
        image = untrusted.mapping(each.get("image"))
        cid = untrusted.mapping(image.get("ref")).get("$link") or image.get("cid")  # before 2023
        if not isinstance(cid, str) or not _CID.fullmatch(cid) or _mime(each) == "image/gif":
            continue
        ratio = untrusted.mapping(each.get("aspectRatio"))
        wide, high = untrusted.pixels(ratio.get("width")), untrusted.pixels(ratio.get("height"))
        sized = bool(wide and high) and _plausible(wide or 0, high or 0, image)
        yield Attachment(
            cid,
            blob(did, cid),
            "bluesky",
            previews=thumbnails(did, cid, wide, high, sized=sized),
            width=wide if sized else None,
            height=high if sized else None,
            alt=_cut(each.get("alt"), _MAX_ALT),
        )


def _mime(each: Mapping[str, Any]) -> str:
    return str(untrusted.mapping(each.get("image")).get("mimeType")).lower()


def _plausible(wide: int, high: int, image: Mapping[str, Any]) -> bool:
    size = untrusted.number(image.get("size"))
    if max(wide, high) <= _RATIO or size is None or size <= 0:
        return False
    return size * 8 <= wide * high * _MAX_BITS.get(str(image.get("mimeType")).lower(), _RAW_BITS)


def thumbnails(did: str, cid: str, wide: int | None, high: int | None, *, sized: bool) -> tuple[Preview, ...]:
    """The CDN's small copies of a picture, whose size or, where it is not `sized`, only ratio is known."""
    if not wide or not high:
        return ()
    scale = THUMBNAIL / max(wide, high)
    if sized:
        scale = min(scale, 1.0)
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    return (Preview(f"{CDN}/feed_thumbnail/plain/{did}/{cid}@jpeg", width, height),)


def _facets(record: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The links and tags of a text."""
    links, tags = [], []
    for facet in untrusted.sequence(record.get("facets"))[:_MAX_WORDS]:
        for feature in untrusted.sequence(untrusted.mapping(facet).get("features"))[:_MAX_WORDS]:
            told = untrusted.mapping(feature)
            if link := _link(told.get("uri")):
                links.append(link)
            if tag := untrusted.text(told.get("tag")):
                tags.append(tag)
    return links, tags


def _words(value: object, pattern: re.Pattern[str] | None = None) -> tuple[str, ...] | None:
    words: Iterable[str | None] = map(untrusted.text, untrusted.sequence(value)[:_MAX_WORDS])
    return tuple(word for word in words if word and (pattern is None or pattern.fullmatch(word))) or None


def _link(value: object) -> str | None:
    link = untrusted.link(value)
    return link if link and _weight(link) <= _MAX_FIELD else None


def _fitting(words: Iterable[str]) -> tuple[str, ...] | None:
    """Each word once, as many as a message has room for."""
    kept: list[str] = []
    left = _MAX_FIELD
    for word in dict.fromkeys(words):
        left -= _weight(word)
        if left < 0 or len(kept) == _MAX_WORDS:
            break
        kept.append(word)
    return tuple(kept) or None


def _cut(value: object, most: int) -> str | None:
    text = untrusted.text(value)
    while text and _weight(text) > most:
        text = text[: len(text) * most // _weight(text)]
    return text


def _weight(text: str) -> int:
    """Bytes in ASCII JSON."""
    return len(json.dumps(text))
