"""Wikimedia Commons: freely licensed pictures with their licence, size and author.

https://commons.wikimedia.org/w/api.php; new files, or the newest members of categories such as
`Quality images of landscapes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, zip_longest
from typing import Any, Final
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import SourceBlockedError
from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.markup import unescaped
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.listing import DamagedPageError, Listing
from bowerbird.crawl.sources.live import asking, communities, follow
from bowerbird.net.limiter import Limit

API: Final = "https://commons.wikimedia.org/w/api.php"
ACCEPT: Final = "application/json"

#: The most files whose properties one request may ask for.
PAGE: Final = 50

_PICTURES: Final = {"image/jpeg", "image/png", "image/webp"}
_TAG: Final = re.compile(r"<[^>]*>")
_FIELDS: Final[dict[str, str | int]] = {
    "action": "query",
    "format": "json",
    "formatversion": 2,
    "prop": "imageinfo",
    "iiprop": "url|size|mime|timestamp|user|extmetadata",
    "iiextmetadatafilter": "LicenseShortName|LicenseUrl|Artist",
    "iiurlwidth": 640,
}


class WikimediaSource:
    """New files of Commons, or the files added last to categories.

    The order of its posts is unknown. The API names the files of one answer in no order. It lists a category
    in the order in which files were added, but no file says when that was.
    """

    name = "wikimedia"
    order = "none"

    def __init__(self, listing: Listing, categories: Sequence[str] = (), *, api: str = API) -> None:
        self._listing = listing
        self._api = api
        self._categories = [
            item.strip().removeprefix("Category:") for item in "+".join(categories).split("+") if item.strip()
        ]

    def posts(self) -> Iterator[Post]:
        """Page back as far as the budget allows, the categories in turn; errors as for `Source.posts`."""
        streams = [self._stream(name) for name in self._categories] or [self._stream(None)]
        seen: set[str] = set()
        for post in chain.from_iterable(zip_longest(*streams)):
            if post is not None and post.submission.id not in seen:
                seen.add(post.submission.id)
                yield post

    def _stream(self, category: str | None) -> Iterator[Post]:
        query = _FIELDS | (
            {
                "generator": "categorymembers",
                "gcmtitle": f"Category:{category}",
                "gcmtype": "file",
                "gcmsort": "timestamp",
                "gcmdir": "desc",
                "gcmlimit": PAGE,
            }
            if category
            else {"generator": "allimages", "gaisort": "timestamp", "gaidir": "older", "gailimit": PAGE}
        )
        following: dict[str, str] = {}
        while self._listing.open:
            pages, following = self._listing.page(f"{self._api}?{urlencode(query | following)}", _page)
            yield from read_each(self.name, pages, lambda page: _post(page, category), _identity)
            if not following:
                return


def _page(body: bytes) -> tuple[list[object], dict[str, str]]:
    answer = untrusted.json_value(body)
    if not isinstance(answer, dict):
        raise DamagedPageError("not an object")
    if "error" in answer:
        error = untrusted.mapping(answer["error"])
        raise SourceBlockedError(
            f"wikimedia: {untrusted.text(error.get('code'))}: {untrusted.text(error.get('info'))}; "
            "check the category, or try again later"
        )
    pages = untrusted.sequence(untrusted.mapping(answer.get("query")).get("pages"))
    following = untrusted.mapping(answer.get("continue"))
    return pages, {key: value for key, value in following.items() if isinstance(value, str)}


def _identity(page: object) -> str | None:
    """What Commons itself calls the file: https://commons.wikimedia.org/wiki/Commons:Structured_data."""
    number = untrusted.mapping(page).get("pageid")
    return f"M{number}" if isinstance(number, int) and not isinstance(number, bool) else None


def _post(page: object, category: str | None) -> Post | None:
    fields = untrusted.mapping(page)
    info = untrusted.mapping(next(iter(untrusted.sequence(fields.get("imageinfo"))), None))
    url, identity = untrusted.link(info.get("url")), _identity(page)
    if url is None or identity is None:
        return None
    details = untrusted.mapping(info.get("extmetadata"))
    picture = str(info.get("mime")) in _PICTURES
    return Post(
        submission=Submission(
            source=WikimediaSource.name,
            id=identity,
            community=untrusted.text(category),
            author=_plain(details, "Artist") or untrusted.text(info.get("user")),
            title=(untrusted.text(fields.get("title")) or "").removeprefix("File:") or None,
            permalink=untrusted.link(info.get("descriptionurl")),
            url=url,
            created_utc=_time(info.get("timestamp")),
            licence=_licence(details),
        ),
        link=url,
        attachments=(_attachment(identity, url, info),) if picture else (),
        is_video=str(info.get("mime")).startswith("video/"),
    )


def _attachment(identity: str, url: str, info: dict[str, Any]) -> Attachment:
    preview = untrusted.preview(info.get("thumburl"), info.get("thumbwidth"), info.get("thumbheight"))
    return Attachment(
        id=identity,
        urls=(url,),
        host="wikimedia",
        previews=(preview,) if preview else (),
        width=untrusted.pixels(info.get("width")),
        height=untrusted.pixels(info.get("height")),
    )


def _licence(details: dict[str, Any]) -> str | None:
    """The licence's short name and, where it has one, its address."""
    parts = [_plain(details, "LicenseShortName"), _plain(details, "LicenseUrl")]
    return " ".join(filter(None, parts)) or None


def _plain(details: dict[str, Any], key: str) -> str | None:
    value = untrusted.text(untrusted.mapping(details.get(key)).get("value"))
    return untrusted.text(unescaped(_TAG.sub("", value))) if value else None


def _time(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except (ValueError, OverflowError):
        return None


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("wikimedia", ACCEPT, context)
    return follow("wikimedia", ask, lambda listing: WikimediaSource(listing, names), context)


SPEC: Final = SourceSpec(
    "wikimedia[:CATEGORIES]",
    _open,
    communities=True,
    reads="new files of Commons, or `Quality images of landscapes+…`",
    unknown="over 18",
    # One request after the other: https://www.mediawiki.org/wiki/API:Etiquette
    limits={"commons.wikimedia.org": Limit(60, 60)},
    probe="wikimedia",
    rank=6,
    advice="no account; slow for whoever names no contact",
)
