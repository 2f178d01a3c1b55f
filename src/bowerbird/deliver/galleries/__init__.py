"""Where pictures can be delivered to: one file each; a module with a `SPEC` is found by itself."""

from __future__ import annotations

import sys
from typing import Final

from bowerbird.core.discovery import discover
from bowerbird.core.errors import UsageError
from bowerbird.deliver.galleries.base import GallerySpec

_BEFORE_NAMES: Final = ("http://", "https://")  # an address alone means scenery, as it always has


def gallery_specs() -> dict[str, GallerySpec]:
    """Every gallery of this folder by name."""
    specs: list[GallerySpec] = discover(sys.modules[__name__], "SPEC")
    return {spec.name: spec for spec in specs}


def find_gallery(to: str) -> tuple[GallerySpec, str]:
    """The gallery that a text such as `immich:http://photos.lan:2283` names, and what follows the colon.

    Raises:
        UsageError: there is no such gallery, or nothing follows the colon.
    """
    name, _, argument = ("scenery", "", to) if to.startswith(_BEFORE_NAMES) else to.partition(":")
    specs = gallery_specs()
    if name not in specs or not argument:
        known = ", ".join(spec.form for spec in specs.values())
        raise UsageError(f"cannot deliver to {to!r}; say one of {known}")
    return specs[name], argument
