"""Object keys. Made from hashes only, never from what a stranger typed."""

from __future__ import annotations

import hashlib
from typing import Final

#: Extension and content type of each kept format, by Pillow's name for it.
FORMATS: Final = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
}

#: Where replaced images wait.
PREFIX_REPLACED: Final = "replaced/"
_IMAGES: Final = "images/"


def image_key(sha256: str, image_format: str) -> str:
    """Content-addressed key of a survivor: `images/ab/abcd….jpg`."""
    return f"{_IMAGES}{sha256[:2]}/{sha256}.{FORMATS[image_format][0]}"


def content_type(key: str) -> str:
    """The content type of an image's key."""
    extension = key.rpartition(".")[2]
    return next(kind for name, kind in FORMATS.values() if name == extension)


def replaced_key(key: str) -> str:
    """Where an image waits once a better copy has replaced it: `replaced/ab/abcd….jpg`."""
    return PREFIX_REPLACED + key.removeprefix(_IMAGES)


def original_key(key: str) -> str:
    """The key that an image had before it was replaced."""
    return _IMAGES + key.removeprefix(PREFIX_REPLACED)


def sidecar_key(key: str) -> str:
    """Key of the JSON that stands beside an image."""
    return key.rsplit(".", 1)[0] + ".json"


def digest(text: str) -> str:
    """Hex sha256 of a text; surrogates cannot break it."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def thumb_key(candidate_id: str) -> str:
    """Key of the small JPEG of a decoded candidate, kept or not."""
    name = digest(candidate_id)
    return f"thumbs/{name[:2]}/{name}.jpg"


def label_key(candidate_id: str) -> str:
    """Key of what the owner said of a candidate."""
    name = digest(candidate_id)
    return f"labels/{name[:2]}/{name}.json"


def tombstone_key(candidate_id: str) -> str:
    """Key of what is left of a candidate that was purged because its submission is gone."""
    name = digest(candidate_id)
    return f"tombstones/{name[:2]}/{name}.json"
