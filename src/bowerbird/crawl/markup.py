"""Finds the start tags of a stranger's HTML in one pass.

However broken the HTML is, twice the text takes twice the time. `html.parser` takes quadratic time for some
texts, and raises for others. Bowerbird needs only a few attributes of a few tags from a page or a feed's
text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

#: Attributes are cut to this many characters. No link is longer, and one that is cut here is found too long.
MAX_VALUE: Final = 4097

# Attributes that list links (`srcset`) are cut to this many characters.
_MAX_SET: Final = 16 * MAX_VALUE

# A repetition gives nothing back (`+` after it), and each match begins where the last one ended.
_OPEN: Final = re.compile(r"<(?:!--|([a-zA-Z][^\s/>]*+))")
_ATTRIBUTE: Final = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?"""
)
_END: Final = re.compile(r"[\s/]*+>")
_FAR: Final = re.compile(r"&#[0-9]{9,}+;?+")
_TEXT: Final = re.compile(r"[^<]*+")
_RAW: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: its name and its attributes' names in lower case, and the text up to the next `<`."""

    name: str
    attributes: dict[str, str]
    text: str


def unescaped(text: str) -> str:
    """Replace character references; one with thousands of digits, which Python refuses, is U+FFFD."""
    return unescape(_FAR.sub("&#x110000;", text))


def start_tags(html: str, names: Collection[str]) -> Iterator[Tag]:
    """The tags of these names, in order; none of comments, scripts and styles."""
    at = 0
    while start := _OPEN.search(html, at):
        if start[1] is None:
            end = html.find("-->", start.end() - 2)  # `<!-->` is a whole comment
            if end < 0:
                return
            at = end + 3
            continue
        name = start[1].lower()
        attributes, at = _attributes(html, start.end())
        if name in names:
            text = _TEXT.match(html, at)
            yield Tag(name, attributes, text[0] if text else "")
        elif name in _RAW:
            over = _RAW[name].search(html, at)
            if over is None:
                return
            at = over.end()


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes from here on, the first of a name counts, and where the tag ends."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(html, at):
        value = next((each for each in match.groups()[1:] if each is not None), "")
        name = match[1][:MAX_VALUE].lower()
        found.setdefault(name, unescaped(_cut(value) if name.endswith("srcset") else value[:MAX_VALUE]))
        at = match.end()
    end = _END.match(html, at)
    return found, end.end() if end else at


def _cut(links: str) -> str:
    """A list of links, cut between two of them."""
    return links if len(links) <= _MAX_SET else links[:_MAX_SET].rpartition(" ")[0]
