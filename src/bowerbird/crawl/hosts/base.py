"""What a host rule is. A host is one module in this folder with `RULE` and `FACTS`; nothing registers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable
from urllib.parse import SplitResult

from bowerbird.core.errors import PermanentError
from bowerbird.core.messages import Preview
from bowerbird.core.ports import Fetcher

#: Kinds that are skipped by name, without asking the host: their links hold no still picture.
MOVING: Final = frozenset({"video", "animation"})

#: The kind of a link that leads to the file itself. The size that the listing declares is then the
#: original's.
IMAGE: Final = "image"

#: The suffixes of still pictures that the filter can read.
STILL: Final = "jpg|jpeg|jpe|jfif|pjpeg|png|webp|avif"

_OWN_PORTS: Final = {None, 80, 443}


class NoPictureError(PermanentError):
    """The link works but shows no still picture (a video, a text). Its preview must not stand in for one."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a link is, told from its text alone.

    `kind` is the rule's word for it: `image`, `album`, `page`… `wrapped_in` is the proxy's link, where one
    was given.
    """

    host: str
    kind: str
    id: str
    url: str
    wrapped_in: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """One picture behind a link: `id` is stable within the link, `urls` holds the best original first."""

    id: str
    urls: tuple[str, ...]
    previews: tuple[Preview, ...] = ()
    width: int | None = None
    height: int | None = None


class HostRule(Protocol):
    """Turns a link of one host into the best original image(s)."""

    @property
    def host(self) -> str:
        """Return the rule's name, such as `imgur`."""
        ...

    @property
    def priority(self) -> int:
        """Rules are asked in rising order; the catch-all `direct` comes last."""
        ...

    def match(self, url: SplitResult) -> Match | None:
        """Tell whether a link is this host's, without any request."""
        ...

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """Find the pictures behind a matched link; may ask the host's API or page, never probes.

        Raises:
            NoPictureError: the link shows a video or a text.
            PermanentError: the page or album is gone or holds no picture; the text says which.
            RetryableError: the host could not be asked now.
        """
        ...


@runtime_checkable
class Keyed(Protocol):
    """A rule that asks the host's API when the owner has a key for it."""

    def with_key(self, key: str) -> HostRule:
        """Return the same rule, asking with this key."""
        ...


@runtime_checkable
class Wrapping(Protocol):
    """A rule for links that carry another link, such as those of a proxy for pictures."""

    def inner(self, url: SplitResult) -> str | None:
        """Return the link inside, not yet checked; None for any other link."""
        ...


def domain(url: SplitResult) -> str:
    """The host name in lower case. It is empty when the port is not the web's: that is not the same host."""
    return (url.hostname or "").rstrip(".") if url.port in _OWN_PORTS else ""
