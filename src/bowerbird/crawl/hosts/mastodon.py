"""Mastodon, on any instance: each attachment has a `small` copy, and the file as it was sent beside it.

https://docs.joinmastodon.org/entities/MediaAttachment/.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import STILL
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(
    r"(?P<before>(?:/[^/]{1,80}){0,4}/media_attachments/files(?:/[0-9]{3}){2,8}/)small"
    rf"(?P<after>/[0-9a-f]{{8,64}}\.(?:{STILL}))",
    re.IGNORECASE,
)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if url.hostname else None
    if not found:
        return None
    original = url._replace(path=f"{found['before']}original{found['after']}").geturl()
    return File(digest(f"{url.netloc}{found['before']}{found['after']}")[:16], (original,))


RULE: Final = PageOrFile("mastodon", _file, priority=400)

FACTS: Final = Facts(
    links="`media_attachments/files/…/small/…` of any instance",
    original="`original` in place of `small`",
    examples=(
        Example(
            "https://files.mastodon.example/media_attachments/files/111/914/756/845/002/235/small/42975a5a216beae9.jpeg",
            "resized",
            "ecf860b3be04a110",
            (
                "https://files.mastodon.example/media_attachments/files/111/914/756/845/002/235/original/42975a5a216beae9.jpeg",
                "https://files.mastodon.example/media_attachments/files/111/914/756/845/002/235/small/42975a5a216beae9.jpeg",
            ),
        ),
        Example(
            "https://social.example/system/cache/media_attachments/files/111/914/756/845/002/235/small/42975a5a216beae9.png",
            "resized",
            "96119d455642a0d8",
            (
                "https://social.example/system/cache/media_attachments/files/111/914/756/845/002/235/original/42975a5a216beae9.png",
                "https://social.example/system/cache/media_attachments/files/111/914/756/845/002/235/small/42975a5a216beae9.png",
            ),
        ),
        Example(
            "https://files.mastodon.example/media_attachments/files/111/914/756/845/002/235/original/42975a5a216beae9.jpeg",
            "image",
            "8016d3b6b7596c64",
            (
                "https://files.mastodon.example/media_attachments/files/111/914/756/845/002/235/original/42975a5a216beae9.jpeg",
            ),
            host="direct",
        ),
    ),
)
