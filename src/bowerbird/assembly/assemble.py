"""Wires Bowerbird's parts together, the same way wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bowerbird.assembly.adapters import Adapters
from bowerbird.assembly.settings import Settings

if TYPE_CHECKING:
    from bowerbird.crawl.crawler import Crawler
    from bowerbird.crawl.sources.base import Context
    from bowerbird.filter.consumer import Consumer
    from bowerbird.filter.parts import Parts


@dataclass(frozen=True)
class Assembly:
    """An installation: two halves with a queue between them. A part is made when it is first asked for.

    Neither half imports what the other one needs. The crawl function ships without numpy, Pillow and models,
    and the filter function without the readers of feeds.
    """

    adapters: Adapters
    settings: Settings

    @cached_property
    def context(self) -> Context:
        """Return what sources are opened with."""
        from bowerbird.assembly import crawling  # noqa: PLC0415 - see above

        return crawling.context(self.adapters, self.settings)

    @cached_property
    def crawler(self) -> Crawler:
        """What makes candidates of posts; `bowerbird.crawl.enqueue.ship` puts them on the queue."""
        from bowerbird.assembly import crawling  # noqa: PLC0415 - see above

        return crawling.crawler(self.adapters, self.settings)

    @cached_property
    def parts(self) -> Parts:
        """The parts that the policy makes its stages of, for candidates and for pictures that are handed in.

        Raises:
            UsageError: the bundle does not know how far to trust the scout.
        """
        from bowerbird.assembly import judging  # noqa: PLC0415 - see above

        return judging.parts(self.adapters, self.settings)

    @cached_property
    def consumer(self) -> Consumer:
        """What brings a message of the queue to its decision; raises what `parts` does."""
        from bowerbird.assembly import judging  # noqa: PLC0415 - see above

        judge = judging.candidates(self.adapters, self.settings, self.parts)
        return judging.consumer(self.adapters, self.settings, judge)


def assemble(adapters: Adapters, settings: Settings) -> Assembly:
    """Bowerbird on these adapters. Nothing is opened or loaded here: the shell does that, and closes it."""
    return Assembly(adapters, settings)
