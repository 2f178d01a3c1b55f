"""Any Lemmy instance, by its open API: the nearest equal of r/all that needs no account.

https://join-lemmy.org/docs/contributors/04-api.html, version 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.listing import DamagedPageError, Listing
from bowerbird.crawl.sources.live import asking, follow

ACCEPT: Final = "application/json"

#: FETCH_LIMIT_MAX: https://github.com/LemmyNet/lemmy/blob/main/crates/db_schema/src/utils.rs
PAGE: Final = 50

_INSTANCE: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")
_COMMUNITY: Final = re.compile(r"!?(?P<name>[A-Za-z0-9_]{1,50}(?:@[A-Za-z0-9.-]{1,253})?)")
# No part of it can hold what it begins with, so that a text is read once however many beginnings it has.
_PICTURE: Final = re.compile(r"!\[[^\[\]\n]{0,500}+\]\((https?://[^\s()<>]{1,2000}+)")
_MAX_PICTURES: Final = 100


class LemmySource:
    """All posts an instance knows, or those of communities (`earthporn`, `earthporn@lemmy.world`)."""

    order = "time"
    authoritative = True

    def __init__(
        self, listing: Listing, instance: str, communities: Sequence[str] = (), *, scheme: str = "https"
    ) -> None:
        if not _INSTANCE.fullmatch(instance):
            raise UsageError(f"lemmy:{instance}: not an instance's name; write lemmy:lemmy.world")
        self.name = f"lemmy:{instance}"
        self._listing = listing
        self._api = f"{scheme}://{instance}/api/v3/post"
        self._communities = [_community(item) for item in "+".join(communities).split("+") if item.strip()]

    def posts(self) -> Iterator[Post]:
        """Page back as far as the budget allows; errors as for `Source.posts`."""
        streams = [self._stream(name) for name in self._communities or [""]]
        return merge(*streams, key=lambda post: -(post.submission.created_utc or 0.0))

    def finds(self, source: str, submission: str) -> bool:
        """Whether a submission is of this instance: each counts its posts from 1."""
        return source == self.name and submission.isdecimal()

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Those of these posts that the instance still shows, one request each; errors as for `posts`."""
        for identity in ids:
            if not self._listing.open:
                raise SourceUnreachableError(f"{self.name}: the budget ended before all posts were asked for")
            try:
                view = self._listing.page(f"{self._api}?{urlencode({'id': identity})}", _view)
            except UsageError:  # 404: deleted, removed or purged
                continue
            yield from read_each(self.name, [view], self._post, _identity)

    def _post(self, view: object) -> Post | None:
        return _post(view, self.name)

    def _stream(self, community: str) -> Iterator[Post]:
        query: dict[str, str | int] = {"type_": "All", "sort": "New", "limit": PAGE}
        if community:
            query["community_name"] = community
        number, last = 1, set[str]()
        while self._listing.open:
            views, cursor = self._listing.page(f"{self._api}/list?{urlencode(query)}", _page)
            posts = list(read_each(self.name, views, self._post, _identity))
            yield from posts
            ids = {post.submission.id for post in posts}
            if ids <= last:  # none left, or an instance that shows one page for ever
                return
            number, last = number + 1, ids
            # Instances before 0.19 number their pages.
            query |= {"page_cursor": cursor} if cursor else {"page": number}


def _community(name: str) -> str:
    match = _COMMUNITY.fullmatch(name.strip())
    if match is None:
        raise UsageError(f"{name!r} is no community: write earthporn, or earthporn@lemmy.world")
    return match["name"]


def _page(body: bytes) -> tuple[list[object], str | None]:
    answer = untrusted.mapping(untrusted.json_value(body))
    if not isinstance(answer.get("posts"), list):
        raise DamagedPageError("no list of posts")
    return answer["posts"], untrusted.text(answer.get("next_page"))


def _view(body: bytes) -> object:
    view = untrusted.mapping(untrusted.json_value(body)).get("post_view")
    if not isinstance(view, dict):
        raise DamagedPageError("no post")
    return view


def _identity(view: object) -> str | None:
    identity = untrusted.mapping(untrusted.mapping(view).get("post")).get("id")
    return str(identity) if isinstance(identity, int) and not isinstance(identity, bool) else None


def _post(view: object, source: str) -> Post | None:
    fields = untrusted.mapping(view)
    post, community = untrusted.mapping(fields.get("post")), untrusted.mapping(fields.get("community"))
    identity = _identity(view)
    if identity is None:
        return None
    url = untrusted.link(post.get("url"))
    width, height = _size(fields, url)
    thumbnail = untrusted.link(post.get("thumbnail_url"))
    preview = untrusted.preview(thumbnail, *_size(fields, thumbnail)) if thumbnail != url else None
    attachments = () if url else _pictures(post.get("body"))
    return Post(
        submission=Submission(
            source=source,
            id=identity,
            community=_address(community),
            author=_address(untrusted.mapping(fields.get("creator"))),
            title=untrusted.text(post.get("name")),
            permalink=untrusted.link(post.get("ap_id")),
            url=url,
            created_utc=_time(post.get("published")),
        ),
        link=url,
        attachments=attachments,
        previews=(preview,) if preview else (),
        width=width,
        height=height,
        over_18=bool(post.get("nsfw")) or bool(community.get("nsfw")),
        is_video=str(post.get("url_content_type")).startswith("video/"),
        is_self=url is None and not attachments,
        removed="moderator" if post.get("removed") else "deleted" if post.get("deleted") else None,
    )


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
    return tuple(Attachment(digest(url)[:16], (url,), urlsplit(url).hostname or "") for url in urls)


def _address(actor: dict[str, Any]) -> str | None:
    """`name@instance`, as Lemmy writes communities and people."""
    name, home = untrusted.text(actor.get("name")), untrusted.link(actor.get("actor_id"))
    return untrusted.text(f"{name}@{urlsplit(home).netloc}") if name and home else name


def _time(text: object) -> float | None:
    """Seconds since 1970; instances before 0.19 leave out that they mean UTC."""
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"lemmy:{argument}"
    return follow(
        spec,
        asking(spec, ACCEPT, context),
        lambda listing: LemmySource(listing, argument, context.communities),
        context,
    )


SPEC: Final = SourceSpec(
    "lemmy:INSTANCE",
    _open,
    communities=True,
    reads="everything an instance knows, newest first; `--communities earthporn@lemmy.world+pics`",
    order="time",
    unknown="licence",
    probe="lemmy:lemmy.world",
    rank=5,
    advice="no account",
)
