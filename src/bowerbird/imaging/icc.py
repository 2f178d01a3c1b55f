"""Reads what an embedded ICC profile says of its colours by numbers."""

from __future__ import annotations

import struct
from typing import Final

#: The bytes before a profile's table of tags, and a row of that table: name, place, size.
HEADER: Final = 128
TAG: Final = struct.Struct(">4sII")

_MAX_TAGS: Final = 200


def code_points_in(profile: bytes) -> tuple[int, int] | None:
    """Return primaries and transfer by H.273, where a profile has the tag for them (ICC.1:2022, 9.2.17)."""
    if len(profile) < HEADER + 4:
        return None
    (count,) = struct.unpack_from(">I", profile, HEADER)
    for at in range(min(count, _MAX_TAGS)):
        place = HEADER + 4 + at * TAG.size
        if place + TAG.size > len(profile):
            return None
        name, start, size = TAG.unpack_from(profile, place)
        body = profile[start : start + size]
        if name == b"cicp" and len(body) >= 12:  # noqa: PLR2004 - a name, four zeros and four numbers
            return body[8], body[9]
    return None
