"""The pictures that an HTML text shows, each with all copies that its tags name.

`srcset`, `<picture>` and the attributes of pages that load pictures late:
https://html.spec.whatwg.org/multipage/images.html#srcset-attributes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bowerbird.crawl.markup import Tag

#: The tags that `shown` wants to see, in page order.
TAGS: Final = frozenset({"img", "picture", "source", "video", "audio"})

# What pages call the file behind a picture that is loaded late: then `src` is a placeholder.
_LATE: Final = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-url")
# What WordPress and others call the upload behind the copy that they show.
_WHOLE: Final = ("data-orig-file", "data-full-url", "data-large-file")
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset")

# Formats that the filter or a gallery cannot read; a `<source>` may offer one beside others.
_UNREADABLE: Final = re.compile(r"image/(?:avif|avif-sequence|jxl|heic|heif|svg\+xml|gif)", re.IGNORECASE)
_UNREADABLE_FILE: Final = re.compile(r"\.(?:jxl|heic|heif|svg)(?=[?#]|\Z)", re.IGNORECASE)
# The filter reads it. A gallery gets a converted copy, so anything else is better.
_LAST_CHOICE: Final = re.compile(r"\.avif(?=[?#]|\Z)", re.IGNORECASE)

# A picture of one pixel counts readers, it shows nothing.
_NOTHING: Final = frozenset({"0", "1", "0px", "1px"})

# A photograph is seldom flatter: a copy of which only the width is told is at least so high.
_FLATTEST: Final = 9 / 16

# Ranks up to this are densities (`2x`), above are widths in pixels: no file is so narrow.
_DENSITIES: Final = 16

# More copies of one picture nobody needs.
_MAX_COPIES: Final = 24

_GAP: Final = re.compile(r"[\s,]*+")
_ADDRESS: Final = re.compile(r"\S++")
_SAID: Final = re.compile(r"[^,]*+")
_WIDTH: Final = re.compile(r"([0-9]{1,6})w")
_DENSITY: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)x")
_NUMBER: Final = re.compile(r"([0-9]{1,6})(?:px)?")


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of a picture; `width` and `height` in pixels, the height maybe estimated, or None."""

    address: str
    width: int | None = None
    height: int | None = None


def shown(tags: Iterable[Tag]) -> Iterator[list[Copy]]:
    """The pictures of a text, each as its copies, best first. The tags are those of `TAGS`, in page order."""
    sources: list[Tag] = []
    for tag in tags:
        if tag.name == "source":
            sources.append(tag)
        elif tag.name == "img":
            copies = _copies(tag, sources)
            if copies:
                yield copies
            sources = []
        else:  # a <picture> begins, or a video, whose sources are no pictures
            sources = []


def estimated_height(width: int, ratio: float | None = None) -> int:
    """Estimate the least height of a copy of this width, if possible. `ratio` is height to width."""
    return max(1, round(width * (ratio or _FLATTEST)))


def _copies(image: Tag, sources: list[Tag]) -> list[Copy]:
    said = image.attributes
    if {said.get("width", ""), said.get("height", "")} & _NOTHING:
        return []
    ratio = _ratio(said)
    sized: list[tuple[float, str]] = []
    for tag in (*sources, image):
        if not _UNREADABLE.fullmatch(tag.attributes.get("type", "").strip()):
            for name in _SETS:
                sized += _candidates(tag.attributes.get(name, ""))
    late = [said[name] for name in _LATE if said.get(name)]
    addresses = [
        *(said[name] for name in _WHOLE if said.get(name)),
        *(address for _, address in sorted(sized, key=lambda each: each[0], reverse=True)),
        *(late or [said.get("src", "")]),
    ]
    widths = {address: round(rank) for rank, address in sized if rank > _DENSITIES}
    found = dict.fromkeys(address.strip() for address in addresses)
    usable = [each for each in found if each and not _UNREADABLE_FILE.search(each)]
    better = [each for each in usable if not _LAST_CHOICE.search(each)]
    return [_copy(each, widths.get(each), ratio) for each in (better or usable)[:_MAX_COPIES]]


def _copy(address: str, width: int | None, ratio: float | None) -> Copy:
    return Copy(address, width, estimated_height(width, ratio)) if width else Copy(address)


def _ratio(said: dict[str, str]) -> float | None:
    """Height to width as the page lays the picture out: not its size, but its shape."""
    wide, high = (_NUMBER.fullmatch(said.get(side, "").strip()) for side in ("width", "height"))
    return int(high[1]) / int(wide[1]) if wide and high and int(wide[1]) and int(high[1]) else None


def _candidates(srcset: str) -> list[tuple[float, str]]:
    """The addresses of a `srcset` with their widths, or their densities. Addresses may hold commas."""
    found: list[tuple[float, str]] = []
    at = 0
    while True:
        gap = _GAP.match(srcset, at)
        address = _ADDRESS.match(srcset, gap.end() if gap else at)
        if address is None:
            break
        at = address.end()
        link, said = address[0].rstrip(","), ""
        if link == address[0]:
            words = _SAID.match(srcset, at)
            said, at = (words[0].strip(), words.end()) if words else ("", at)
        width, density = _WIDTH.search(said), _DENSITY.search(said)
        rank = float(width[1]) if width else min(float(density[1]), _DENSITIES) if density else 1.0
        found.append((rank, link))
    return found
