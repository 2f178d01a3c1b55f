"""Remembers in a place's state folder which bundles judged there: nobody is asked for them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from bowerbird.core.errors import NoSuchBundleError
from bowerbird.core.json_text import parsed
from bowerbird.core.whole import write_whole
from bowerbird.models.bundle import Bundle, find, installed

_NAME: Final = "judged-by.json"
#: A bundle that is fitted anew each day has a new label each day.
_MOST: Final = 100


def remember(state: Path, bundle: Bundle) -> None:
    """Note the bundle, by its name if it is an installed one, and by its folder otherwise.

    Raises:
        StoreError: the disk is full, or may not be written to.
    """
    folder = bundle.folder.resolve()
    name = folder.name if folder in {each.resolve() for each in installed()} else str(folder)
    before = _read(state)
    others = [(label, path) for label, path in before.items() if label != bundle.label]
    now = dict([*others[1 - _MOST :], (bundle.label, name)])  # the last one stands last
    if list(now.items()) != list(before.items()):
        write_whole(state / _NAME, json.dumps(now, ensure_ascii=False, indent=1).encode())


def remembered(state: Path, label: str | None = None) -> str | None:
    """The name or folder of the bundle with this label, or of the last one; None if unknown or gone."""
    known = _read(state)
    name = known.get(label) if label else next(reversed(known.values()), None)
    try:
        return name if name and find(name) else None
    except (NoSuchBundleError, OSError, ValueError):
        return None


def _read(state: Path) -> dict[str, str]:
    """The names by label, in the order in which they judged last."""
    try:
        told = parsed((state / _NAME).read_text(encoding="utf-8"))
        return {str(label): str(name) for label, name in told.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
