"""tumblr's media files: names once ended in a width, 1280 the largest; newer names cannot be changed.

Widths: https://www.tumblr.com/docs/en/api/v1 (`photo-url`, `max-width`).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAME: Final = re.compile(r"(?:[0-9]{1,3}\.)?media\.tumblr\.com")
_OLD: Final = re.compile(
    r"(?P<stem>/(?:[0-9a-f]{32}/)?tumblr_(?P<id>\w{1,60}?))_(?P<width>[0-9]{2,4})\.(?P<ext>jpe?g|png)"
)
_NEW: Final = re.compile(
    r"/(?P<id>[0-9a-f]{32})/[0-9a-f-]{1,40}/s[0-9]+x[0-9]+/[0-9a-f]+\.(?:jpe?g|png|webp|pnj)"
)
_LARGEST: Final = 1280
# Of the smaller widths, the one for a first look; the second look wants more than 500.
_WIDTHS: Final = (250,)


def _file(url: SplitResult) -> File | None:
    if not _NAME.fullmatch(domain(url)):
        return None
    old, new = _OLD.fullmatch(url.path), _NEW.fullmatch(url.path)
    if old and int(old["width"]) < _LARGEST:
        larger = url._replace(path=f"{old['stem']}_{_LARGEST}.{old['ext']}").geturl()
        return File(old["id"], (larger,))
    found = old or new
    return File(found["id"]) if found else None


def _copies(link: str) -> dict[str, int]:
    stem, found, extension = link.rpartition(f"_{_LARGEST}.")
    return {f"{stem}_{width}.{extension}": width for width in _WIDTHS} if found else {}


# Pages hold texts as often as pictures and are left alone.
RULE: Final = PageOrFile("tumblr", _file, copies=_copies)

FACTS: Final = Facts(
    links="media files, both generations",
    original="width 1280 of an old name",
    widths=_WIDTHS,
    examples=(
        Example(
            "http://56.media.tumblr.com/2a32ae0e99abd16f10ea0e96b1398f98/tumblr_o3c6n5IjS61qbsnsyo1_1280.jpg",
            "image",
            "o3c6n5IjS61qbsnsyo1",
            (
                "http://56.media.tumblr.com/2a32ae0e99abd16f10ea0e96b1398f98/tumblr_o3c6n5IjS61qbsnsyo1_1280.jpg",
            ),
        ),
        Example(
            "http://25.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/tumblr_mrs83rtHXl1s1rffco1_500.jpg",
            "resized",
            "mrs83rtHXl1s1rffco1",
            (
                "http://25.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/tumblr_mrs83rtHXl1s1rffco1_1280.jpg",
                "http://25.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/tumblr_mrs83rtHXl1s1rffco1_500.jpg",
            ),
        ),
        Example(
            "https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_500.png",
            "resized",
            "mrs83rtHXl1s1rffco1",
            (
                "https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_1280.png",
                "https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_500.png",
            ),
        ),
        Example(
            "https://64.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/0123456789abcdef-12/s1280x1920/0a0a.jpg",
            "image",
            "9a9c8602f49be8d2729bda50b6029dad",
            (
                "https://64.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/0123456789abcdef-12/s1280x1920/0a0a.jpg",
            ),
        ),
        Example("https://someone.tumblr.com/post/123456/a-title"),
    ),
)
