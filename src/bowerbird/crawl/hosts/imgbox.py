"""imgbox: pages, files and thumbnails; `_o` is the upload, whatever else stands in its place."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILES: Final = re.compile(r"(?P<what>images|thumbs)(?P<number>[0-9]{0,2})\.imgbox\.com")
_FILE: Final = re.compile(
    rf"(?P<place>/[0-9a-f]{{2}}/[0-9a-f]{{2}})/(?P<id>[0-9A-Za-z]{{8}})_(?P<size>[a-z])\.(?P<ext>{STILL})",
    re.IGNORECASE,
)


def _file(url: SplitResult) -> File | None:
    server = _FILES.fullmatch(domain(url))
    found = _FILE.fullmatch(url.path) if server else None
    if not server or not found:
        return None
    if found["size"] == "o" and server["what"] == "images":
        return File(found["id"])
    upload = f"{found['place']}/{found['id']}_o.{found['ext']}"
    return File(found["id"], (f"https://images{server['number']}.imgbox.com{upload}",))


RULE: Final = PageOrFile(
    "imgbox",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?imgbox\.com"),
            re.compile(r"/(?P<id>[0-9A-Za-z]{8})/?"),
            "https://imgbox.com/{id}",
        ),
    ),
    same_id=True,
)

FACTS: Final = Facts(
    links="pages, files, thumbnails",
    original="the page's metadata; `_o` of a thumbnail's name",
    asks="page for pages",
    examples=(
        Example("https://imgbox.com/qHhw7lpG", "page", "qHhw7lpG"),
        Example(
            "https://thumbs2.imgbox.com/90/0b/qHhw7lpG_t.jpg",
            "resized",
            "qHhw7lpG",
            (
                "https://images2.imgbox.com/90/0b/qHhw7lpG_o.jpg",
                "https://thumbs2.imgbox.com/90/0b/qHhw7lpG_t.jpg",
            ),
        ),
        Example(
            "https://images2.imgbox.com/90/0b/qHhw7lpG_o.jpg",
            "image",
            "qHhw7lpG",
            ("https://images2.imgbox.com/90/0b/qHhw7lpG_o.jpg",),
        ),
        Example("https://imgbox.com/g/qHhw7lpGab"),
    ),
)
