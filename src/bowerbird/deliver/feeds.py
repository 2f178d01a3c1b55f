"""Feeds of the newest kept pictures: Atom (RFC 4287) and JSON Feed 1.1.

Source: https://www.jsonfeed.org/version/1.1/. As files in their place, they link pictures relative to
the feed, so both work from a folder, a bucket and behind any server. They name posts, so whoever purges
renews them. The page (`bowerbird.panel.subscribing`) makes them anew for each reader, with links that lead
back to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bowerbird.core.json_text import parsed
from bowerbird.core.keys import content_type, sidecar_key
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.about import About, about
from bowerbird.deliver.deliverer import SURVIVOR
from bowerbird.imaging.xmp import xml_text

ATOM: Final = "feeds/atom.xml"
JSON_FEED: Final = "feeds/feed.json"
_TITLE: Final = "Bowerbird: what it kept"
_ID: Final = "urn:bowerbird:kept"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a feed's reader finds a picture, and of which type it is there."""

    address: str
    kind: str


def beside(each: About) -> Link:
    """The picture itself, as it is found from the folder of the feeds."""
    return Link(f"../{each.key}", content_type(each.key))


@dataclass(slots=True)
class Feeds:
    """The feeds of one place, with its `most` newest pictures."""

    store: ObjectStore
    most: int = 50
    _known: dict[str, About] = field(default_factory=dict, init=False)
    _written: tuple[str, ...] | None = field(default=None, init=False)

    def refresh(self) -> bool:
        """Write the feeds if they would tell something else than before; tells whether they did."""
        there = {key for key in self.store.keys("images/") if SURVIVOR.fullmatch(key)}
        for gone in self._known.keys() - there:
            del self._known[gone]
        for key in there - self._known.keys():
            told = read_about(self.store, key)
            if told is not None:
                self._known[key] = told
        newest = sorted(self._known.values(), key=lambda each: (each.kept, each.key), reverse=True)[
            : self.most
        ]
        keys = tuple(each.key for each in newest)
        if keys == self._written and self.store.exists(ATOM):
            return False
        self.store.put(ATOM, atom(newest), content_type="application/atom+xml")
        self.store.put(JSON_FEED, json_feed(newest), content_type="application/feed+json")
        self._written = keys
        return True


def renew(store: ObjectStore) -> None:
    """Write the feeds of a place anew, if it has any, after something was removed from it."""
    if store.exists(ATOM):
        Feeds(store).refresh()


def atom(pictures: Sequence[About], find: Callable[[About], Link] = beside) -> bytes:
    """An Atom feed; `find` says where each picture lies for whoever reads it."""
    updated = _moment(pictures[0].kept) if pictures else "1970-01-01T00:00:00Z"
    entries = "".join(_entry(each, find(each)) for each in pictures)
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>{_TITLE}</title>
<id>{_ID}</id>
<updated>{updated}</updated>
<author><name>Bowerbird</name></author>
<generator>Bowerbird</generator>
{entries}</feed>
""".encode()


def _entry(each: About, link: Link) -> str:
    picture = _quoted(link.address)
    html = f"<p><img src={picture} alt={_quoted(each.title)}/></p>"
    post = f'<link rel="alternate" href={_quoted(each.post)}/>\n' if each.post else ""
    author = f"<author><name>{xml_text(each.author)}</name></author>\n" if each.author else ""
    rights = f"<rights>{xml_text(each.licence)}</rights>\n" if each.licence else ""
    return f"""\
<entry>
<title>{xml_text(_title(each))}</title>
<id>urn:sha256:{each.sha256}</id>
<updated>{_moment(each.kept)}</updated>
{post}<link rel="enclosure" type="{link.kind}" href={picture}/>
{author}{rights}<content type="html">{xml_text(html)}</content>
</entry>
"""


def json_feed(pictures: Sequence[About], find: Callable[[About], Link] = beside) -> bytes:
    """A JSON Feed; `find` as for `atom`."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _TITLE,
        "items": [_item(each, find(each)) for each in pictures],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _item(each: About, link: Link) -> dict[str, Any]:
    picture = link.address
    item = {
        "id": f"urn:sha256:{each.sha256}",
        "url": each.post,
        "title": _title(each),
        "image": picture,
        "content_html": f"<p><img src={_quoted(picture)} alt={_quoted(each.title)}></p>",
        "date_published": _moment(each.kept),
        "authors": [{"name": each.author}] if each.author else [],
        "tags": [tag for tag in (each.community, *each.tags) if tag],
        "attachments": [{"url": picture, "mime_type": link.kind}],
    }
    return {name: value for name, value in item.items() if value}


def _quoted(text: str) -> str:
    return f'"{xml_text(text)}"'


def _title(each: About) -> str:
    return each.title or each.community or each.sha256[:8]


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def read_about(store: ObjectStore, key: str) -> About | None:
    """Read what is known of a kept picture; None when it is gone, or its sidecar is damaged."""
    try:
        sidecar = parsed(store.get(sidecar_key(key)) or b"null")
    except ValueError:
        return None
    return about(key, sidecar) if isinstance(sidecar, dict) else None
