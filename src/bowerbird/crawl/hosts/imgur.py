"""imgur: files, pages, galleries and albums under all of its names.

With the owner's client id, the API (https://apidocs.imgur.com) tells every picture of an album. Without it, a
page's own metadata name the file of a single picture, or the first picture of an album.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.messages import Preview
from bowerbird.core.placeholders import Placeholder
from bowerbird.core.ports import Fetcher
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts.asking import fetch_json, fetch_page
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata
from bowerbird.crawl.hosts.page_or_file import smaller_copies
from bowerbird.net.limiter import Limit

_NAMES: Final = {"imgur.com", "www.imgur.com", "m.imgur.com", "i.imgur.com", "imgur.io", "i.imgur.io"}
# Ids have 5 characters (until 2013) or 7. One more character of `sbtmlh`, or `_d`, asks for a smaller copy:
# https://api.imgur.com/models/image#thumbs
_ID: Final = r"(?P<id>[0-9A-Za-z]{7}|[0-9A-Za-z]{5})"
_FILE: Final = re.compile(
    rf"/(?:download/)?{_ID}(?P<small>[sbtmlh]|_d)?\.(?:(?P<still>jpe?g|png|webp)|(?P<gif>gif)|gifv|mp4|webm)"
    r"(?:/|[:,&].*)?",
    re.IGNORECASE,
)
_SLUG: Final = rf"(?:[^/]*-)?{_ID}(?:[/,#&].*)?"
_PAGES: Final = (
    ("album", re.compile(rf"/a/{_SLUG}")),
    ("gallery", re.compile(rf"/gallery/{_SLUG}")),
    ("gallery", re.compile(rf"/(?:t|topic)/[^/]+/{_SLUG}")),
    ("page", re.compile(rf"/r/\w+/{_SLUG}")),
    ("page", re.compile(rf"/{_SLUG}")),
)
# Pages of imgur itself that look like ids: words of five or seven letters.
_RESERVED: Final = re.compile(
    "about|album|badge|beta0|embed|error|games|hello|index|image|inbox|legal|login|media|memes|merch|oauth|press|rules|snack|staff|stats"
    "|store|terms|tools|topic|users|video|viral|account|android|apidocs|billing|careers|company|contact|cookies|desktop"
    "|emerald|explore|favicon|gallery|invites|library|memegen|message|popular|premium|privacy|profile|removal|reports|request"
    "|section|signout|sitemap|support|upgrade|uploads|welcome",
    re.IGNORECASE,
)
_STILL_TYPES: Final = {"image/jpeg", "image/png", "image/webp"}
# What the API calls a link's kind. When a gallery is not public, its id still answers as the album or the
# picture that it also is.
_API: Final = {"album": ("album",), "gallery": ("gallery", "album", "image"), "page": ("image",)}
# Copies that fit into squares, by the letter behind the id: https://api.imgur.com/models/image#thumbs
_COPIES: Final = {"m": 320, "l": 640, "h": 1024}


@dataclass(frozen=True, slots=True)
class Imgur:
    """`client_id` is the owner's; imgur gives out no new ones."""

    client_id: str | None = None
    host: str = "imgur"
    priority: int = 10

    def with_key(self, key: str) -> Imgur:
        """The same rule with a client id."""
        return replace(self, client_id=key)

    def match(self, url: SplitResult) -> Match | None:
        """A file, or a page, album or gallery whose id may stand behind a title."""
        if domain(url) not in _NAMES:
            return None
        file = _FILE.fullmatch(url.path)
        if file:
            return Match(self.host, _kind(file), file["id"], url.geturl())
        for kind, pattern in _PAGES:
            page = pattern.fullmatch(url.path)
            if page and not _RESERVED.fullmatch(page["id"]):
                return Match(self.host, kind, page["id"], url.geturl())
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file itself, or what the API or the page tells; a removed picture is an error."""
        file = _FILE.fullmatch(urlsplit(match.url).path)
        if file:
            exact = match.kind == IMAGE and file["still"].lower() != "webp"
            urls = (_original(file),) if exact else (_original(file), match.url)
            return (Image(match.id, urls, _copies(match.id)),)
        if self.client_id:
            return self._ask(match, self.client_id, fetcher)
        return self._read(match, fetcher)

    def _ask(self, match: Match, client_id: str, fetcher: Fetcher) -> tuple[Image, ...]:
        items = self._items(match, client_id, fetcher)
        found = [image for item in items if (image := _image(item))]
        if not found and any(item.get("animated") or item.get("type") for item in items):
            raise NoPictureError("it holds no still picture")
        if not found:
            raise PermanentError("imgur's API shows no picture there")
        return tuple(found)

    def _items(self, match: Match, client_id: str, fetcher: Fetcher) -> list[dict[str, Any]]:
        """What the API tells of the pictures, under the first of its names that knows the id."""
        *others, last = _API[match.kind]
        for name in others:
            try:
                items = self._called(name, match.id, client_id, fetcher)
            except PermanentError as error:
                if error.word is not Word.GONE:  # forbidden is forbidden under each name
                    raise
                continue
            if any(item.get("id") for item in items):
                return items
        return self._called(last, match.id, client_id, fetcher)

    @staticmethod
    def _called(name: str, media_id: str, client_id: str, fetcher: Fetcher) -> list[dict[str, Any]]:
        url = f"https://api.imgur.com/3/{name}/{media_id}"
        answer = fetch_json(fetcher, url, headers={"Authorization": f"Client-ID {client_id}"})
        data = untrusted.mapping(untrusted.mapping(answer).get("data"))
        return [untrusted.mapping(item) for item in untrusted.sequence(data.get("images")) or [data]]

    def _read(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        page = fetch_page(fetcher, f"https://imgur.com{urlsplit(match.url).path}")
        metadata = page_metadata(page.body)
        if metadata.get("og:video") or "video" in "".join(metadata.get("og:type", [])):
            raise NoPictureError("it is a video")
        for link in page_images(metadata, page.url):
            parts = urlsplit(link)
            file = _FILE.fullmatch(parts.path)
            own = file and (match.kind != "page" or file["id"] == match.id)
            if file and own and file["still"] and domain(parts) == "i.imgur.com":
                return (Image(file["id"], (_original(file),), _copies(file["id"])),)
        raise PermanentError("the page shows no picture any more")


def _kind(file: re.Match[str]) -> str:
    if not file["still"]:
        return "animation" if file["gif"] else "video"
    return "resized" if file["small"] else IMAGE


def _original(file: re.Match[str]) -> str:
    """The file as uploaded: imgur is forgiving about extensions, but sends a re-encoded copy as WebP."""
    extension = "jpg" if file["still"].lower() == "webp" else file["still"]
    return f"https://i.imgur.com/{file['id']}.{extension}"


def _image(item: dict[str, Any]) -> Image | None:
    link, media_id = untrusted.link(item.get("link")), item.get("id")
    if not link or not isinstance(media_id, str) or not re.fullmatch(_ID, media_id):
        return None
    if (
        item.get("animated")
        or str(item.get("type")) not in _STILL_TYPES
        or domain(urlsplit(link)) != "i.imgur.com"
    ):
        return None
    width, height = untrusted.pixels(item.get("width")), untrusted.pixels(item.get("height"))
    return Image(media_id, (link,), _copies(media_id, width, height), width, height)


def _copies(media_id: str, width: int | None = None, height: int | None = None) -> tuple[Preview, ...]:
    """The copies that are smaller than the picture, where its size is known."""
    longer = max(width or 0, height or 0) or max(_COPIES.values()) + 1
    links = {
        f"https://i.imgur.com/{media_id}{letter}.jpg": side
        for letter, side in _COPIES.items()
        if side < longer
    }
    return smaller_copies(links, width, height)


RULE: Final = Imgur()

FACTS: Final = Facts(
    links="files and their smaller copies, pages, albums, galleries, tags, titles before ids",
    original=(
        "the owner's API client if there is one; else the page's metadata (of an album: its first picture)"
    ),
    asks="API or page; a file: nobody",
    # 12,500 a day an application, spread evenly; hit five times, an app is blocked for the month:
    # https://apidocs.imgur.com/#rate-limits
    limits={"api.imgur.com": Limit(500, 3600, 4)},
    key="imgur_client_id",
    placeholders=(
        # "The image you are requesting does not exist or is no longer available". MD5 because that is what is
        # known of it: it is also the picture's ETag.
        Placeholder(
            "imgur",
            r"https?://(?:[a-z]\.)?imgur\.com/removed\.png",
            "d835884373f4d6c8f24742ceabe74946",
            ("PNG", 161, 81),
        ),
    ),
    watched=("api.imgur.com", "i.imgur.com", "imgur.com"),
    widths=tuple(_COPIES.values()),
    examples=(
        Example("https://i.imgur.com/QhVg5yl.jpg", "image", "QhVg5yl", ("https://i.imgur.com/QhVg5yl.jpg",)),
        Example("http://i.imgur.com/QhVg5yl.png?1", "image", "QhVg5yl", ("https://i.imgur.com/QhVg5yl.png",)),
        Example("http://www.imgur.com/0Pe9E.jpeg", "image", "0Pe9E", ("https://i.imgur.com/0Pe9E.jpeg",)),
        Example("http://imgur.com/ytTtgJr.jpg", "image", "ytTtgJr", ("https://i.imgur.com/ytTtgJr.jpg",)),
        Example(
            "https://imgur.com/download/ytTtgJr.jpg", "image", "ytTtgJr", ("https://i.imgur.com/ytTtgJr.jpg",)
        ),
        Example(
            "https://i.imgur.com/QhVg5yl.jpg:large", "image", "QhVg5yl", ("https://i.imgur.com/QhVg5yl.jpg",)
        ),
        Example(
            "https://i.imgur.com/QhVg5yll.jpg",
            "resized",
            "QhVg5yl",
            ("https://i.imgur.com/QhVg5yl.jpg", "https://i.imgur.com/QhVg5yll.jpg"),
        ),
        Example(
            "https://i.imgur.com/0Pe9Eh.jpg",
            "resized",
            "0Pe9E",
            ("https://i.imgur.com/0Pe9E.jpg", "https://i.imgur.com/0Pe9Eh.jpg"),
        ),
        Example(
            "https://i.imgur.com/QhVg5yl_d.webp?maxwidth=640",
            "resized",
            "QhVg5yl",
            ("https://i.imgur.com/QhVg5yl.jpg", "https://i.imgur.com/QhVg5yl_d.webp?maxwidth=640"),
        ),
        Example("https://i.imgur.com/QhVg5yl.gifv", "video", "QhVg5yl"),
        Example("http://imgur.com/NyPnrCa.gifv", "video", "NyPnrCa"),
        Example("https://i.imgur.com/QhVg5yl.mp4", "video", "QhVg5yl"),
        Example("https://i.imgur.com/QhVg5yl.gif", "animation", "QhVg5yl"),
        Example("http://i.imgur.com/coZnjAL", "page", "coZnjAL"),
        Example("https://imgur.com/7xAFPmc", "page", "7xAFPmc"),
        Example("http://m.imgur.com/4llhbxY?r", "page", "4llhbxY"),
        Example("http://imgur.com/iQGP6", "page", "iQGP6"),
        Example("https://imgur.com/dawn-at-the-lake-AbC1234", "page", "AbC1234"),
        Example("https://imgur.com/r/earthporn/7xAFPmc", "page", "7xAFPmc"),
        Example("https://imgur.com/a/yC3Qz9X", "album", "yC3Qz9X"),
        Example("http://imgur.com/a/gtNeC", "album", "gtNeC"),
        Example("http://imgur.com/a/T1Kpr#2", "album", "T1Kpr"),
        Example("http://m.imgur.com/a/3a3rJ", "album", "3a3rJ"),
        Example("https://imgur.com/a/title-words-AbC1234", "album", "AbC1234"),
        Example("https://imgur.com/a/gtNeC/layout/grid", "album", "gtNeC"),
        Example("http://imgur.com/gallery/rmgNh/new", "gallery", "rmgNh"),
        Example("http://imgur.com/gallery/oIPPg/", "gallery", "oIPPg"),
        Example("https://imgur.com/gallery/ducks-and-dog-0pVuZq8", "gallery", "0pVuZq8"),
        Example("https://imgur.com/t/nature/7xAFPmc", "gallery", "7xAFPmc"),
        Example("http://imgur.com/(null)"),
        Example("https://imgur.com/"),
        Example("https://imgur.com/about"),
        Example("https://imgur.com/gallery"),
        Example("https://imgur.com/user/someone"),
        Example("https://imgur.com.evil.example/7xAFPmc"),
        Example("https://imgur.com:8080/7xAFPmc"),
        Example("https://imgur.com/emerald"),
        Example("https://imgur.com/memegen"),
        Example("https://imgur.com/removal"),
        Example("https://imgur.com/terms"),
        Example("https://imgur.io/zxaY6", "page", "zxaY6"),
    ),
)
