"""How manifests describe a file."""

from __future__ import annotations

import hashlib
from pathlib import Path


def describe(path: Path, *, licence: str, source: str, precision: str) -> dict[str, str | int]:
    """Make the `artifact` of an entry: the file's name, content and origin."""
    data = path.read_bytes()
    return {
        "file": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "licence": licence,
        "source": source,
        "precision": precision,
    }
