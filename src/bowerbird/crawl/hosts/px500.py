"""500px: photo pages, and files whose links are signed and so stay as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_page
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, domain
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata

_PAGE: Final = re.compile(r"/photo/(?P<id>[0-9]{1,16})(?:/.*)?")
_FILE: Final = re.compile(r"/(?:photo/)?(?P<id>[0-9]{1,16})/.{1,300}")
_FILES: Final = {"ppcdn.500px.org", "pcdn.500px.net", "drscdn.500px.org"}


@dataclass(frozen=True, slots=True)
class Px500:
    """A page's own metadata name the largest file it shows to everybody."""

    host: str = "500px"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Photo pages and files."""
        name = domain(url)
        page = _PAGE.fullmatch(url.path) if name in {"500px.com", "www.500px.com", "web.500px.com"} else None
        file = _FILE.fullmatch(url.path) if name in _FILES else None
        if page:
            return Match(self.host, "page", page["id"], url.geturl())
        return Match(self.host, IMAGE, file["id"], url.geturl()) if file else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file, as linked or as the page names it."""
        if match.kind == IMAGE:
            return (Image(match.id, (match.url,)),)
        page = fetch_page(fetcher, f"https://500px.com/photo/{match.id}")
        for link in page_images(page_metadata(page.body), page.url):
            file = _FILE.fullmatch(urlsplit(link).path)
            if domain(urlsplit(link)) in _FILES and file and file["id"] == match.id:
                return (Image(match.id, (link,)),)
        raise PermanentError("the page shows no photo any more")


RULE: Final = Px500()
