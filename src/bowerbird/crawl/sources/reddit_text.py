"""Links in what people write on Reddit: in Markdown, or in the HTML that a feed makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted

# The pattern reads each character once. A bracket, a quote or white space ends a link, and so does the end of
# a Markdown link.
_LINK: Final = re.compile(r"https?://[^\s<>\[\]\"`|^]++", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_AFTER: Final = ".,;:!?'*_~\\"
_MAX_TEXT: Final = 40_000  # what Reddit takes
_MAX_LINKS: Final = 20


def markdown_links(text: object) -> list[str]:
    """The links of a text, shown bare or not, in order."""
    found = _LINK.findall(text[:_MAX_TEXT]) if isinstance(text, str) else []
    return [_ESCAPED.sub(r"\1", _closed(each).rstrip(_AFTER)) for each in found]


def picture_links(links: Iterable[str | None], *, own: bool) -> tuple[str, ...]:
    """Those that may lead to pictures, each once: none of Reddit's pages.

    With `own` only Reddit's files, which is what a text shows beside what its post links to.
    """
    clean = filter(None, (untrusted.link(each) for each in links))
    wanted = (each for each in clean if (_is_file(each) if own else not _is_page(each)))
    return tuple(dict.fromkeys(wanted))[:_MAX_LINKS]


def _closed(link: str) -> str:
    """Up to the bracket that the text opened before the link."""
    depth = 0
    for at, letter in enumerate(link):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return link[:at]
    return link


def _is_file(link: str) -> bool:
    host = urlsplit(link).hostname or ""
    return host in {"i.redd.it", "preview.redd.it"}


def _is_page(link: str) -> bool:
    parts = urlsplit(link)
    host = f".{parts.hostname}"
    return host == ".redd.it" or (host.endswith(".reddit.com") and parts.path != "/media")
