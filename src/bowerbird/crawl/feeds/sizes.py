"""Tells whether pictures attached side by side are one picture in several sizes."""

from __future__ import annotations

import re
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from bowerbird.core.messages import Preview
from bowerbird.crawl.feeds.pictures import estimated_height

Size: TypeAlias = tuple[int | None, int | None]

# Two copies of one picture may round their height differently.
_SAME_SHAPE: Final = 0.01
_MAX_PREVIEWS: Final = 16


def one_picture(
    sized: dict[str, Size],
) -> tuple[tuple[str, int | None, int | None], tuple[Preview, ...]] | None:
    """The largest copy with its size, and the others as previews; None when they may be different pictures.

    Media-RSS lists a picture's copies side by side. No two have the same width, and all have one shape, or
    one name apart from the width in it. `sized` gives width and height by link, in pixels where the feed says
    them.
    """
    copies = sorted((width, height or 0, url) for url, (width, height) in sized.items() if width)
    if len(copies) < max(2, len(sized)) or len({width for width, _, _ in copies}) < len(copies):
        return None
    if not _one_shape(copies) and len({_name(url, width) for width, _, url in copies}) > 1:
        return None
    heights = {url: height or estimated_height(width) for width, height, url in copies}
    previews = tuple(Preview(url, width, heights[url]) for width, _, url in copies[:-1])
    width, height, best = copies[-1]
    return (best, width, height or None), previews[-_MAX_PREVIEWS:]


def _one_shape(copies: list[tuple[int, int, str]]) -> bool:
    shapes = [width / height for width, height, _ in copies if height]
    return len(shapes) == len(copies) and max(shapes) - min(shapes) <= _SAME_SHAPE * max(shapes)


def _name(url: str, width: int) -> str:
    """Return a link without its query, and without its copy's width."""
    parts = urlsplit(url)
    return parts.netloc + re.sub(rf"(?<![0-9]){width}(?![0-9])", "", parts.path)
