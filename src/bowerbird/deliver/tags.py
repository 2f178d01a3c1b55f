"""Tags and source URL of a survivor, from its sidecar. Posts are written by strangers: so are their words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bowerbird.core.errors import UsageError
from bowerbird.deliver.scenery import MAX_FIELD_BYTES

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_PLACEHOLDERS: Final = ("source", "community", "author", "licence", "host", "percentile")
_LONGEST: Final = 64
_WEB: Final = re.compile(r"https?://[^\s\x00-\x20\x7f]+")

# scenery imports a picture with this tag even if it has the picture already. No stranger may set that off.
_RESERVED: Final = "bypass_dup_check"


@dataclass(frozen=True, slots=True)
class TagRule:
    """Tags as the owner wrote them. The sidecar fills in `{community}` and the like.

    A tag is left out when the sidecar does not know what it asks for, as `artist:{author}` of a picture
    without an author. scenery itself reads the author from a tag that begins with `artist:`.
    """

    templates: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> TagRule:
        """Read `from_bowerbird, {community}, artist:{author}`.

        Raises:
            UsageError: a tag has a placeholder that does not exist.
        """
        templates = tuple(part.strip() for part in text.split(",") if part.strip())
        for template in templates:
            for name in _PLACEHOLDER.findall(template):
                if name not in _PLACEHOLDERS:
                    known = ", ".join(f"{{{each}}}" for each in _PLACEHOLDERS)
                    raise UsageError(f"tag {template!r}: there is no {{{name}}}; there are {known}")
        return cls(templates)

    def tags(self, sidecar: Mapping[str, Any]) -> list[str]:
        """The tags of one picture, as many as fit scenery's field."""
        values = _values(sidecar)
        found: list[str] = []
        for template in self.templates:
            names = _PLACEHOLDER.findall(template)
            if not all(values.get(name) for name in names):
                continue
            tag = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
            if tag not in found and not (names and tag == _RESERVED):
                found.append(tag)
        while len(json.dumps(found, ensure_ascii=False).encode(errors="replace")) > MAX_FIELD_BYTES:
            found.pop()
        return found


def source_url(sidecar: Mapping[str, Any]) -> str | None:
    """The post's address, or the picture's own: the first that scenery may take."""
    submission = _mapping(_mapping(sidecar.get("decision")).get("submission"))
    facts = _mapping(_mapping(sidecar.get("decision")).get("facts"))
    for url in (submission.get("permalink"), submission.get("url"), facts.get("url")):
        if isinstance(url, str) and _WEB.fullmatch(url) and len(url.encode()) <= MAX_FIELD_BYTES:
            return url
    return None


def _values(sidecar: Mapping[str, Any]) -> dict[str, str]:
    decision = _mapping(sidecar.get("decision"))
    submission = _mapping(decision.get("submission"))
    values = {name: _word(submission.get(name)) for name in ("source", "community", "author", "licence")}
    values["host"] = _word(_mapping(sidecar.get("candidate")).get("host"))
    percentile = _mapping(decision.get("facts")).get("novelty_percentile")
    if isinstance(percentile, int | float) and 0 <= percentile <= 100:  # noqa: PLR2004 - per cent
        values["percentile"] = str(int(percentile))
    return values


def _word(value: Any) -> str:
    """Keep letters, digits and a few signs of what a stranger typed, so that it can only be a plain tag."""
    return re.sub(r"[^\w.-]+", "_", value)[:_LONGEST].strip("_") if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
