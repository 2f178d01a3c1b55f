"""Makes object keys, from hashes only, never from what a stranger typed."""

from __future__ import annotations

import hashlib
from typing import Final

#: Extension and content type of each kept format, by Pillow's name for it.
FORMATS: Final = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
    "AVIF": ("avif", "image/avif"),
}

#: How the names of files in these formats end. What a file is, only its first bytes tell.
SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".jfi", ".pjpeg", ".pjp", ".png", ".webp", ".avif"}
)

#: Replaced images wait under this prefix.
PREFIX_REPLACED: Final = "replaced/"
_IMAGES: Final = "images/"


def image_key(sha256: str, image_format: str) -> str:
    """Return a survivor's content-addressed key: `images/ab/abcd….jpg`."""
    return f"{_IMAGES}{sha256[:2]}/{sha256}.{FORMATS[image_format][0]}"


def content_type(key: str) -> str:
    """Return the content type of an image's key."""
    extension = key.rpartition(".")[2]
    return next(kind for name, kind in FORMATS.values() if name == extension)


def replaced_key(key: str) -> str:
    """Return the key of an image that a better copy has replaced: `replaced/ab/abcd….jpg`."""
    return PREFIX_REPLACED + key.removeprefix(_IMAGES)


def original_key(key: str) -> str:
    """Return the key that an image had before it was replaced."""
    return _IMAGES + key.removeprefix(PREFIX_REPLACED)


def sidecar_key(key: str) -> str:
    """Return the key of the JSON that stands beside an image."""
    return key.rsplit(".", 1)[0] + ".json"


def digest(text: str) -> str:
    """Return the hex sha256 of a text; surrogates cannot break it."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def thumb_key(candidate_id: str) -> str:
    """Return the key of the small JPEG of a decoded candidate, kept or not."""
    name = digest(candidate_id)
    return f"thumbs/{name[:2]}/{name}.jpg"


def label_key(candidate_id: str) -> str:
    """Return the key of what the owner said of a candidate."""
    name = digest(candidate_id)
    return f"labels/{name[:2]}/{name}.json"


def tombstone_key(candidate_id: str) -> str:
    """Return the key of what is left of a candidate that was purged because its submission is gone."""
    name = digest(candidate_id)
    return f"tombstones/{name[:2]}/{name}.json"
