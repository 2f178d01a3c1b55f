"""Behance's files: the size is a word of the path, and `source` is the upload's."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAME: Final = re.compile(r"mir-(?:s3-cdn-cf|cdn)\.behance\.net")
_FILE: Final = re.compile(
    rf"/project_modules/(?P<size>\w{{2,20}})/(?P<id>[\w.-]{{8,120}})\.(?P<ext>{STILL})",
    re.IGNORECASE | re.ASCII,
)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if _NAME.fullmatch(domain(url)) else None
    if not found:
        return None
    if found["size"] == "source":
        return File(found["id"])
    source = f"/project_modules/source/{found['id']}.{found['ext']}"
    return File(found["id"], (url._replace(path=source, query="").geturl(),))


# A project's page holds many pictures behind its scripts and is left alone.
RULE: Final = PageOrFile("behance", _file)

FACTS: Final = Facts(
    links="files of projects",
    original="size `source`",
    examples=(
        Example(
            "https://mir-s3-cdn-cf.behance.net/project_modules/max_1200/1cf1b1140312345.5ff0a1b2c3d4e.jpg",
            "resized",
            "1cf1b1140312345.5ff0a1b2c3d4e",
            (
                "https://mir-s3-cdn-cf.behance.net/project_modules/source/1cf1b1140312345.5ff0a1b2c3d4e.jpg",
                "https://mir-s3-cdn-cf.behance.net/project_modules/max_1200/1cf1b1140312345.5ff0a1b2c3d4e.jpg",
            ),
        ),
        Example(
            "https://mir-s3-cdn-cf.behance.net/project_modules/source/1cf1b1140312345.5ff0a1b2c3d4e.jpg",
            "image",
            "1cf1b1140312345.5ff0a1b2c3d4e",
            ("https://mir-s3-cdn-cf.behance.net/project_modules/source/1cf1b1140312345.5ff0a1b2c3d4e.jpg",),
        ),
        Example("https://www.behance.net/gallery/21324767/Nevada-City"),
    ),
)
