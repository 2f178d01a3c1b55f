"""Reads whether a file says that a generative model made it. A file that says nothing proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from PIL import ExifTags

from bowerbird.core.errors import PermanentError
from bowerbird.imaging.header import open_as_it_is

# https://cv.iptc.org/newscodes/digitalsourcetype/, as C2PA manifests and XMP carry it. The words are long
# enough not to occur by chance in compressed pixels.
_SOURCE_TYPE: Final = re.compile(
    rb"digitalsourcetype/(trainedAlgorithmicMedia|compositeWithTrainedAlgorithmicMedia|algorithmicMedia)"
)

# Text chunks that generators write into PNG: A1111 and its kin, ComfyUI, InvokeAI, Fooocus.
_CHUNKS: Final = {
    "parameters": re.compile(r"\bSteps: \d+"),
    "prompt": re.compile(r'"class_type"'),
    "workflow": re.compile(r'"nodes"'),
    "invokeai_metadata": re.compile(r"\{"),
    "sd-metadata": re.compile(r"\{"),
    "fooocus_scheme": re.compile(r"."),
    "Software": re.compile(r"^(NovelAI)"),
}

_SOFTWARE: Final = re.compile(
    r"midjourney|stable diffusion|dall.?e|novelai|comfyui|invokeai|adobe firefly|automatic1111|flux\.1",
    re.IGNORECASE,
)
_SETTINGS: Final = re.compile(r"\bSteps: \d+, Sampler: ")
_LONGEST: Final = 100_000


def synthetic(data: bytes) -> str | None:
    """Name the claim (`digital-source-type: …`, `png: parameters`, `exif: …`), None if there is none."""
    found = _SOURCE_TYPE.search(data)
    if found is not None:
        return f"digital-source-type: {found[1].decode()}"
    try:
        image = open_as_it_is(data)
    except PermanentError:
        return None
    for name, pattern in _CHUNKS.items():
        text = image.info.get(name)
        if isinstance(text, str) and pattern.search(text[:_LONGEST]):
            return f"png: {name}"
    for text in _exif_texts(image.getexif()):
        if _SETTINGS.search(text):
            return "exif: generation settings"
        named = _SOFTWARE.search(text)
        if named is not None:
            return f"exif: {named[0].lower()}"
    return None


def _exif_texts(exif: Any) -> Iterator[str]:
    """The fields programs sign with; UserComment starts with eight bytes naming its encoding."""
    for tag in (ExifTags.Base.Software, ExifTags.Base.ImageDescription, ExifTags.Base.Artist):
        value = exif.get(tag)
        if isinstance(value, str):
            yield value[:_LONGEST]
    comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes):
        body = comment[8 : _LONGEST + 8]
        yield body.decode("utf-16-be" if comment.startswith(b"UNICODE\0") else "latin-1", "replace")
    elif isinstance(comment, str):
        yield comment[:_LONGEST]
