"""Unsplash: files, which lose their scaling with their query, and photo pages.

Files are served by imgix: https://unsplash.com/documentation#supported-parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_page
from bowerbird.crawl.hosts.base import Image, Match, domain
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata

_FILE: Final = re.compile(r"/(?P<id>(?:photo|reserve)[/-][\w/.-]{8,80})", re.ASCII)
# Ids have 11 characters and stand behind a title, or alone.
_PAGE: Final = re.compile(
    r"(?:/[a-z]{2}(?:-[a-z]{2})?)?/photos/(?:[^/]*-)?(?P<id>[\w-]{11})(?:/.*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Unsplash:
    """The uploaded size first, then the linked one."""

    host: str = "unsplash"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Photo pages and files; `plus.unsplash.com` sells marked previews and is left alone."""
        name = domain(url)
        file = _FILE.fullmatch(url.path) if name == "images.unsplash.com" else None
        page = _PAGE.fullmatch(url.path) if name in {"unsplash.com", "www.unsplash.com"} else None
        if file:
            return Match(self.host, "resized" if url.query else "image", file["id"], url.geturl())
        return Match(self.host, "page", page["id"], url.geturl()) if page else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file without its query; a page names its file."""
        if match.kind != "page":
            return (Image(match.id, _sizes(match.url)),)
        page = fetch_page(fetcher, f"https://unsplash.com/photos/{match.id}")
        for link in page_images(page_metadata(page.body), page.url):
            if domain(urlsplit(link)) == "images.unsplash.com" and _FILE.fullmatch(urlsplit(link).path):
                return (Image(match.id, _sizes(link)),)
        raise PermanentError("the page shows no photo any more")


def _sizes(link: str) -> tuple[str, ...]:
    original = f"https://images.unsplash.com{urlsplit(link).path}"
    return tuple(dict.fromkeys((original, link)))


RULE: Final = Unsplash()
