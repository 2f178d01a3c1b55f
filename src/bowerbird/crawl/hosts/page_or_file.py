"""The shape that most hosts have: files, perhaps of several sizes, and pages that each name one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.errors import OptedOutError, PermanentError
from bowerbird.core.messages import Preview
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_page
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.page_metadata import page_pictures

_PAGE: Final = "page"
_RESIZED: Final = "resized"

# What most cameras make.
_USUAL_RATIO: Final = (3, 2)


@dataclass(frozen=True, slots=True)
class File:
    """A file's stable id, and the larger files that its link tells of, best first.

    `page` is the page to ask where the link alone does not tell the original.
    """

    id: str
    better: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Pages with one picture: `names` fits the host's name, `path` has a group `id`.

    The rule asks `address`, with `{id}` filled in. When a page's picture follows from its id, `pictures` says
    how, the best first, and nobody is asked.
    """

    names: re.Pattern[str]
    path: re.Pattern[str]
    address: str = ""
    pictures: tuple[str, ...] = ()

    def id(self, url: SplitResult) -> str | None:
        """Return the page's id, or None for a link to anything else."""
        found = self.path.fullmatch(url.path) if self.names.fullmatch(domain(url)) else None
        return found["id"] if found else None


@dataclass(frozen=True, slots=True)
class PageOrFile:
    """A host of that shape. `file` reads a file's link, and so tells a page's file from its other pictures.

    `same_id` says that a page's file has the page's id. `shows` is what a page shows, for the error's text.
    `copies` gives, for the link of a file, the links of smaller copies with the side in pixels of the square
    that each fits into. The best file that has any counts.
    """

    host: str
    file: Callable[[SplitResult], File | None]
    pages: tuple[Page, ...] = ()
    same_id: bool = False
    shows: str = "picture"
    priority: int = 10
    copies: Callable[[str], Mapping[str, int]] = lambda _: {}

    def match(self, url: SplitResult) -> Match | None:
        """Files and pages."""
        file = self.file(url)
        if file:
            kind = _RESIZED if file.better or file.page else IMAGE
            return Match(self.host, kind, file.id, url.geturl())
        ids = (page.id(url) for page in self.pages)
        found = next((each for each in ids if each), None)
        return Match(self.host, _PAGE, found, url.geturl()) if found else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The best file that the link or the page tells of, then what was linked."""
        url = urlsplit(match.url)
        if match.kind == _PAGE:
            page = next(page for page in self.pages if page.id(url) == match.id)
            if page.pictures:
                return (self._image(match.id, tuple(each.format(id=match.id) for each in page.pictures)),)
            return (self._image(match.id, self._read(page.address.format(id=match.id), match.id, fetcher)),)
        file = self.file(url) or File(match.id)
        better = self._asked(file, fetcher) if file.page else file.better
        return (self._image(match.id, tuple(dict.fromkeys((*better, match.url)))),)

    def _image(self, media_id: str, urls: tuple[str, ...]) -> Image:
        copies = next(filter(None, map(self.copies, urls)), {})
        return Image(media_id, urls, smaller_copies(copies))

    def _asked(self, file: File, fetcher: Fetcher) -> tuple[str, ...]:
        """What the page of a small file names. When the page is gone, what the link tells is left."""
        try:
            return self._read(file.page, file.id, fetcher)
        except (NoPictureError, OptedOutError):
            raise
        except PermanentError:
            return file.better

    def _read(self, address: str, wanted: str, fetcher: Fetcher) -> tuple[str, ...]:
        page = fetch_page(fetcher, address)
        for link in page_pictures(page):
            file = self.file(urlsplit(link))
            if file and not file.page and (not self.same_id or file.id == wanted):
                return tuple(dict.fromkeys((*file.better, link)))
        raise PermanentError(f"the page shows no {self.shows} any more")


def smaller_copies(
    links: Mapping[str, int], width: int | None = None, height: int | None = None
) -> tuple[Preview, ...]:
    """The copies of a picture that its host fits into squares, from small to large.

    `links` gives the square's side in pixels by the copy's link. `width` and `height` are those of any copy,
    or of the picture. They tell the ratio of the sides; when they are not known, it is taken for a camera's.
    Whoever looks at a copy checks its size.
    """
    if not width or not height:
        width, height = _USUAL_RATIO
    longer = max(width, height)
    return tuple(
        Preview(link, max(1, round(width * side / longer)), max(1, round(height * side / longer)))
        for link, side in sorted(links.items(), key=lambda each: each[1])
    )
