"""What is known of a picture, as XMP says it."""

from __future__ import annotations

from typing import Literal

from bowerbird.deliver.about import About
from bowerbird.imaging.xmp import Description

#: Where the description goes: nowhere, into a file beside the picture, or into the copy itself.
Xmp = Literal["none", "beside", "embedded"]


def packet(about: About, tags: tuple[str, ...] = ()) -> bytes:
    """The XMP packet of a picture; `tags` come after the post's own and its community."""
    known = (*about.tags, about.community, *tags)
    return Description(
        title=about.title,
        creator=about.author,
        source=about.post or about.link,
        rights=about.licence,
        created=about.posted or about.kept,
        tags=tuple(dict.fromkeys(filter(None, known))),
        rating=about.stars,
    ).packet()
