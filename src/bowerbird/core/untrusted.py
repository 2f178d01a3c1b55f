"""Reads fields of a stranger's JSON: each function returns a clean value, or None for anything else.

Clean means that it survives the queue: short enough for `bowerbird.core.messages`, and no lone surrogate.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from bowerbird.core.json_text import parsed
from bowerbird.core.messages import Preview

_MAX_LENGTH: Final = 4096
_MAX_PIXELS: Final = 1_000_000
_MAX_DIGITS: Final = 400  # a float overflows at 309 of them, and `int` refuses 4300
_NOT_IN_A_LINK: Final = re.compile(r"[\x00-\x20\x7f\\]")


def json_value(body: bytes) -> Any:
    """Read JSON. A number with too many digits, or letters in a wrong encoding, damage only their field.

    Raises:
        ValueError: not JSON, or half of it; nested beyond reason.
    """
    return parsed(body.decode(json.detect_encoding(body), errors="replace"), whole=_whole)


def mapping(value: object) -> dict[str, Any]:
    """Return the object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return the array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Return a non-empty string, cut to what a message carries."""
    if not isinstance(value, str):
        return None
    clean = value[:_MAX_LENGTH].encode(errors="replace").decode().strip()
    return clean or None


def number(value: object) -> float | None:
    """Return a finite number, such as a time stamp."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def pixels(value: object) -> int | None:
    """Return a width or a height; some APIs send them as strings."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 8:  # noqa: PLR2004 - a million has 7 digits
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 1 <= value <= _MAX_PIXELS else None


def link(value: object, base: str | None = None) -> str | None:
    """Return an absolute http(s) link; resolve a relative one against `base`.

    Links with credentials, without a host or with an impossible port are no links. Neither is one that is too
    long, because a cut link points elsewhere.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_LENGTH:
        return None  # an empty one would be the base itself
    try:
        url = urljoin(base, value.strip()) if base else value.strip()
        parts = urlsplit(_NOT_IN_A_LINK.sub(_percent, url))
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        clean = parts.geturl() if usable and parts.port != 0 else ""
        clean.encode()
    except ValueError:  # a broken IPv6 address, a port that is none, a lone surrogate
        return None
    return clean if 0 < len(clean) <= _MAX_LENGTH else None


def preview(url: object, width: object, height: object) -> Preview | None:
    """Return a smaller copy, when it has a link and a size."""
    clean, wide, high = link(url), pixels(width), pixels(height)
    return Preview(clean, wide, high) if clean and wide and high else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match.group()):02X}"
