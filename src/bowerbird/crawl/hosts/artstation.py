"""ArtStation: artworks, by the JSON behind their pages, and files of every size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json
from bowerbird.crawl.hosts.base import STILL, Image, Match, NoPictureError, domain

_PAGE: Final = re.compile(r"/(?:artwork|projects)/(?P<id>[0-9A-Za-z]{4,12})(?:\.json)?/?")
_CDN: Final = re.compile(r"cdn[a-z0-9]?\.artstation\.com")
_FILE: Final = re.compile(
    rf"(?P<root>/p/assets/images/images/(?P<id>[0-9]{{3}}/[0-9]{{3}}/[0-9]{{3}}))/(?:[0-9]{{8,20}}/)?(?P<size>\w{{2,20}})"
    rf"/(?P<name>[^/]{{1,240}}\.(?:{STILL}))",
    re.IGNORECASE,
)
# A picture wider than 1920 pixels has `4k` besides `large`; below that only `large` is there.
_LARGER: Final = "4k"
_SMALLER: Final = {"large", "medium", "small"}


@dataclass(frozen=True, slots=True)
class Artstation:
    """The largest size the site shows, then the linked one."""

    host: str = "artstation"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Artwork pages and files."""
        name = domain(url)
        file = _FILE.fullmatch(url.path) if _CDN.fullmatch(name) else None
        if file:
            return Match(self.host, "resized", file["id"].replace("/", ""), url.geturl())
        page = _PAGE.fullmatch(url.path) if name in {"artstation.com", "www.artstation.com"} else None
        return Match(self.host, "artwork", page["id"], url.geturl()) if page else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The pictures of an artwork in their order; a file by its sizes."""
        if match.kind == "resized":
            return (Image(match.id, _sizes(match.url)),)
        answer = untrusted.mapping(
            fetch_json(fetcher, f"https://www.artstation.com/projects/{match.id}.json")
        )
        if answer.get("adult_content"):
            raise NoPictureError("it is for adults")
        found: list[Image] = []
        for asset in map(untrusted.mapping, untrusted.sequence(answer.get("assets"))):
            link = untrusted.link(asset.get("image_url"))
            file = _FILE.fullmatch(urlsplit(link).path) if link else None
            if link and file and asset.get("asset_type") == "image":
                found.append(Image(file["id"].replace("/", ""), _sizes(link)))
        if not found:
            raise PermanentError("the artwork shows no still picture")
        return tuple(found)


def _sizes(link: str) -> tuple[str, ...]:
    parts = urlsplit(link)
    file = _FILE.fullmatch(parts.path)
    if not file or file["size"] not in _SMALLER:
        return (link,)
    sizes = (_LARGER, "large") if file["size"] != "large" else (_LARGER,)
    start, end = file.span("size")
    larger = (parts._replace(path=f"{parts.path[:start]}{size}{parts.path[end:]}").geturl() for size in sizes)
    return (*larger, link)


RULE: Final = Artstation()
