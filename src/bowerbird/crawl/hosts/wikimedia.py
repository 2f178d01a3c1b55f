"""Wikimedia: files, their scaled copies, and the pages of files on Commons and every wiki of Wikimedia's.

Where files lie: https://www.mediawiki.org/wiki/Manual:$wgHashedUploadDirectory. Scaled copies lie under the
same path at `thumb.wikimedia.org`, and come in fixed widths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from bowerbird.core.messages import Preview
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import IMAGE, STILL, Image, Match, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.mediawiki import WIDTHS, file_title, wiki_file
from bowerbird.net.limiter import Limit

_FILES: Final = {"upload.wikimedia.org", "thumb.wikimedia.org"}
_FILE: Final = re.compile(
    r"(?P<root>/(?:wikipedia|wiktionary|wikibooks|wikinews|wikiquote|wikisource|wikiversity|wikivoyage)/[a-z-]{2,16})"
    r"/(?P<thumb>thumb/)?(?P<place>[0-9a-f]/[0-9a-f]{2})/(?P<name>[^/]{1,240})(?(thumb)/(?P<copy>[^/]{1,300}))",
    re.IGNORECASE,
)
_STILL_NAME: Final = re.compile(rf".*\.(?:{STILL})", re.IGNORECASE | re.DOTALL)
# Copies of other formats have a suffix more. Wide enough for a first look, and no wider:
_COPIED: Final = re.compile(r".*\.(?:jpe?g|png)", re.IGNORECASE | re.DOTALL)
_LOOKS: Final = tuple(width for width in WIDTHS if 250 <= width <= 1280)  # noqa: PLR2004 - in pixels
_USUAL: Final = (6000, 4000)
_WIDTH: Final = re.compile(r"(?P<before>(?:[a-z0-9-]+-)?)(?P<width>[0-9]{1,5})(?P<after>px-.*)", re.DOTALL)
_SITES: Final = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:wikipedia|wikimedia|wiktionary|wikibooks|wikinews|wikiquote|wikisource|wikiversity"
    r"|wikivoyage|wikidata|mediawiki)\.org"
)


@dataclass(frozen=True, slots=True)
class Wikimedia:
    """The uploaded file rather than a scaled copy; a page's wiki is asked for its file."""

    host: str = "wikimedia"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Files, scaled or not, and file pages."""
        name = domain(url)
        if name in _FILES:
            file = _FILE.fullmatch(url.path)
            if not file:
                return None
            scaled = bool(file["thumb"]) and bool(_STILL_NAME.fullmatch(url.path))
            if not scaled and not _STILL_NAME.fullmatch(file["name"]):
                return None
            return Match(self.host, "resized" if scaled else IMAGE, unquote(file["name"]), url.geturl())
        title = file_title(url) if _SITES.fullmatch(name) else None
        return Match(self.host, "page", title, url.geturl()) if title else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The uploaded file, then the copy that was linked."""
        url = urlsplit(match.url)
        if match.kind == "page":
            found = wiki_file(f"https://{url.hostname}/w/api.php", match.id, fetcher)
            return (replace(found, previews=_copies(found)),)
        file = _FILE.fullmatch(url.path)
        if not file or not file["thumb"]:
            found = Image(match.id, (match.url,))
            return (replace(found, previews=_copies(found)),)
        # A drawing's only picture is the one that was scaled.
        upload = f"https://upload.wikimedia.org{file['root']}/{file['place']}/{file['name']}"
        original = (upload,) if _STILL_NAME.fullmatch(file["name"]) else ()
        found = Image(match.id, tuple(dict.fromkeys((*original, *_served(url, file), match.url))))
        return (replace(found, previews=_copies(found)),)


def _copies(found: Image) -> tuple[Preview, ...]:
    """The scaled copies for a first look at a file; where the wiki told no size, that of most cameras."""
    url = urlsplit(found.urls[0])
    file = _FILE.fullmatch(url.path) if domain(url) in _FILES else None
    if not file or file["thumb"] or not _COPIED.fullmatch(file["name"]):
        return ()
    wide, high = (found.width, found.height) if found.width and found.height else _USUAL
    folder = f"https://thumb.wikimedia.org{file['root']}/thumb/{file['place']}/{file['name']}"
    return tuple(
        Preview(f"{folder}/{width}px-{file['name']}", width, max(1, round(high * width / wide)))
        for width in _LOOKS
        if width < wide
    )


def _served(url: SplitResult, file: re.Match[str]) -> tuple[str, ...]:
    """The copy in place of one whose width is no longer served: the next wider one."""
    copy = _WIDTH.fullmatch(file["copy"])
    if not copy or int(copy["width"]) in WIDTHS:
        return ()
    width = next((each for each in WIDTHS if each > int(copy["width"])), WIDTHS[-1])
    name = f"{copy['before']}{width}{copy['after']}"
    return (url._replace(path=f"{url.path[: file.start('copy')]}{name}").geturl(),)


RULE: Final = Wikimedia()

