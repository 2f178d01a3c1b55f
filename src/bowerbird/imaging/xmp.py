"""Writes XMP packets (ISO 16684-1): what a picture shows, who made it, where it came from.

Programs read tags from different places: `dc:subject` is the standard's, `digiKam:TagsList` is what Immich
and digiKam read (https://docs.immich.app/features/xmp-sidecars). So both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

# XML 1.0 has no others: https://www.w3.org/TR/xml/#charsets
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PACKET: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:digiKam="http://www.digikam.org/ns/1.0/">
{properties}  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


@dataclass(frozen=True, slots=True)
class Description:
    """What a packet says; what is empty is left out. `rating` is 1 to 5 stars."""

    title: str = ""
    creator: str = ""
    source: str = ""
    rights: str = ""
    created: datetime | None = None
    tags: Sequence[str] = ()
    rating: int | None = None

    def packet(self) -> bytes:
        """The packet, in UTF-8."""
        found = [
            _languages("dc:title", self.title),
            _languages("dc:description", self.title),
            _list("dc:creator", "Seq", [self.creator]),
            _text("dc:source", self.source),
            _languages("dc:rights", self.rights),
            _text("xmp:CreateDate", self.created.isoformat(timespec="seconds") if self.created else ""),
            _list("dc:subject", "Bag", self.tags),
            _list("digiKam:TagsList", "Seq", self.tags),
            _text("xmp:Rating", "" if self.rating is None else str(self.rating)),
        ]
        return _PACKET.format(properties="".join(found)).encode()


def xml_text(text: str) -> str:
    """Text as XML writes it, without the characters that XML has not."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})


def _text(name: str, text: str) -> str:
    return f"   <{name}>{xml_text(text)}</{name}>\n" if text else ""


def _languages(name: str, text: str) -> str:
    if not text:
        return ""
    item = f'<rdf:li xml:lang="x-default">{xml_text(text)}</rdf:li>'
    return f"   <{name}><rdf:Alt>{item}</rdf:Alt></{name}>\n"


def _list(name: str, kind: str, items: Sequence[str]) -> str:
    written = "".join(f"<rdf:li>{xml_text(item)}</rdf:li>" for item in items if item)
    return f"   <{name}><rdf:{kind}>{written}</rdf:{kind}></{name}>\n" if written else ""
