"""A Reddit submission object, as the API, an archive or a recording gives it, to a `Post`.

The object is a stranger's: every field may be absent or of another type. Reddit escapes `&`, `<` and `>` in
every string unless the listing was asked with `raw_json=1`; both arrive here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import Preview, Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.sources.reddit_text import markdown_links, picture_links

BASE: Final = "https://www.reddit.com"

_FULLNAME: Final = re.compile(r"t3_[0-9a-z]{1,16}")
_MEDIA_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
# The types i.redd.it serves under their own extension; "image/jpg" is Reddit's spelling.
_EXTENSIONS: Final = {"image/jpg": "jpg", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
# Reddit's hint is `image` for these, too.
_MOVES: Final = re.compile(r"\.(?:gifv?|apng|mp4|webm)\Z", re.IGNORECASE)
_GONE_TEXTS: Final = {"[deleted]", "[removed]"}
_MAX_PREVIEWS: Final = 16
_MAX_ATTACHMENTS: Final = 100  # a gallery holds 20


def parse_post(data: object, *, source: str) -> Post:
    """Read one submission object; the media of a crosspost come from the last of its parents.

    Raises:
        InvalidMessageError: not an object, or without an id of Reddit's shape.
    """
    fields = untrusted.mapping(data)
    submission = _submission(fields, source)
    parent = _parent(fields)
    origin = parent or fields
    hint = {_string(fields, "post_hint"), _string(origin, "post_hint")}
    media = max(_media(fields), _media(origin), key=lambda each: each.worth)
    width, height, previews = _previews(fields)
    if not previews:
        width, height, previews = _previews(origin)
    is_self = bool(fields.get("is_self"))
    about_text = is_self or bool(origin.get("is_self"))
    inline = () if media.gallery or about_text else media.attachments
    return Post(
        submission=submission,
        link=None if is_self else _link(origin) or _link(fields),
        attachments=() if inline else media.attachments,
        previews=previews,
        width=width,
        height=height,
        over_18=any(bool(each.get("over_18")) for each in (fields, origin)),
        is_video=any(bool(each.get("is_video")) for each in (fields, origin))
        or not hint.isdisjoint({"hosted:video", "rich:video"}),
        is_self=about_text,
        removed=_removed(fields) or _removed(origin),
        pending=media.pending,
        moving=media.moving,
        is_picture="image" in hint and not _MOVES.search(urlsplit(_link(origin) or "").path),
        text_pictures=inline,
        text_links=picture_links(_text_links(fields) + _text_links(parent), own=not about_text),
    )


def unescape(value: str) -> str:
    """Undo Reddit's escaping and nothing more: in a raw link `&copy=1` is a parameter, not a sign."""
    return value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def fullname_of(data: object) -> str | None:
    """A submission object's id of Reddit's shape, `t3_abc123`, when it has one."""
    fields = untrusted.mapping(data)
    short = fields.get("id")
    for name in (fields.get("name"), f"t3_{short}" if isinstance(short, str) else None):
        if isinstance(name, str) and _FULLNAME.fullmatch(name):
            return name
    return None


def _submission(fields: dict[str, Any], source: str) -> Submission:
    name = fullname_of(fields)
    if name is None:
        raise InvalidMessageError("not a submission: it has no id such as t3_abc123")
    return Submission(
        source=source,
        id=name,
        community=_string(fields, "subreddit"),
        author=_string(fields, "author"),
        title=_string(fields, "title"),
        permalink=_url(fields.get("permalink")),
        url=_link(fields),
        created_utc=untrusted.number(fields.get("created_utc")),
    )


def _parent(fields: dict[str, Any]) -> dict[str, Any]:
    parents = [
        each for each in untrusted.sequence(fields.get("crosspost_parent_list")) if isinstance(each, dict)
    ]
    return parents[-1] if parents else {}


