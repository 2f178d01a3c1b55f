"""imgur: files, pages, galleries and albums under all of its names.

With the owner's client id the API (https://apidocs.imgur.com) tells every picture of an album; without, a
page's own metadata name the file of a single picture, or the first of an album.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json, fetch_page
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata

_NAMES: Final = {"imgur.com", "www.imgur.com", "m.imgur.com", "i.imgur.com", "imgur.io", "i.imgur.io"}
# Ids have 5 characters (until 2013) or 7; one more of `sbtmlh`, or `_d`, asks for a smaller copy:
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
# Pages of imgur itself that look like ids.
_RESERVED: Final = {
    "about",
    "account",
    "beta0",
    "gallery",
    "hello",
    "inbox",
    "login",
    "memes",
    "privacy",
    "rules",
    "store",
}
_STILL_TYPES: Final = {"image/jpeg", "image/png", "image/webp"}
_API: Final = {"album": "album", "gallery": "gallery", "page": "image"}


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
            if page and page["id"].lower() not in _RESERVED:
                return Match(self.host, kind, page["id"], url.geturl())
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file itself, or what the API or the page tells; a removed picture is an error."""
        file = _FILE.fullmatch(urlsplit(match.url).path)
        if file:
            exact = match.kind == IMAGE and file["still"].lower() != "webp"
            return (Image(match.id, (_original(file),) if exact else (_original(file), match.url)),)
        if self.client_id:
            return self._ask(match, self.client_id, fetcher)
        return self._read(match, fetcher)

    def _ask(self, match: Match, client_id: str, fetcher: Fetcher) -> tuple[Image, ...]:
        url = f"https://api.imgur.com/3/{_API[match.kind]}/{match.id}"
        answer = fetch_json(fetcher, url, headers={"Authorization": f"Client-ID {client_id}"})
        data = untrusted.mapping(untrusted.mapping(answer).get("data"))
        items = [untrusted.mapping(item) for item in untrusted.sequence(data.get("images")) or [data]]
        found = [image for item in items if (image := _image(item))]
        if not found and any(item.get("animated") or item.get("type") for item in items):
            raise NoPictureError("it holds no still picture")
        if not found:
            raise PermanentError("imgur's API shows no picture there")
        return tuple(found)

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
                return (Image(file["id"], (_original(file),)),)
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
    return Image(
        media_id, (link,), (), untrusted.pixels(item.get("width")), untrusted.pixels(item.get("height"))
    )


RULE: Final = Imgur()
