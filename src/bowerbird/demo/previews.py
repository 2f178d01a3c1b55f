"""Makes the signed URLs of Reddit's smaller copies, on `preview.redd.it` and `external-preview.redd.it`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs

HOSTS: Final = frozenset({"preview.redd.it", "external-preview.redd.it"})

#: The widths Reddit offers, as far as the original reaches.
WIDTHS: Final = (108, 216, 320, 640, 960, 1080)


def signed(url: str) -> str:
    """Add the `s=` that Reddit's servers ask for; it covers the path and every parameter before it."""
    return f"{url}&s={_signature(url.partition('://')[2])}"


def is_signed(host: str, target: str) -> bool:
    """Tell whether the server would answer. It answers 403 to an altered or missing signature."""
    unsigned, _, signature = f"{host}{target}".rpartition("&s=")
    return signature == _signature(unsigned)


def width_of(query: str) -> int | None:
    """Read the width that a preview URL asks for, in pixels; None for the whole picture."""
    values = parse_qs(query).get("width", [])
    return int(values[0]) if values and values[0].isdecimal() else None


def preview_field(base: str, width: int, height: int, *, enabled: bool = True) -> dict[str, Any]:
    """Make a submission's `preview`. `base` is the preview's URL without a query."""
    image = {
        "source": {"url": signed(f"{base}?auto=webp"), "width": width, "height": height},
        "resolutions": [
            {"url": signed(f"{base}?width={w}&crop=smart&auto=webp"), "width": w, "height": h}
            for w, h in _copies(width, height)
        ],
        "variants": {},
        "id": name_of(base, 43),
    }
    return {"images": [image], "enabled": enabled}


def media_field(media_id: str, extension: str, width: int, height: int) -> dict[str, Any]:
    """Make one entry of a gallery's `media_metadata`."""
    base = f"https://preview.redd.it/{media_id}.{extension}"
    form = {"jpg": "pjpg"}.get(extension, extension)
    return {
        "status": "valid",
        "e": "Image",
        "m": f"image/{extension}",
        "p": [
            {"y": h, "x": w, "u": signed(f"{base}?width={w}&crop=smart&auto=webp")}
            for w, h in _copies(width, height)
        ],
        "s": {"y": height, "x": width, "u": signed(f"{base}?width={width}&format={form}&auto=webp")},
        "id": media_id,
    }


def name_of(text: str, length: int) -> str:
    """Make a name of letters and digits, as hosts do. The same text always gives the same name."""
    number = int.from_bytes(hashlib.sha512(text.encode()).digest())
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 36**place % 36] for place in range(length))


def _copies(width: int, height: int) -> Iterator[tuple[int, int]]:
    return ((each, round(height * each / width)) for each in WIDTHS if each < width)


def _signature(unsigned: str) -> str:
    return hashlib.sha1(unsigned.encode(), usedforsecurity=False).hexdigest()
