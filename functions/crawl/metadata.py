"""What a page says of itself for those who embed it: its `<meta>` elements (https://ogp.me)."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from functions.crawl import untrusted

# The head of a page; hosts put the elements there, and a stranger's page may go on for ever.
_MAX_CHARACTERS: Final = 512 * 1024


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        name = fields.get("property") or fields.get("name")
        content = fields.get("content")
        if tag == "meta" and name and content:
            self.found.setdefault(name.lower(), []).append(content)


def page_metadata(page: bytes) -> dict[str, list[str]]:
    """The contents of a page's `<meta>` elements by property or name in lower case, in page order."""
    reader = _Reader()
    reader.feed(page[:_MAX_CHARACTERS].decode(errors="replace"))
    return reader.found


def page_images(metadata: dict[str, list[str]], base: str) -> list[str]:
    """The absolute links of a page's pictures, each once."""
    values = (
        metadata.get("og:image:secure_url", [])
        + metadata.get("og:image", [])
        + metadata.get("twitter:image", [])
    )
    links = (untrusted.link(value, base) for value in values)
    return list(dict.fromkeys(link for link in links if link))
