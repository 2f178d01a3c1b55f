"""Pictures of posts on Twitter; `name=orig` is the uploaded size.

Sizes: https://docs.x.com/x-api/fundamentals/data-dictionary#media.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs

from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(
    r"/media/(?P<id>[\w-]{10,32})(?:\.(?P<ext>jpe?g|png|webp))?(?::[a-z]{2,12})?", re.ASCII
)
# The squares that the named sizes fit into.
_SIDES: Final = {"small": 680, "medium": 1200}
_FORMATS: Final = {"jpg", "jpeg", "png", "webp"}


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "pbs.twimg.com" else None
    form = (found and found["ext"]) or "".join(parse_qs(url.query).get("format", []))
    if not found or form not in _FORMATS:
        return None
    return File(found["id"], (f"https://pbs.twimg.com/media/{found['id']}?format={form}&name=orig",))


def _copies(link: str) -> dict[str, int]:
    return {link.replace("name=orig", f"name={name}"): side for name, side in _SIDES.items()}


RULE: Final = PageOrFile("twitter", _file, copies=_copies)

FACTS: Final = Facts(
    links="`pbs.twimg.com/media`, both spellings",
    original="`name=orig`, in the format that the link names",
    widths=tuple(_SIDES.values()),
    examples=(
        Example(
            "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg",
            "resized",
            "DMV41qCW0AAcIT7",
            (
                "https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=jpg&name=orig",
                "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg",
            ),
        ),
        Example(
            "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg?name=orig",
            "resized",
            "EcQTwZxWsAI5thr",
            (
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=jpg&name=orig",
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg?name=orig",
            ),
        ),
        Example(
            "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg:large",
            "resized",
            "EcQTwZxWsAI5thr",
            (
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=jpg&name=orig",
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg:large",
            ),
        ),
        Example(
            "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=png&name=small",
            "resized",
            "EcQTwZxWsAI5thr",
            (
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=png&name=orig",
                "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=png&name=small",
            ),
        ),
        Example("https://pbs.twimg.com/media/EcQTwZxWsAI5thr"),
        Example("https://pbs.twimg.com/profile_images/1/x"),
        Example("https://twitter.com/someone/status/123"),
    ),
)