def _string(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return untrusted.text(unescape(value)) if isinstance(value, str) else None


def _url(value: object) -> str | None:
    return untrusted.link(unescape(value), BASE) if isinstance(value, str) and value.strip() else None


def _link(fields: dict[str, Any]) -> str | None:
    return _url(fields.get("url_overridden_by_dest")) or _url(fields.get("url"))


def _removed(fields: dict[str, Any]) -> str | None:
    category = _string(fields, "removed_by_category")
    if category:
        return category
    if fields.get("removed"):
        return "moderator"
    selftext = fields.get("selftext")
    return selftext.strip("[]") if isinstance(selftext, str) and selftext in _GONE_TEXTS else None


@dataclass(frozen=True, slots=True)
class _Media:
    """What a gallery holds or a text embeds; see `bowerbird.core.post.Post`."""

    attachments: tuple[Attachment, ...] = ()
    pending: int = 0
    moving: str | None = None
    gallery: bool = False

    @property
    def worth(self) -> tuple[bool, bool, bool]:
        """How much it says of pictures. Of a crosspost and its parent, the fuller one is right."""
        return bool(self.attachments), bool(self.pending), bool(self.moving)


def _media(fields: dict[str, Any]) -> _Media:
    """The still pictures of a gallery in the author's order, or those embedded in a text.

    Reddit shows a post at once, and its pictures only when it has processed them. Until then an item is
    missing, or has a status such as `unprocessed` or, for the first seconds, `failed`.
    """
    media = untrusted.mapping(fields.get("media_metadata"))
    items = untrusted.sequence(untrusted.mapping(fields.get("gallery_data")).get("items"))
    named: Iterable[object] = [untrusted.mapping(item).get("media_id") for item in items] or media
    ids = dict.fromkeys(each for each in named if isinstance(each, str) and _MEDIA_ID.fullmatch(each))
    found = {
        each: _attachment(each, untrusted.mapping(media.get(each))) for each in [*ids][:_MAX_ATTACHMENTS]
    }
    moving = {each: _moving(untrusted.mapping(media.get(each))) for each in found if found[each] is None}
    late = sum(kind is None for kind in moving.values())
    gallery = bool(items) or _is_gallery(fields)
    return _Media(
        tuple(each for each in found.values() if each),
        max(late, int(not found)) if gallery else late * bool(fields.get("is_self")),
        next(filter(None, moving.values()), None) if gallery else None,
        gallery,
    )


def _text_links(fields: dict[str, Any]) -> list[str]:
    text = fields.get("selftext")
    return markdown_links(unescape(text)) if isinstance(text, str) else []


def _is_gallery(fields: dict[str, Any]) -> bool:
    path = urlsplit(_link(fields) or "").path
    return bool(fields.get("is_gallery")) or path.rstrip("/") == f"/gallery/{fields.get('id')}"


def _moving(media: dict[str, Any]) -> str | None:
    """The kind of an item that will never be a still picture."""
    if media.get("status") != "valid" or media.get("e") in (None, "Image"):
        return None
    return "video" if media["e"] == "RedditVideo" else "animation"


def _attachment(media_id: str, media: dict[str, Any]) -> Attachment | None:
    if media.get("status") != "valid" or media.get("e") != "Image":
        return None
    source = untrusted.mapping(media.get("s"))
    signed = _url(source.get("u"))
    extension = _EXTENSIONS.get(str(media.get("m")).lower())
    urls = [signed] if signed else []
    if extension and (signed is None or urlsplit(signed).hostname in {"preview.redd.it", "i.redd.it"}):
        urls.insert(0, f"https://i.redd.it/{media_id}.{extension}")
    if not urls:
        return None
    return Attachment(
        id=media_id,
        urls=tuple(dict.fromkeys(urls)),
        host="reddit",
        previews=_sized(untrusted.sequence(media.get("p")), "u", "x", "y"),
        width=untrusted.pixels(source.get("x")),
        height=untrusted.pixels(source.get("y")),
    )


def _previews(fields: dict[str, Any]) -> tuple[int | None, int | None, tuple[Preview, ...]]:
    """Width and height of the linked picture, and its signed copies, the full-size one last."""
    images = untrusted.sequence(untrusted.mapping(fields.get("preview")).get("images"))
    first = untrusted.mapping(images[0]) if images else {}
    source = untrusted.mapping(first.get("source"))
    sized = _sized([*untrusted.sequence(first.get("resolutions")), source], "url", "width", "height")
    return untrusted.pixels(source.get("width")), untrusted.pixels(source.get("height")), sized


def _sized(items: list[Any], url: str, width: str, height: str) -> tuple[Preview, ...]:
    found: dict[str, Preview] = {}
    for item in map(untrusted.mapping, items):
        preview = untrusted.preview(_url(item.get(url)), item.get(width), item.get(height))
        if preview:
            found[preview.url] = preview
    return tuple(sorted(found.values(), key=lambda each: each.width)[-_MAX_PREVIEWS:])
