"""What a page says of its picture: its `<meta>` elements (https://ogp.me), and its links for downloading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bowerbird.core import untrusted
from bowerbird.core.ports import Fetched
from bowerbird.crawl.markup import start_tags

# The head of a page; hosts put the elements there, and a stranger's page may go on for ever.
_MAX_CHARACTERS: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Page:
    found: dict[str, list[str]]
    downloads: list[str]


def _read(page: bytes) -> _Page:
    read = _Page({}, [])
    for tag in start_tags(page[:_MAX_CHARACTERS].decode(errors="replace"), {"meta", "a"}):
        told = tag.attributes
        name, content, link = told.get("property") or told.get("name"), told.get("content"), told.get("href")
        if tag.name == "meta" and name and content:
            read.found.setdefault(name.lower(), []).append(content)
        if tag.name == "a" and link and ("download" in told or told.get("id") == "download"):
            read.downloads.append(link)
    return read


def page_metadata(page: bytes) -> dict[str, list[str]]:
    """The contents of a page's `<meta>` elements by property or name in lower case, in page order."""
    return _read(page).found


def page_pictures(page: Fetched) -> list[str]:
    """The absolute links of a page's pictures, best first: what it offers to download, then its metadata."""
    read = _read(page.body)
    offered = (untrusted.link(value, page.url) for value in read.downloads)
    links = [link for link in offered if link]
    return list(dict.fromkeys(links + page_images(read.found, page.url)))


def page_images(metadata: dict[str, list[str]], base: str) -> list[str]:
    """The absolute links of a page's pictures, each once."""
    values = (
        metadata.get("og:image:secure_url", [])
        + metadata.get("og:image", [])
        + metadata.get("twitter:image", [])
    )
    links = (untrusted.link(value, base) for value in values)
    return list(dict.fromkeys(link for link in links if link))
