"""Limits that more than one part keeps."""

from __future__ import annotations

from typing import Final

#: The most a picture's file may weigh, in bytes: what scenery takes, see its import route.
MAX_PICTURE_BYTES: Final = 50_000_000
