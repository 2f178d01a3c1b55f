"""A post as Lemmy's API shows it, in versions 3 and 4, and PieFed's, which is modelled on them.

https://join-lemmy.org/docs/contributors/04-api.html; PieFed: https://codeberg.org/rimu/pyfedi,
app/api/alpha/views.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post

# No part of the pattern can hold what it begins with. So a text is read once, however many beginnings it has.
# A link may hold parentheses, as links to Wikipedia do, if they are closed again.
_PICTURE: Final = re.compile(
    r"!\[[^\[\]\n]{0,500}+\]\([ \t]{0,8}+<?(https?://(?:[^\s()<>]++|\([^\s()<>]{0,500}+\)){1,100}+)"
)
_MAX_PICTURES: Final = 100

_STILL: Final = re.compile(r"image/(?!gif|svg|apng)", re.IGNORECASE)


def parse_view(view: object, source: str) -> Post | None:
    """Read a post with its community and its author; None for anything else."""
    fields = untrusted.mapping(view)
    post, community = untrusted.mapping(fields.get("post")), untrusted.mapping(fields.get("community"))
    identity = identity_of(view)
    if identity is None:
        return None
    url = untrusted.link(post.get("url"))
    width, height = _size(fields, url)
    thumbnail = untrusted.link(post.get("thumbnail_url"))
    preview = untrusted.preview(thumbnail, *_size(fields, thumbnail)) if thumbnail != url else None
    attachments = () if url else _pictures(post.get("body"))
    kind = str(post.get("url_content_type"))
    return Post(
        submission=Submission(
            source=source,
            id=identity,
            community=_address(community),
            author=_address(untrusted.mapping(fields.get("creator"))),
            title=untrusted.text(post.get("name")) or untrusted.text(post.get("title")),
            permalink=untrusted.link(post.get("ap_id")),
            url=url,
            created_utc=_time(post.get("published_at") or post.get("published")),
        ),
        link=url,
        attachments=attachments,
        previews=(preview,) if preview else (),
        width=width,
        height=height,
        over_18=bool(post.get("nsfw")) or bool(community.get("nsfw")),
        is_picture=bool(_STILL.match(kind)) or post.get("post_type") == "Image",
        is_video=kind.startswith("video/"),
        is_self=url is None and not attachments,
        removed="moderator" if post.get("removed") else "deleted" if post.get("deleted") else None,
    )


def identity_of(view: object) -> str | None:
    """The post's number at its instance, when it has one."""
    identity = untrusted.mapping(untrusted.mapping(view).get("post")).get("id")
    return str(identity) if isinstance(identity, int) and not isinstance(identity, bool) else None


def _size(view: dict[str, Any], url: str | None) -> tuple[int | None, int | None]:
    """The size of the picture at `url`, when it is the one the instance has measured."""
    details = untrusted.mapping(view.get("image_details"))
    if url is None or details.get("link") != url:
        return None, None
    return untrusted.pixels(details.get("width")), untrusted.pixels(details.get("height"))


def _pictures(body: object) -> tuple[Attachment, ...]:
    """The pictures that a text post shows in its Markdown."""
    found = _PICTURE.findall(body) if isinstance(body, str) else []
    urls = list(dict.fromkeys(filter(None, map(untrusted.link, found))))[:_MAX_PICTURES]
    return tuple(
        Attachment(digest(url)[:16], (url,), urlsplit(url).hostname or "", linked=True) for url in urls
    )


def _address(actor: dict[str, Any]) -> str | None:
    """`name@instance`, as Lemmy writes communities and people; version 4 has `ap_id` for `actor_id`."""
    name = untrusted.text(actor.get("name")) or untrusted.text(actor.get("user_name"))
    home = untrusted.link(actor.get("actor_id")) or untrusted.link(actor.get("ap_id"))
    return untrusted.text(f"{name}@{urlsplit(home).netloc}") if name and home else name


def _time(text: object) -> float | None:
    """Seconds since 1970; instances before 0.19 leave out that they mean UTC."""
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
