"""pict-rs, the picture server of Lemmy and its kin, on any instance. A link without its query is the upload.

https://git.asonix.dog/asonix/pict-rs#api.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(
    r"/pictrs/image/[0-9a-zA-Z-]{8,64}(?:\.(?:jpe?g|png|webp|avif|jxl))?", re.IGNORECASE
)
_SCALING: Final = {"format", "thumbnail", "resize", "crop", "blur"}


def _file(url: SplitResult) -> File | None:
    if not url.hostname or not _FILE.fullmatch(url.path):
        return None
    names = {name.lower() for name, _ in parse_qsl(url.query, keep_blank_values=True)}
    better = (url._replace(query="", fragment="").geturl(),) if names and names <= _SCALING else ()
    return File(digest(f"{url.netloc}{url.path}")[:16], better)


RULE: Final = PageOrFile("pictrs", _file, priority=400)

FACTS: Final = Facts(
    links="`/pictrs/image/…` of any instance",
    original="the link without its query",
    examples=(
        Example(
            "https://lemmy.example/pictrs/image/0f0a3c57-66d9-4d09-b6b8-8f5c1d1c4a77.webp?format=webp&thumbnail=256",
            "resized",
            "772c56342f55c991",
            (
                "https://lemmy.example/pictrs/image/0f0a3c57-66d9-4d09-b6b8-8f5c1d1c4a77.webp",
                "https://lemmy.example/pictrs/image/0f0a3c57-66d9-4d09-b6b8-8f5c1d1c4a77.webp?format=webp&thumbnail=256",
            ),
        ),
        Example(
            "https://lemmy.example/pictrs/image/0f0a3c57-66d9-4d09-b6b8-8f5c1d1c4a77.jpeg",
            "image",
            "8bfb8d3c1916f775",
            ("https://lemmy.example/pictrs/image/0f0a3c57-66d9-4d09-b6b8-8f5c1d1c4a77.jpeg",),
        ),
        Example("https://lemmy.example/pictrs/image/short"),
    ),
)
