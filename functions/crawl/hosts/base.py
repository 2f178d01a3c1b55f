"""What a host rule is. A rule is one module in this folder with a `RULE`; discovery finds it by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult

from bowerbird.messages import Preview
from bowerbird.ports import Fetcher


@dataclass(frozen=True, slots=True)
class Match:
    """What a link is, told from its text alone.

    `kind` is the rule's word for it: `image`, `album`, `page`…
    """

    host: str
    kind: str
    id: str
    url: str


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
        """The rule's name, such as `imgur`."""
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
            PermanentError: the page or album is gone or holds no picture; the text says which.
            RetryableError: the host could not be asked now.
        """
        ...
