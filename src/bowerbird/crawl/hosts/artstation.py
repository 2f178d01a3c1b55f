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
from bowerbird.crawl.hosts.facts import Example, Facts

_PAGE: Final = re.compile(r"/(?:artwork|projects)/(?P<id>[0-9A-Za-z]{4,12})(?:\.json)?/?")
_SHORT: Final = re.compile(r"/p/(?P<id>[0-9A-Za-z]{4,12})/?")
_CDN: Final = re.compile(r"cdn[a-z0-9]?\.artstation\.com")
_FILE: Final = re.compile(
    rf"(?P<root>/p/assets/images/images/(?P<id>[0-9]{{3}}/[0-9]{{3}}/[0-9]{{3}}))/(?:[0-9]{{8,20}}/)?(?P<size>\w{{2,20}})"
    rf"/(?P<name>[^/]{{1,240}}\.(?:{STILL}))",
    re.IGNORECASE,
)
# From the largest. A picture has those that are not wider than itself, and `large` in any case.
_SIZES: Final = ("8k", "4k", "large")
_SMALLER: Final = {"medium", "small"}


@dataclass(frozen=True, slots=True)
class Artstation:
    """The largest size the site shows, then the linked one."""

    host: str = "artstation"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Artwork pages, on the artists' own subdomains too, short links, and files."""
        name = domain(url)
        file = _FILE.fullmatch(url.path) if _CDN.fullmatch(name) else None
        if file:
            return Match(self.host, "resized", file["id"].replace("/", ""), url.geturl())
        pages = name == "artstation.com" or name.endswith(".artstation.com")
        page = _PAGE.fullmatch(url.path) if pages else None
        if name == "artstn.co":
            page = _SHORT.fullmatch(url.path)
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
    if not file or file["size"] not in {*_SIZES, *_SMALLER}:
        return (link,)
    sizes = _SIZES[: _SIZES.index(file["size"])] if file["size"] in _SIZES else _SIZES
    start, end = file.span("size")
    larger = (parts._replace(path=f"{parts.path[:start]}{size}{parts.path[end:]}").geturl() for size in sizes)
    return (*larger, link)


RULE: Final = Artstation()

FACTS: Final = Facts(
    links="artworks, artists' subdomains, `artstn.co`, files",
    original="the artwork's JSON; `8k`, `4k`, then `large`",
    asks="JSON for artworks",
    examples=(
        Example(
            "https://cdn0.artstation.com/p/assets/images/images/002/436/592/large/devin-elle-kurtz.jpg?1461716131",
            "resized",
            "002436592",
            (
                "https://cdn0.artstation.com/p/assets/images/images/002/436/592/8k/devin-elle-kurtz.jpg?1461716131",
                "https://cdn0.artstation.com/p/assets/images/images/002/436/592/4k/devin-elle-kurtz.jpg?1461716131",
                "https://cdn0.artstation.com/p/assets/images/images/002/436/592/large/devin-elle-kurtz.jpg?1461716131",
            ),
        ),
        Example(
            "https://cdna.artstation.com/p/assets/images/images/002/436/592/20160426190000/smaller_square/x.jpg?1",
            "resized",
            "002436592",
            (
                "https://cdna.artstation.com/p/assets/images/images/002/436/592/20160426190000/smaller_square/x.jpg?1",
            ),
        ),
        Example("https://www.artstation.com/artwork/gPz1d", "artwork", "gPz1d"),
        Example("https://artstation.com/projects/gPz1d.json", "artwork", "gPz1d"),
        Example("https://www.artstation.com/someone"),
        Example("https://someartist.artstation.com/projects/LQVJr", "artwork", "LQVJr"),
        Example("https://artstn.co/p/LQVJr", "artwork", "LQVJr"),
        Example(
            "https://cdna.artstation.com/p/assets/images/images/008/760/279/large/some-picture.jpg?1515",
            "resized",
            "008760279",
            (
                "https://cdna.artstation.com/p/assets/images/images/008/760/279/8k/some-picture.jpg?1515",
                "https://cdna.artstation.com/p/assets/images/images/008/760/279/4k/some-picture.jpg?1515",
                "https://cdna.artstation.com/p/assets/images/images/008/760/279/large/some-picture.jpg?1515",
            ),
        ),
        Example(
            "https://cdna.artstation.com/p/assets/images/images/008/760/279/8k/some-picture.jpg?1515",
            "resized",
            "008760279",
            ("https://cdna.artstation.com/p/assets/images/images/008/760/279/8k/some-picture.jpg?1515",),
        ),
    ),
)
