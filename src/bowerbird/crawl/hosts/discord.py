"""Discord's attachments: scaled by query at one name, whole at the other, signed at both until they expire.

https://docs.discord.com/developers/reference#signed-attachment-cdn-urls.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(
    rf"/(?:ephemeral-)?attachments/[0-9]{{15,21}}/(?P<id>[0-9]{{15,21}})/[^/]{{1,200}}\.(?:{STILL})",
    re.IGNORECASE,
)
_NAMES: Final = {"cdn.discordapp.com", "media.discordapp.net"}
_SIGNATURE: Final = {"ex", "is", "hm"}


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) in _NAMES else None
    if not found:
        return None
    signature = [(name, value) for name, value in parse_qsl(url.query) if name in _SIGNATURE]
    original = f"https://cdn.discordapp.com{url.path}" + (f"?{urlencode(signature)}" if signature else "")
    whole = domain(url) == "cdn.discordapp.com" and dict(parse_qsl(url.query)).keys() <= _SIGNATURE
    return File(found["id"], () if whole else (original,))


RULE: Final = PageOrFile("discord", _file)

FACTS: Final = Facts(
    links="attachments",
    original="the signed link without its scaling",
    examples=(
        Example(
            "https://media.discordapp.net/attachments/123456789012345678/223456789012345678/dawn.jpg?ex=66f&is=66e&hm=ab&width=550&height=309",
            "resized",
            "223456789012345678",
            (
                "https://cdn.discordapp.com/attachments/123456789012345678/223456789012345678/dawn.jpg?ex=66f&is=66e&hm=ab",
                "https://media.discordapp.net/attachments/123456789012345678/223456789012345678/dawn.jpg?ex=66f&is=66e&hm=ab&width=550&height=309",
            ),
        ),
        Example(
            "https://cdn.discordapp.com/attachments/123456789012345678/223456789012345678/dawn.jpg?ex=66f&is=66e&hm=ab",
            "image",
            "223456789012345678",
            (
                "https://cdn.discordapp.com/attachments/123456789012345678/223456789012345678/dawn.jpg?ex=66f&is=66e&hm=ab",
            ),
        ),
    ),
)
