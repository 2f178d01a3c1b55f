"""Spends what a crawl leaves of its budget on the communities that have given most keeps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bowerbird.core.errors import SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class FocusedSource:
    """A followed source, then the listings of its best communities, each with a cursor of its own.

    `best` names communities, the best first; each run asks it anew. `open_listing` opens one of them with so
    many requests and seconds. A run makes at most `requests` requests in `seconds` seconds in all.
    """

    main: FollowedSource
    best: Callable[[], Sequence[str]]
    open_listing: Callable[[str, int, float], FollowedSource]
    requests: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    listings: dict[str, FollowedSource] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the followed source's own name."""
        return self.main.name

    def posts(self) -> Iterator[Post]:
        """Yield what is new; errors as for the followed source. A community that fails costs only itself."""
        self.listings = {}
        ends = self.clock() + self.seconds
        yield from self.main.posts()
        left = self.requests - self.main.requests
        for community in self.best():
            if left <= 0 or self.clock() >= ends or not self._well():
                return
            try:
                listing = self.open_listing(community, left, ends - self.clock())
                self.listings[community] = listing
                yield from listing.posts()
            except (SourceBlockedError, SourceUnreachableError, UsageError) as error:
                _LOG.warning("focus on %s: %s", community, error)
            left = self.requests - sum(each.requests for each in (self.main, *self.listings.values()))

    def commit(self) -> None:
        """Remember how far each listing was read; see `bowerbird.core.post.Committing`."""
        for listing in (self.main, *self.listings.values()):
            listing.commit()

    def told(self) -> str:
        """Return one line about the last run."""
        lines = [self.main.told()]
        for community, listing in self.listings.items():
            if progress := listing.progress:
                line = f"focus on {community}: {progress.state.health}, {progress.new} new of {progress.read}"
                lines.append(f"{line} posts read in {progress.requests} requests")
        return "; ".join(lines)

    def _well(self) -> bool:
        """A source that has just refused us is not asked for more."""
        return self.main.progress is None or self.main.progress.state.reached
