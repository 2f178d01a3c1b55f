"""Records what one run of a followed source did."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.crawl.following.coverage import Gap
from bowerbird.crawl.source_health import SourceState


@dataclass(frozen=True, slots=True)
class Progress:
    """What one run did: posts `read` and `new` among them, `requests` made, and every gap that is left.

    Of the posts whose pictures were not ready, `pending` ones will be looked at again. This run saw that
    others `came_good`, and it has `given_up` the rest.
    """

    state: SourceState
    read: int
    new: int
    requests: int
    gaps: tuple[Gap, ...]
    pending: int = 0
    came_good: int = 0
    given_up: int = 0

    def facts(self) -> dict[str, str | int]:
        """For logs and metrics."""
        return {
            "health": self.state.health,
            "read": self.read,
            "new": self.new,
            "requests": self.requests,
            "gaps": len(self.gaps),
            "gap_posts": sum(gap.posts or 0 for gap in self.gaps),
            "gap_seconds": round(sum(gap.seconds or 0.0 for gap in self.gaps)),
            "pending": self.pending,
            "came_good": self.came_good,
            "given_up": self.given_up,
        }

    def __str__(self) -> str:
        line = f"{self.state.source}: {self.state.health}, {self.new} new of {self.read} posts read"
        line += f" in {self.requests} requests"
        if self.gaps:
            facts = self.facts()
            line += f"; {facts['gaps']} gaps of at most {facts['gap_posts']} posts, {facts['gap_seconds']} s"
        if self.pending or self.came_good or self.given_up:
            line += f"; pictures not ready: {self.pending} posts are looked at again"
            line += f", {self.came_good} came good, {self.given_up} given up"
        return line
