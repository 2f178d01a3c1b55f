"""ImgBB: pages at ibb.co and files at i.ibb.co."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_page
from bowerbird.crawl.hosts.base import IMAGE, STILL, Image, Match, domain
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata

_PAGE: Final = re.compile(r"/(?P<id>[0-9A-Za-z]{6,8})/?")
_FILE: Final = re.compile(rf"/(?P<id>[0-9A-Za-z]{{6,8}})/[^/]{{1,200}}\.(?:{STILL})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imgbb:
    """A page's own metadata name its file; albums are left alone."""

    host: str = "imgbb"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Pages and files."""
        name = domain(url)
        page = _PAGE.fullmatch(url.path) if name == "ibb.co" else None
        file = _FILE.fullmatch(url.path) if name == "i.ibb.co" else None
        if page:
            return Match(self.host, "page", page["id"], url.geturl())
        return Match(self.host, IMAGE, file["id"], url.geturl()) if file else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file, as linked or as the page names it."""
        if match.kind == IMAGE:
            return (Image(match.id, (match.url,)),)
        page = fetch_page(fetcher, f"https://ibb.co/{match.id}")
        for link in page_images(page_metadata(page.body), page.url):
            if domain(urlsplit(link)) == "i.ibb.co" and _FILE.fullmatch(urlsplit(link).path):
                return (Image(match.id, (link,)),)
        raise PermanentError("the page shows no picture any more")


RULE: Final = Imgbb()
