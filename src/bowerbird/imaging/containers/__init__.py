"""Takes a file apart before a decoder sees it: the pixels, and the little that says how to show them.

Comments, previews, thumbnails, XMP and EXIF never reach the decoder. So damaged or enormous metadata cannot
decide whether the pixels are read. What counts is what Chromium takes into account, measured with it:
tests/integration/test_as_chromium.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bowerbird.imaging.containers.avif import avif
from bowerbird.imaging.containers.jpeg import jpeg
from bowerbird.imaging.containers.png import png
from bowerbird.imaging.containers.shell import Shell
from bowerbird.imaging.containers.webp import webp

#: How each format is taken apart. It never fails on damage: the rest goes to the decoder as it is.
OPENERS: Final[Mapping[str, Callable[[bytes], Shell]]] = {
    "JPEG": jpeg,
    "PNG": png,
    "WEBP": webp,
    "AVIF": avif,
}

__all__ = ["OPENERS", "Shell"]
