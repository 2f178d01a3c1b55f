"""What we know of a host beside its rule. Each module of this folder says it once, as `FACTS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bowerbird.core.placeholders import Placeholder
from bowerbird.net.limiter import Limit


@dataclass(frozen=True, slots=True)
class Example:
    """A link, and what the rules make of it. A test checks that they do.

    Without a `kind`, no rule knows the link. `host` is empty when the link is this host's own. `urls` holds
    the picture's links, the best first. It is empty when the host has to be asked, or when the link is
    skipped.
    """

    url: str
    kind: str | None = None
    id: str = ""
    urls: tuple[str, ...] = ()
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a host's links are, and how the host wants to be treated.

    `links`, `original` and `asks` are the columns of docs/hosts.md. `limits` are what the host publishes, by
    host name. `key` names the setting that holds the owner's key: `imgur_client_id` is read from
    BOWERBIRD_IMGUR_CLIENT_ID. `placeholders` are pictures it serves in place of one that is gone. `watched`
    are the host names with a health metric of their own. `widths` are those of its smaller copies, in pixels.
    """

    links: str
    original: str
    asks: str = "nobody"
    examples: tuple[Example, ...]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    key: str = ""
    placeholders: tuple[Placeholder, ...] = ()
    watched: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