# The languages of the largest Wikipedias; each wiki's API wants one request after the other.
_WIKIS: Final = (
    "ar",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "it",
    "ja",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "uk",
    "vi",
    "zh",
)

FACTS: Final = Facts(
    links="files, scaled copies, file pages of every wiki in any language",
    original="the path of the copy; the wiki's API for pages",
    asks="API for pages",
    limits={
        # Two at once, media included: https://wikitech.wikimedia.org/wiki/Robot_policy
        "upload.wikimedia.org": Limit(10, 1, 2),
        "thumb.wikimedia.org": Limit(10, 1, 2),
        # One request after the other: https://www.mediawiki.org/wiki/API:Etiquette
        **{
            name: Limit(60, 60)
            for name in ("commons.wikimedia.org", *(f"{code}.wikipedia.org" for code in _WIKIS))
        },
    },
    watched=("thumb.wikimedia.org", "upload.wikimedia.org"),
    widths=WIDTHS,
    examples=(
        Example(
            "https://upload.wikimedia.org/wikipedia/commons/d/da/Alcohol_belt.PNG",
            "image",
            "Alcohol_belt.PNG",
            ("https://upload.wikimedia.org/wikipedia/commons/d/da/Alcohol_belt.PNG",),
        ),
        Example(
            "https://upload.wikimedia.org/wikipedia/commons/2/25/Schenck_-_Anguish_%28art%29.jpg",
            "image",
            "Schenck_-_Anguish_(art).jpg",
            ("https://upload.wikimedia.org/wikipedia/commons/2/25/Schenck_-_Anguish_%28art%29.jpg",),
        ),
        Example(
            "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg",
            "resized",
            "Anguish.jpg",
            (
                "https://upload.wikimedia.org/wikipedia/commons/2/25/Anguish.jpg",
                "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg",
            ),
        ),
        Example(
            "https://upload.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1280px-Habitat.svg.png",
            "resized",
            "Habitat.svg",
            ("https://upload.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1280px-Habitat.svg.png",),
        ),
        Example(
            "https://upload.wikimedia.org/wikipedia/en/a/a9/Example.jpg",
            "image",
            "Example.jpg",
            ("https://upload.wikimedia.org/wikipedia/en/a/a9/Example.jpg",),
        ),
        Example("https://en.wikipedia.org/wiki/File:Kiwi_aka.jpg", "page", "Kiwi_aka.jpg"),
        Example("https://commons.wikimedia.org/wiki/File:Caf%C3%A9.jpg", "page", "Café.jpg"),
        Example("https://de.wikipedia.org/wiki/Datei:Kiwi.jpg", "page", "Kiwi.jpg"),
        Example("https://en.m.wikipedia.org/wiki/Kiwi#/media/File:Kiwi_aka.jpg", "page", "Kiwi_aka.jpg"),
        Example("https://upload.wikimedia.org/wikipedia/commons/1/11/Sound.ogg"),
        Example("https://en.wikipedia.org/wiki/Kiwi"),
        Example(
            "https://thumb.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg",
            "resized",
            "Anguish.jpg",
            (
                "https://upload.wikimedia.org/wikipedia/commons/2/25/Anguish.jpg",
                "https://thumb.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg",
            ),
        ),
        Example(
            "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/800px-Anguish.jpg",
            "resized",
            "Anguish.jpg",
            (
                "https://upload.wikimedia.org/wikipedia/commons/2/25/Anguish.jpg",
                "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/960px-Anguish.jpg",
                "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/800px-Anguish.jpg",
            ),
        ),
        Example(
            "https://thumb.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1000px-Habitat.svg.png",
            "resized",
            "Habitat.svg",
            (
                "https://thumb.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1280px-Habitat.svg.png",
                "https://thumb.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1000px-Habitat.svg.png",
            ),
        ),
        Example("https://pl.wikipedia.org/wiki/Plik:Kiwi.jpg", "page", "Kiwi.jpg"),
        Example(
            "https://ja.wikipedia.org/wiki/%E3%83%95%E3%82%A1%E3%82%A4%E3%83%AB:Kiwi.jpg", "page", "Kiwi.jpg"
        ),
        Example(
            "https://ru.wikipedia.org/wiki/%D0%9A%D0%B8%D0%B2%D0%B8#/media/%D0%A4%D0%B0%D0%B9%D0%BB:Kiwi.jpg",
            "page",
            "Kiwi.jpg",
        ),
        Example("https://de.wikivoyage.org/wiki/Datei:Kiwi.tif", "page", "Kiwi.tif"),
        Example("https://commons.wikimedia.org/w/index.php?title=File:Kiwi.jpg&oldid=1", "page", "Kiwi.jpg"),
        Example("https://commons.wikimedia.org/wiki/Special:FilePath/Kiwi.jpg?width=300", "page", "Kiwi.jpg"),
        Example("https://commons.wikimedia.org/wiki/File_talk:Kiwi.jpg"),
        Example("https://commons.wikimedia.org/wiki/User:Kiwi.jpg"),
    ),
)
