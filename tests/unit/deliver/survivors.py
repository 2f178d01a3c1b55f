"""Survivors as the filter leaves them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bowerbird.core.keys import image_key, sidecar_key
from bowerbird.core.ports import ObjectStore
from tests.pictures import jpeg

SUBMISSION = {
    "source": "reddit",
    "id": "t3_1",
    "community": "EarthPorn",
    "author": "someone",
    "permalink": "https://www.reddit.com/r/EarthPorn/comments/1/",
}


def sidecar(**submission: Any) -> dict[str, Any]:
    """A sidecar, with some fields of its submission changed."""
    return {
        "version": 1,
        "candidate": {"id": "reddit:t3_1:0", "host": "reddit", "urls": ["https://i.redd.it/a.jpg"]},
        "decision": {
            "keep": True,
            "facts": {"url": "https://i.redd.it/a.jpg"},
            "scores": {"novelty": 1.5},
            "submission": SUBMISSION | submission,
        },
    }


def keep(store: ObjectStore, data: bytes | None = None, image_format: str = "JPEG", seed: int = 0) -> str:
    """Put a picture with its sidecar into a store; returns its key."""
    data = data or jpeg(320, 200, seed)
    key = image_key(hashlib.sha256(data).hexdigest(), image_format)
    store.put(key, data, content_type="image/jpeg")
    store.put(sidecar_key(key), json.dumps(sidecar()).encode(), content_type="application/json")
    return key


def record(store: ObjectStore, key: str, gallery: str) -> dict[str, Any]:
    """What the sidecar says of the delivery to a gallery."""
    found: dict[str, Any] = json.loads(store.get(sidecar_key(key)) or b"{}")["deliveries"][gallery]
    return found
