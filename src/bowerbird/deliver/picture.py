"""Prepares a survivor's bytes so that scenery takes them."""

from __future__ import annotations

import io
from typing import Final, Literal

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.deliver.scenery import MAX_IMAGE_BYTES

#: What becomes of a picture that is neither PNG nor JPEG.
Conversion = Literal["jpeg", "png", "skip"]

_TAKEN: Final = {"JPEG": "jpg", "PNG": "png"}
_QUALITY: Final = 95  # above it a JPEG grows without a difference that anybody sees (Pillow's own advice)


def prepare(data: bytes, conversion: Conversion) -> tuple[bytes, str]:
    """The bytes to send and their extension. Wherever scenery takes the original bytes, it gets these.

    Raises:
        PermanentError: the reason is `format` or `too-large`, or comes from decoding.
    """
    name = imaging.sniff(data)
    if name not in _TAKEN:
        if conversion == "skip":
            raise PermanentError(f"scenery takes PNG and JPEG, this is {name}", Word.FORMAT)
        data, name = _converted(data, conversion), conversion.upper()
    if len(data) > MAX_IMAGE_BYTES:
        raise PermanentError(f"{len(data)} bytes, scenery takes {MAX_IMAGE_BYTES}", Word.TOO_LARGE)
    return data, _TAKEN[name]


def _converted(data: bytes, conversion: Literal["jpeg", "png"]) -> bytes:
    out = io.BytesIO()
    image = imaging.decode(data)
    if conversion == "jpeg":
        image.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()
