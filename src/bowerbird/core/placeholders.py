"""Recognises the pictures that hosts serve, with status 200, in place of one that is gone.

Which hosts do so, and what their pictures look like, is theirs to say: see `bowerbird.crawl.hosts`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

# This many pixels fit uncompressed. A larger file needs no MD5: a photograph's costs milliseconds.
_LARGEST_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One such picture of a `host`. It is known by where the host redirects to, by its bytes or by its size.

    `path` fits the whole link without its query, in any case of letters. `md5` is of the file. `size` is
    Pillow's name of the format, the width and the height. It finds the picture even when the host has encoded
    it anew.
    """

    host: str
    path: str = r"(?!)"
    md5: str = ""
    size: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Holds all known placeholders."""

    known: tuple[Placeholder, ...] = ()

    def host_of(
        self, data: bytes, *, url: str, image_format: str | None = None, size: tuple[int, int] | None = None
    ) -> str | None:
        """Name the host whose "removed" placeholder this is, None for any other picture.

        `url` is the final one, after redirects; `size` is width and height in pixels, if the header was read.
        """
        link = url.partition("?")[0]
        md5 = ""
        if len(data) <= _LARGEST_BYTES:
            md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        shape = (image_format, *size) if image_format and size else None
        for each in self.known:
            if (
                re.fullmatch(each.path, link, re.IGNORECASE)
                or (md5 and each.md5 == md5)
                or (shape is not None and each.size == shape)
            ):
                return each.host
        return None


NO_PLACEHOLDERS: Final = Placeholders()
