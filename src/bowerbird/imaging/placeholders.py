"""Pictures that hosts serve, with status 200, in place of one that is gone."""

from __future__ import annotations

import hashlib
import re
from typing import Final

# Where hosts redirect to. flickr's comes in several languages and sizes.
_PATHS: Final = re.compile(
    r"https?://(?:"
    r"(?:[a-z]\.)?imgur\.com/removed\.png"
    r"|(?:s\.yimg\.com|[a-z0-9.]*flickr\.com|[a-z0-9.]*staticflickr\.com)/.*photo_unavailable[a-z_]*\.(?:png|gif|jpg)"
    r")(?:\?.*)?",
    re.IGNORECASE,
)

# imgur's "The image you are requesting does not exist or is no longer available", a 161 x 81 PNG. MD5 because
# that is what is known of it: it is also the picture's ETag.
_MD5: Final = {"d835884373f4d6c8f24742ceabe74946": "imgur"}
# So few pixels fit uncompressed. Of what is larger no MD5 need be taken: a photograph's costs milliseconds.
_LARGEST_BYTES: Final = 64 * 1024

# The same pictures when a host has re-encoded them. No original that anybody keeps is this small.
_SIZES: Final = {
    ("PNG", 161, 81): "imgur",
    ("PNG", 130, 60): "Reddit",
}


def looks_removed(
    data: bytes, *, url: str, image_format: str | None = None, size: tuple[int, int] | None = None
) -> str | None:
    """Name the host whose "removed" placeholder this is, None for any other picture.

    `url` is the final one, after redirects; `size` is width and height in pixels, if the header was read.
    """
    if _PATHS.fullmatch(url):
        return "flickr" if "unavailable" in url.lower() else "imgur"
    if len(data) <= _LARGEST_BYTES:
        known = _MD5.get(hashlib.md5(data, usedforsecurity=False).hexdigest())
        if known is not None:
            return known
    return None if image_format is None or size is None else _SIZES.get((image_format, *size))
