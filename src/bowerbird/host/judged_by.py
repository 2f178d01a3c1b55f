"""Remembers in a place's state folder which bundle judged there last: nobody is asked for it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from bowerbird.core.errors import NoSuchBundleError
from bowerbird.core.whole import write_whole
from bowerbird.models.bundle import Bundle, find, installed

_NAME: Final = "judged-by.json"


def remember(state: Path, bundle: Bundle) -> None:
    """Note the bundle, by its name if it is an installed one, and by its folder otherwise.

    Raises:
        OSError: the disk is full, or may not be written to.
    """
    folder = bundle.folder.resolve()
    name = folder.name if folder in {each.resolve() for each in installed()} else str(folder)
    told = json.dumps({"bundle": name, "label": bundle.label}, ensure_ascii=False).encode()
    path = state / _NAME
    if not path.is_file() or path.read_bytes() != told:
        write_whole(path, told)


def remembered(state: Path) -> str | None:
    """The name or the folder of the bundle that judged last; None if nobody noted it, or it is gone."""
    try:
        name = str(json.loads((state / _NAME).read_text(encoding="utf-8"))["bundle"])
        find(name)
    except (OSError, ValueError, TypeError, KeyError, RecursionError, NoSuchBundleError):
        return None
    return name
