"""WordPress: the picture that was uploaded, behind the copies that themes and its CDN make.

Copies are named `-WIDTHxHEIGHT`: https://developer.wordpress.org/reference/functions/image_resize/. The CDN
wraps any site's picture: https://developer.wordpress.com/docs/photon/.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_COPY: Final = re.compile(rf"-[0-9]{{2,5}}x[0-9]{{2,5}}(?=\.(?:{STILL})\Z)", re.IGNORECASE)
_CDN: Final = re.compile(r"i[0-3]\.wp\.com")
# The CDN fits a picture into any square. These are for two first looks.
_SIDES: Final = (320, 1080)
_WRAPPED: Final = re.compile(rf"/(?P<inner>[^/]+\.[^/]+/.+\.(?:{STILL}))", re.IGNORECASE)


def _file(url: SplitResult) -> File | None:
    """Copies below `uploads/` of any site, and the CDN's links, whatever copy those wrap."""
    wrapped = _WRAPPED.fullmatch(url.path) if _CDN.fullmatch(domain(url)) else None
    if not wrapped:
        upload = _upload(url)
        return File(digest(upload)[:16], (upload,)) if upload else None
    inner = untrusted.link(f"https://{wrapped['inner']}")
    upload = _upload(urlsplit(inner)) if inner else None
    better = tuple(each for each in (upload, inner) if each)
    return File(digest(upload or f"https://{wrapped['inner']}")[:16], better)


def _upload(url: SplitResult) -> str | None:
    if "/uploads/" in url.path and _COPY.search(url.path):
        return url._replace(path=_COPY.sub("", url.path), query="").geturl()
    return None


def _copies(link: str) -> dict[str, int]:
    """Those of the CDN: it is for the sites that use it, and only its own links show which do."""
    url = urlsplit(link)
    if not _CDN.fullmatch(domain(url)) or not _WRAPPED.fullmatch(url.path):
        return {}
    upload = _COPY.sub("", url.path) if "/uploads/" in url.path else url.path
    return {f"https://{url.netloc}{upload}?fit={side},{side}": side for side in _SIDES}


# Asked after the rules that know their host.
RULE: Final = PageOrFile("wordpress", _file, priority=500, copies=_copies)

FACTS: Final = Facts(
    links="`uploads/…-1024x683.jpg` of any site, `i0.wp.com`",
    original="the upload's own name",
    widths=_SIDES,
    examples=(
        Example(
            "https://example.org/wp-content/uploads/2016/05/dawn-1024x683.jpg",
            "resized",
            "69d5ba61664832b8",
            (
                "https://example.org/wp-content/uploads/2016/05/dawn.jpg",
                "https://example.org/wp-content/uploads/2016/05/dawn-1024x683.jpg",
            ),
        ),
        Example(
            "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn.jpg?resize=640%2C480",
            "resized",
            "69d5ba61664832b8",
            (
                "https://example.org/wp-content/uploads/2016/05/dawn.jpg",
                "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn.jpg?resize=640%2C480",
            ),
        ),
        Example(
            "https://i2.wp.com/dawn.jpg",
            "image",
            "98cfac9d3f0fe893",
            ("https://i2.wp.com/dawn.jpg",),
            host="direct",
        ),
        Example(
            "https://example.org/wp-content/uploads/2016/05/dawn.jpg",
            "image",
            "82b01d2913b79fc1",
            ("https://example.org/wp-content/uploads/2016/05/dawn.jpg",),
            host="direct",
        ),
        Example(
            "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn-300x200.jpg?fit=300",
            "resized",
            "69d5ba61664832b8",
            (
                "https://example.org/wp-content/uploads/2016/05/dawn.jpg",
                "https://example.org/wp-content/uploads/2016/05/dawn-300x200.jpg",
                "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn-300x200.jpg?fit=300",
            ),
        ),
    ),
)
