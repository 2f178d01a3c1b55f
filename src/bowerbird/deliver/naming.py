"""Names that people can read, made of a template and of what strangers typed; safe on every file system.

What Windows refuses: https://learn.microsoft.com/windows/win32/fileio/naming-a-file. Others refuse less.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.deliver.about import About

#: Folders by day, and in each `2026-11-26 title-of-post 6405c789.jpg`.
USUAL: Final = "{day}/{day} {title} {hash}"
#: What a template may ask for.
PLACEHOLDERS: Final = (
    "day", "year", "month", "title", "community", "author", "source", "host", "percentile", "hash",
)  # fmt: skip
#: No part of a path is longer, in bytes of UTF-8. File systems take 255; other programs add to names.
MAX_BYTES: Final = 120

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\s]+')
_SHORT_HASH, _WORD_BYTES = 8, 40
_LITERAL_BYTES: Final = 48
# Devices, whatever follows the first dot.
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
_NAMELESS: Final = "other"


@dataclass(frozen=True, slots=True)
class NameRule:
    """A template such as `{day}/{day} {title} {hash}`; `/` makes folders. The ending is the picture's own."""

    template: str = USUAL

    @classmethod
    def parse(cls, template: str) -> NameRule:
        """Check a template.

        Raises:
            UsageError: it asks for what there is not, lacks `{hash}`, or cannot be a path below a folder.
        """
        unknown = next((name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS), None)
        if unknown is not None:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise UsageError(f"names: there is no {{{unknown}}}; there are {known}")
        parts = template.split("/")
        if "{hash}" not in parts[-1]:
            raise UsageError("names: write {hash} after the last /, so that no two pictures have one name")
        for part in parts:
            literal = _PLACEHOLDER.sub("", part)
            if not part or part != part.strip(" .") or _NOT_IN_NAMES.search(literal.replace(" ", "")):
                raise UsageError(f"names: {part!r} cannot be part of a name on every file system")
            if len(literal.encode()) > _LITERAL_BYTES:
                raise UsageError(f"names: {part!r} is too long")
        return cls(template)

    def path(self, about: About, zone: tzinfo | None = None, *, digits: int = _SHORT_HASH) -> str:
        """The picture's name with its folders; days are those of `zone`, or of this machine.

        `digits` of the hash make the name unlike others; 64 are all of them.
        """
        values = _values(about, zone) | {"hash": about.sha256[:digits]}
        *folders, name = self.template.split("/")
        made = [_part(folder, values, "") for folder in folders]
        return "/".join([*made, _part(name, values, f".{about.extension}")])


def _values(about: About, zone: tzinfo | None) -> dict[str, str]:
    kept = about.kept.astimezone(zone)
    words = {name: getattr(about, name) for name in ("title", "community", "author", "source", "host")}
    values = {name: clean(word) for name, word in words.items()}
    percentile = "" if about.percentile is None else f"{int(about.percentile):02}"
    moments = {"day": f"{kept:%Y-%m-%d}", "year": f"{kept:%Y}", "month": f"{kept:%Y-%m}"}
    return values | moments | {"percentile": percentile}


def clean(text: str) -> str:
    """Make one word of a text: letters of any script stay, what no file system is sure of becomes `-`."""
    visible = "".join(char for char in text if unicodedata.category(char)[0] != "C" or char.isspace())
    return _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", visible)).strip("-. ")


def _part(template: str, values: dict[str, str], ending: str) -> str:
    """One part of a path. When it is too long, the title gives way, then all that stands before the hash."""
    short = {
        name: _cut(value, _WORD_BYTES) for name, value in values.items() if name not in {"title", "hash"}
    }
    fixed = short | {"hash": values["hash"]}
    bare = _filled(template, fixed | {"title": ""}) + ending
    room = (MAX_BYTES - len(bare.encode()) - 1) // max(1, template.count("{title}"))
    name = _filled(template, fixed | {"title": _cut(values["title"], room)})
    head, hashed, rest = name.rpartition(values["hash"]) if ending else (name, "", "")
    tail = hashed + rest + ending
    if len((head + tail).encode()) > MAX_BYTES:
        head = _cut(head, MAX_BYTES - len(tail.encode()) - 1) + " " * bool(tail)
    name = (head + tail).strip(" .-") or _NAMELESS
    stem, dot, end = name.partition(".")
    return f"{stem}_{dot}{end}" if _RESERVED.fullmatch(stem.rstrip()) else name


def _filled(template: str, values: dict[str, str]) -> str:
    filled = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    return unicodedata.normalize("NFC", re.sub(r" {2,}", " ", filled)).strip()


def _cut(text: str, size: int) -> str:
    """At most so many bytes of UTF-8, never half a character."""
    return (
        text.encode()[: max(0, size)].decode(errors="ignore").rstrip("-. ")
        if len(text.encode()) > size
        else text
    )
