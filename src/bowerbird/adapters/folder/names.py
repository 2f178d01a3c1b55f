"""The names that a picture has beside its key, for people who browse: hard links that cost no space.

A picture's sidecar lists its names. Whoever deletes the picture, for whatever reason, deletes them too. So a
picture that was purged cannot live on under another name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import SUFFIXES, sidecar_key
from bowerbird.core.whole import write_whole

_IMAGES: Final = "images/"
_DIGITS: Final = 8  # of its hash, which every name has
#: What a place itself keeps here; a name never leads there, whatever a sidecar says.
OWN_FOLDERS: Final = frozenset({
    "images", "replaced", "labels", "decisions", "thumbs", "tombstones", "cursors", "broken", "sheet",
    "feeds", "stream", "promises", "turns", "prior",
})  # fmt: skip
_ENDINGS: Final = frozenset({*SUFFIXES, ".xmp"})


def given(read: Callable[[str], bytes | None], key: str) -> list[str]:
    """The names that the sidecar of a picture lists; none for an object that is no picture."""
    if not key.startswith(_IMAGES) or key.endswith(".json"):
        return []
    try:
        names = parsed(read(sidecar_key(key)) or b"{}")["names"]
        return [name for name in names if _is_name(name, key)]
    except (ValueError, KeyError, TypeError):
        return []


def _is_name(name: object, key: str) -> bool:
    """Tell whether this may be a name of ours; a sidecar cannot have any other file removed."""
    if not isinstance(name, str) or not name.isprintable():
        return False
    parts = PurePosixPath(name).parts
    return (
        len(parts) > 1
        and not name.startswith("/")
        and not any(part.startswith(".") for part in parts)
        and parts[0] not in OWN_FOLDERS
        and PurePosixPath(key).stem[:_DIGITS] in parts[-1]
        and PurePosixPath(name).suffix.lower() in _ENDINGS
    )


def remove(root: Path, names: Iterable[str]) -> None:
    """Remove names, and the folders that hold nothing any more."""
    for name in names:
        path = root / name
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        for folder in path.relative_to(root).parents[:-1]:
            with suppress(OSError):  # it holds other pictures
                (root / folder).rmdir()


def link(root: Path, key: str, name: str) -> bool:
    """Give a picture a name. Where there are no hard links, the name is a copy.

    False when the name is another file's.
    """
    target, path = root / key, root / name
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target, path)
        except FileExistsError:
            return path.is_file() and (path.samefile(target) or _alike(path, target))
        except FileNotFoundError:
            return True  # the picture was removed in the meantime
        except OSError:
            write_whole(path, target.read_bytes())
    return True


def write(root: Path, name: str, data: bytes) -> None:
    """Write a file below a name, whole or not at all."""
    path = root / name
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)


def only(root: Path, folder: str, names: Collection[str], ours: Callable[[str], bool]) -> None:
    """Remove the files of a folder that are `ours` and no longer among its `names`."""
    path = root / folder
    with disk_errors(path):
        for each in list(path.iterdir()) if path.is_dir() else []:
            if each.name not in names and ours(each.name) and each.is_file():
                each.unlink(missing_ok=True)


def _alike(path: Path, other: Path) -> bool:
    return path.stat().st_size == other.stat().st_size and path.read_bytes() == other.read_bytes()
