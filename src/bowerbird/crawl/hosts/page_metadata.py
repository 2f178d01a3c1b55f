"""What a page says of itself for those who embed it: its `<meta>` elements (https://ogp.me)."""

from __future__ import annotations

from typing import Final

from bowerbird.core import untrusted
from bowerbird.crawl.markup import start_tags

# The head of a page; hosts put the elements there, and a stranger's page may go on for ever.
_MAX_CHARACTERS: Final = 512 * 1024


def page_metadata(page: bytes) -> dict[str, list[str]]:
    """The contents of a page's `<meta>` elements by property or name in lower case, in page order."""
    found: dict[str, list[str]] = {}
    for tag in start_tags(page[:_MAX_CHARACTERS].decode(errors="replace"), {"meta"}):
        name = tag.attributes.get("property") or tag.attributes.get("name")
        content = tag.attributes.get("content")
        if name and content:
            found.setdefault(name.lower(), []).append(content)
    return found


def page_images(metadata: dict[str, list[str]], base: str) -> list[str]:
    """The absolute links of a page's pictures, each once."""
    values = (
        metadata.get("og:image:secure_url", [])
        + metadata.get("og:image", [])
        + metadata.get("twitter:image", [])
    )
    links = (untrusted.link(value, base) for value in values)
    return list(dict.fromkeys(link for link in links if link))
