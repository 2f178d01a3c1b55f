"""Checks that a bundle's files are those that its manifest names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bowerbird.core.errors import BundleError
from bowerbird.models.manifest import Artifact


def check(path: Path, artifact: Artifact) -> None:
    """Compare a file with its entry.

    Raises:
        BundleError: missing, another size or another sha256.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size != artifact.bytes:
                raise BundleError(
                    f"{path} has {size} bytes, the manifest says {artifact.bytes}: cut off or swapped"
                )
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BundleError(
            f"{path} is missing or unreadable; run `bowerbird models pull` or restore the bundle ({error})"
        ) from error
    if digest != artifact.sha256:
        raise BundleError(f"{path} has sha256 {digest}, the manifest says {artifact.sha256}: not that file")
