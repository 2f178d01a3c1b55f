"""Google's picture servers (Photos, Blogger): the size is a word of the link, and `s0` is the original's.

Words of sizes: https://developers.google.com/people/image-sizing.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAME: Final = re.compile(r"(?:lh[0-9]|blogger|[0-9])\.(?:googleusercontent|ggpht|bp\.blogspot)\.com")
_WORD: Final = r"(?:[swh][0-9]{1,5}|[a-z]{1,3})(?:-(?:[swh][0-9]{1,5}|[a-z]{1,3}))*"
_IN_PATH: Final = re.compile(
    rf"(?P<before>/.{{8,}}/)(?P<size>{_WORD})(?P<after>/[^/]{{1,200}}\.(?:{STILL}))", re.IGNORECASE
)
_AT_END: Final = re.compile(rf"(?P<before>/[\w/.-]{{16,}})=(?P<size>{_WORD})", re.ASCII)

# The longer side may have any length. These are for two first looks.
_SIDES: Final = (320, 1024)


def _file(url: SplitResult) -> File | None:
    """Both spellings: the size between slashes, or at the end behind `=`."""
    if not _NAME.fullmatch(domain(url)):
        return None
    inside, end = _IN_PATH.fullmatch(url.path), _AT_END.fullmatch(url.path)
    found = inside or end
    if not found:
        return None
    path = f"{inside['before']}s0{inside['after']}" if inside else f"{found['before']}=s0"
    return File(digest(found["before"])[:16], (url._replace(path=path).geturl(),))


def _copies(link: str) -> dict[str, int]:
    if link.endswith("=s0"):
        return {f"{link[:-2]}s{side}": side for side in _SIDES}
    return {link.replace("/s0/", f"/s{side}/"): side for side in _SIDES}


RULE: Final = PageOrFile("google", _file, copies=_copies)

FACTS: Final = Facts(
    links="Photos and Blogger files",
    original="size `s0`",
    widths=_SIDES,
    examples=(
        Example(
            "https://lh4.googleusercontent.com/-QAheZ-eePOM/UPyB8Ws/AAA/CWxsy/w1509-h497-p-k/appt.jpg",
            "resized",
            "81c9080bc060014b",
            (
                "https://lh4.googleusercontent.com/-QAheZ-eePOM/UPyB8Ws/AAA/CWxsy/s0/appt.jpg",
                "https://lh4.googleusercontent.com/-QAheZ-eePOM/UPyB8Ws/AAA/CWxsy/w1509-h497-p-k/appt.jpg",
            ),
        ),
        Example(
            "https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s640/dawn.JPG",
            "resized",
            "dea5ee15ccfbdb1c",
            (
                "https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s0/dawn.JPG",
                "https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s640/dawn.JPG",
            ),
        ),
        Example(
            "https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=w1200-h800-no",
            "resized",
            "f99361818bf08762",
            (
                "https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=s0",
                "https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=w1200-h800-no",
            ),
        ),
        Example("https://lh3.googleusercontent.com/a"),
    ),
)
