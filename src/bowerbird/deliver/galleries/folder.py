"""A folder, with names that people can read: one that PhotoPrism imports, a share, a stick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from bowerbird.adapters.folder import names
from bowerbird.core.errors import StoreError, UsageError
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.described import Xmp, packet
from bowerbird.deliver.galleries.base import GallerySpec, Opened
from bowerbird.deliver.naming import NameRule
from bowerbird.deliver.settings import GallerySettings
from bowerbird.imaging.embedding import embedded

_ALL_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is there already: without its stick, the disk below must not fill up."""

    root: Path
    rule: NameRule
    xmp: Xmp = "none"
    who: ClassVar[str] = "the folder"

    def import_image(
        self,
        image: bytes,
        *,
        filename: str,
        source_url: str | None,  # noqa: ARG002 - the description has it
        tags: Sequence[str],
        about: About,
    ) -> Answer:
        """Write the picture, and its description beside it or into it. A file of that name stays as it is."""
        if not self.root.is_dir():
            return Answer(Outcome.UNREACHABLE, f"{self.root}: no such folder; make or mount it")
        said = packet(about, tuple(tags))
        copy = embedded(image, said) if self.xmp == "embedded" else None
        data = copy or image
        for name in (filename, self.rule.path(about, digits=_ALL_DIGITS)):
            if not (self.root / name).exists():
                return self._write(name, data, said if self.xmp != "none" and copy is None else None)
            if _sha256(self.root / name) == hashlib.sha256(data).hexdigest():
                return Answer(Outcome.ALREADY, name)
        return Answer(Outcome.REFUSED, f"another file has the name {name}")

    def _write(self, name: str, data: bytes, beside: bytes | None) -> Answer:
        try:
            if beside is not None:
                names.write(self.root, f"{name}.xmp", beside)
            names.write(self.root, name, data)
        except StoreError as error:
            return Answer(Outcome.FAILED, str(error))
        return Answer(Outcome.IMPORTED, name)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _open(argument: str, settings: GallerySettings) -> Opened:
    root = Path(argument).expanduser().absolute()
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder; make or mount it")
    return Opened(
        Folder(root, NameRule.parse(settings.deliver_names), settings.deliver_xmp), f"folder:{root}"
    )


SPEC: Final = GallerySpec(
    "folder:DIR",
    _open,
    takes="title, author, source, licence, date, stars, tags (XMP, with `xmp`)",
    again="the file under its name",
)
