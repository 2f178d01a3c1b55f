"""ESO, Hubble and Webb: pictures of the sky. Sizes are folders; `large` is the whole picture as a JPEG."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_NAME: Final = re.compile(r"cdn\.(?:eso|esahubble|esawebb|spacetelescope)\.org")
_FILE: Final = re.compile(
    r"(?P<before>(?:/archives)?/images)/(?P<size>\w{3,24})/(?P<id>[a-z0-9_-]{4,60})\.jpg", re.ASCII
)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if _NAME.fullmatch(domain(url)) else None
    if not found:
        return None
    if found["size"] == "large":
        return File(found["id"])
    return File(found["id"], (f"https://{domain(url)}{found['before']}/large/{found['id']}.jpg",))


RULE: Final = PageOrFile(
    "observatories",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?eso\.org"),
            re.compile(r"/public/(?:[a-z-]{2,20}/)?images/(?P<id>[a-z0-9_-]{4,60})/?"),
            pictures=("https://cdn.eso.org/images/large/{id}.jpg",),
        ),
        Page(
            re.compile(r"(?:www\.)?(?:esahubble|spacetelescope)\.org"),
            re.compile(r"/images/(?P<id>[a-z0-9_-]{4,60})/?"),
            pictures=("https://cdn.esahubble.org/archives/images/large/{id}.jpg",),
        ),
        Page(
            re.compile(r"(?:www\.)?esawebb\.org"),
            re.compile(r"/images/(?P<id>[a-z0-9_-]{4,60})/?"),
            pictures=("https://cdn.esawebb.org/archives/images/large/{id}.jpg",),
        ),
    ),
)

FACTS: Final = Facts(
    links="pictures of ESO, ESA/Hubble and ESA/Webb",
    original="folder `large`",
    examples=(
        Example(
            "https://cdn.eso.org/images/screen/eso1242a.jpg",
            "resized",
            "eso1242a",
            (
                "https://cdn.eso.org/images/large/eso1242a.jpg",
                "https://cdn.eso.org/images/screen/eso1242a.jpg",
            ),
        ),
        Example(
            "https://cdn.esahubble.org/archives/images/large/heic0506a.jpg",
            "image",
            "heic0506a",
            ("https://cdn.esahubble.org/archives/images/large/heic0506a.jpg",),
        ),
        Example(
            "https://www.eso.org/public/images/eso1242a/",
            "page",
            "eso1242a",
            ("https://cdn.eso.org/images/large/eso1242a.jpg",),
        ),
        Example(
            "https://esawebb.org/images/weic2216b/",
            "page",
            "weic2216b",
            ("https://cdn.esawebb.org/archives/images/large/weic2216b.jpg",),
        ),
        Example("https://esahubble.org/images/"),
    ),
)
