"""Wikimedia: files, their scaled copies, and the pages of files on Commons and every Wikipedia.

Where files lie: https://www.mediawiki.org/wiki/Manual:$wgHashedUploadDirectory; what tells of them:
https://www.mediawiki.org/wiki/API:Imageinfo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json
from bowerbird.crawl.hosts.base import IMAGE, STILL, Image, Match, NoPictureError, domain

_FILE: Final = re.compile(
    r"(?P<root>/wikipedia/[a-z-]{2,16})/(?P<thumb>thumb/)?(?P<place>[0-9a-f]/[0-9a-f]{2})"
    r"/(?P<name>[^/]{1,240})(?(thumb)/[^/]{1,300})",
    re.IGNORECASE,
)
_STILL_NAME: Final = re.compile(rf".*\.(?:{STILL})", re.IGNORECASE | re.DOTALL)
# `#/media/File:…` is the viewer that opens over an article.
_PAGE: Final = re.compile(
    r"(?:/wiki/|/media/)(?:File|Image|Datei|Fichier|Archivo):(?P<name>[^/?#|]{1,240})\Z"
)
_SITES: Final = (".wikipedia.org", ".wikimedia.org")
_TYPES: Final = {"image/jpeg", "image/png", "image/webp"}
# A scaled copy stands in where the original is a TIFF, or too large to take.
_SCALED_WIDTH: Final = 3840


@dataclass(frozen=True, slots=True)
class Wikimedia:
    """The uploaded file rather than a scaled copy; a page's wiki is asked for its file."""

    host: str = "wikimedia"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Files, scaled or not, and file pages."""
        name = domain(url)
        if name == "upload.wikimedia.org":
            file = _FILE.fullmatch(url.path)
            if not file:
                return None
            scaled = bool(file["thumb"]) and bool(_STILL_NAME.fullmatch(url.path))
            if not scaled and not _STILL_NAME.fullmatch(file["name"]):
                return None
            return Match(self.host, "resized" if scaled else IMAGE, unquote(file["name"]), url.geturl())
        if not name.endswith(_SITES):
            return None
        page = _PAGE.search(url.fragment) or _PAGE.fullmatch(url.path)
        return Match(self.host, "page", unquote(page["name"]), url.geturl()) if page else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The uploaded file, then the copy that was linked."""
        if match.kind == "page":
            return (self._ask(match, fetcher),)
        file = _FILE.fullmatch(urlsplit(match.url).path)
        if file and file["thumb"] and _STILL_NAME.fullmatch(file["name"]):
            original = f"https://upload.wikimedia.org{file['root']}/{file['place']}/{file['name']}"
            return (Image(match.id, (original, match.url)),)
        return (Image(match.id, (match.url,)),)  # a drawing's only picture is the one that was scaled

    def _ask(self, match: Match, fetcher: Fetcher) -> Image:
        query = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "redirects": "1",
            "prop": "imageinfo",
            "iiprop": "url|size|mime",
            "iiurlwidth": str(_SCALED_WIDTH),
            "titles": f"File:{match.id}",
        }
        wiki = f"https://{urlsplit(match.url).hostname}/w/api.php"
        answer = untrusted.mapping(fetch_json(fetcher, f"{wiki}?{urlencode(query, quote_via=quote)}"))
        pages = untrusted.sequence(untrusted.mapping(answer.get("query")).get("pages"))
        infos = untrusted.sequence(untrusted.mapping(pages[0] if pages else None).get("imageinfo"))
        info = untrusted.mapping(infos[0] if infos else None)
        original, scaled = untrusted.link(info.get("url")), untrusted.link(info.get("thumburl"))
        if not original:
            raise PermanentError("the wiki has no such file")
        if info.get("mime") == "image/tiff" and scaled:
            return Image(match.id, (scaled,))
        if str(info.get("mime")) not in _TYPES:
            raise NoPictureError("it is no photograph's format")
        urls = (original, scaled) if scaled else (original,)
        return Image(
            match.id, urls, (), untrusted.pixels(info.get("width")), untrusted.pixels(info.get("height"))
        )


RULE: Final = Wikimedia()
