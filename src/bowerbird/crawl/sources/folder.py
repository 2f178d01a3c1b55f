"""`folder:DIR`: pictures that are here already; each file is one post."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bowerbird.core.errors import UsageError
from bowerbird.core.keys import SUFFIXES, digest
from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each

_MAX_PATH: Final = 500  # with its mark a submission's id: see bowerbird.core.messages


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Walks `root` in the order of names. It leaves out hidden files, and links that lead out of the folder.

    A submission's id is the file's path below `root`, and a mark. The mark differs for a file of the same
    path in another folder, and for another picture under the same name.
    """

    root: Path
    name: str = "folder"

    def posts(self) -> Iterator[Post]:
        """Yield one post a picture file."""
        for folder, subfolders, files in os.walk(self.root):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            for name in sorted(files):
                path = Path(folder, name)
                if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                    yield from read_each(self.name, [path], self._post, self._within)

    def _within(self, path: Path) -> str:
        return _text(path.relative_to(self.root))

    def _post(self, path: Path) -> Post | None:
        # In this order: a link to itself is no file, and resolving it fails.
        if not (path.is_file() and path.resolve().is_relative_to(self.root)):
            return None
        status = path.stat()
        mark = digest(f"{self.root} {status.st_size} {status.st_mtime_ns}")[:8]
        name = f"{self._within(path)}@{mark}"
        submission = Submission(self.name, name, title=_text(Path(path.stem)))
        return Post(submission, attachments=(Attachment("", (path.as_uri(),), self.name),))


def _text(path: Path) -> str:
    """A path as text that JSON can carry: names are bytes, and need not be UTF-8."""
    text = path.as_posix()
    clean = text if text.isprintable() else quote(os.fsencode(text))
    return clean if len(clean) <= _MAX_PATH else digest(clean)


def _open(argument: str, context: Context) -> FolderSource:
    del context
    root = Path(argument).resolve()
    if not root.is_dir():
        raise UsageError(f"there is no folder {argument}; folder:DIR reads the pictures below it")
    return FolderSource(root)


SPEC: Final = SourceSpec(
    "folder:DIR",
    _open,
    reads="the pictures below a folder",
    order="file",
    live=False,
    a_day="-",
    unknown="all but its name",
)
