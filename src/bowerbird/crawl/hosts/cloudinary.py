"""Cloudinary, also under its customers' names (NBC News…): a link without its transformations is the upload.

https://cloudinary.com/documentation/image_transformations#transformation_url_structure.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAMES: Final = {"res.cloudinary.com", "media-cldnry.s-nbcnews.com"}
_STEP: Final = r"[a-z]{1,3}_[^/]{1,200}"
_FILE: Final = re.compile(
    rf"(?P<before>(?:/[\w-]{{1,64}})?/image/upload)(?:/{_STEP})+(?P<after>/.*\.(?:{STILL}))", re.IGNORECASE
)

# Any size can be asked for. These are for two first looks.
_SIDES: Final = (320, 1080)


def _file(url: SplitResult) -> File | None:
    """Links with at least one transformation; signed ones (`s--…--`) are left as they are."""
    found = _FILE.fullmatch(url.path) if domain(url) in _NAMES else None
    if not found:
        return None
    upload = url._replace(path=f"{found['before']}{found['after']}", query="").geturl()
    return File(digest(found["after"])[:16], (upload,))


def _copies(link: str) -> dict[str, int]:
    """`c_limit` scales down only. A customer may have forbidden steps of others' making, as NBC may."""
    if "//res.cloudinary.com/" not in link:
        return {}
    return {
        link.replace("/image/upload/", f"/image/upload/c_limit,h_{side},w_{side}/", 1): side
        for side in _SIDES
    }


RULE: Final = PageOrFile("cloudinary", _file, copies=_copies)

FACTS: Final = Facts(
    links="`res.cloudinary.com`, NBC News",
    original="the link without its transformations",
    widths=_SIDES,
    examples=(
        Example(
            "https://res.cloudinary.com/demo/image/upload/c_fill,w_500/v1571218039/folder/dawn.jpg",
            "resized",
            "59fe818b30af64de",
            (
                "https://res.cloudinary.com/demo/image/upload/v1571218039/folder/dawn.jpg",
                "https://res.cloudinary.com/demo/image/upload/c_fill,w_500/v1571218039/folder/dawn.jpg",
            ),
        ),
        Example(
            "https://media-cldnry.s-nbcnews.com/image/upload/t_fit-1500w,f_auto/newscms/2015_41/dawn.jpg",
            "resized",
            "ba2a12af6f73cefc",
            (
                "https://media-cldnry.s-nbcnews.com/image/upload/newscms/2015_41/dawn.jpg",
                "https://media-cldnry.s-nbcnews.com/image/upload/t_fit-1500w,f_auto/newscms/2015_41/dawn.jpg",
            ),
        ),
        Example(
            "https://res.cloudinary.com/demo/image/upload/v1571218039/dawn.jpg",
            "image",
            "966cf5201f80be8e",
            ("https://res.cloudinary.com/demo/image/upload/v1571218039/dawn.jpg",),
            host="direct",
        ),
    ),
)
