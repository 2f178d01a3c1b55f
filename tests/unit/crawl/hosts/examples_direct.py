"""What the rule `direct` makes of links."""

from __future__ import annotations

import hashlib


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


EXAMPLES = {
    "https://example.org/a/b.jpg": ("direct", "image", _id("//example.org/a/b.jpg")),
    "http://example.org/a/b.jpg": ("direct", "image", _id("//example.org/a/b.jpg")),
    "https://example.org/a/b.JPEG?x=1#frag": ("direct", "image", _id("//example.org/a/b.JPEG?x=1")),
    "https://example.org:8443/b.png": ("direct", "image", _id("//example.org:8443/b.png")),
    "https://i.stack.imgur.com/AbCdE.png": ("direct", "image", _id("//i.stack.imgur.com/AbCdE.png")),
    "https://example.org/b.webp": ("direct", "image", _id("//example.org/b.webp")),
    "https://example.org/b.gif": ("direct", "animation", _id("//example.org/b.gif")),
    "https://example.org/b.mp4": ("direct", "video", _id("//example.org/b.mp4")),
    "https://example.org/jpg": None,
    "https://example.org/show?file=b.jpg": None,
    "https://example.org/b.jpg/": None,
    "https://example.org/b.svg": None,
}
