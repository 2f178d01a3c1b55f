"""Follows a source, so that no post is missed and none is handed out twice.

A run reads from the newest post back until it meets what earlier runs have read. It relies on no single post,
so a deleted post cannot stall it. It reads a little beyond the first post it knows, so that the next run
makes up for a stale page or a late post. What a run could not read stays a gap, with its size, until it is
filled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, Protocol, runtime_checkable

from bowerbird.core.errors import SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.core.post import Lookup, Post, Source
from bowerbird.crawl.following.coverage import Edge, Gap, Knowledge, Span
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.listing_run import Run, fullname
from bowerbird.crawl.following.pending import Looks
from bowerbird.crawl.following.progress import Progress
from bowerbird.crawl.following.shared_limits import SharedLimits
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.sources.listing import RunBudget

#: A run stops after this many known posts in a row. It is half a page, so that a quiet poll costs one
#: request.
OVERLAP: Final = 50

#: Ids asked for at once when a gap is filled: what Reddit takes, https://www.reddit.com/dev/api#GET_api_info
FILL: Final = 100

#: How much of a run may go to posts whose pictures were not ready, before it reads the newest posts. They get
#: more if the newest leave any.
LOOKS_SHARE: Final = 0.2

_LOG: Final = logging.getLogger(__name__)


class OrderedSource(Source, Protocol):
    """A source that says how its posts are ordered: by counted `id`, by `time`, or `none` to rely on."""

    @property
    def order(self) -> str:
        """`id`, `time` or `none`."""
        ...


@runtime_checkable
class IdSource(Lookup, Protocol):
    """A source whose gaps can be filled by id: ids are counted, and one request asks for a hundred."""

    def reads(self, post: Post) -> bool:
        """Tell whether a post is of the communities that this source reads."""
        ...


class FollowedSource:
    """A source that a run reads from its newest post back to where earlier runs have been.

    Without a `store` it remembers only as long as it lives. With `fill_gaps`, a run spends what is left of
    its budget on what earlier runs could not read. Runs share the limits of their hosts through `pace`.

    When some pictures of a post are not ready, the post is handed out with those that are. If the source can
    be asked by id, a later run finds the others and hands the post out again with them. See
    `bowerbird.crawl.following.pending`.
    """

    def __init__(  # noqa: PLR0913 - one choice each, and four have a default
        self,
        source: OrderedSource,
        budget: RunBudget,
        store: CursorStore | None = None,
        *,
        fill_gaps: bool = False,
        pace: SharedLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = source.name
        self._pace = pace
        self._source = source
        self._budget = budget
        self._store = store
        self._fill_gaps = fill_gaps
        self._clock = clock
        self._known = Knowledge()
        self._run = Run(source.order)
        self._looks = self._new_looks()
        self.progress: Progress | None = None
        self._health = ""

    def posts(self) -> Iterator[Post]:
        """Yield what is new. A source that fails after some posts ends the run early; see `progress`."""
        self._begin()
        gaps = self._gap_posts() if self._fill_gaps else ()
        return self._guarded(chain(self._late(LOOKS_SHARE), self._stream(), self._late(1.0), gaps))

    def gap_posts(self) -> Iterator[Post]:
        """Yield what fills the gaps, newest first, asked for by id as far as the budget goes.

        Raises:
            UsageError: this source cannot be asked by id.
        """
        self._begin()
        return self._guarded(self._gap_posts())

    @property
    def requests(self) -> int:
        """Return how many requests the last run has made so far."""
        return self._budget.spent

    def told(self) -> str:
        """Return one line about the last run; empty before one."""
        return str(self.progress or "")

    def commit(self) -> None:
        """Remember what was handed out; called once it is safe, never before."""
        learned = self._learned()
        self._known = self._store.join(learned) if self._store else self._known.joined(learned)
        self.progress = replace(
            self.progress or self._judged(None), gaps=self._known.gaps, pending=len(self._known.waiting.posts)
        )
        _LOG.info("%s", self.progress)

    def _stream(self) -> Iterator[Post]:
        run, streak = self._run, 0
        for post in self._source.posts():
            if post.submission.id in run.seen:
                continue  # a page that moved while it was read
            rank = run.rank(post)
            if self._known.knows(post.submission.id, rank):
                run.note(post, new=False)
                streak += 1
                if streak >= OVERLAP and (rank is None or rank <= self._known.chased):
                    return
            else:
                streak = 0
                met = self._looks.met(post)
                yield met
                # Noted only when the next one is asked for: whoever stops here may have used half of it.
                run.note(post, new=True)
                self._looks.handed_out(met)
        run.exhausted = not self._budget.over

    def _late(self, share: float) -> Iterator[Post]:
        """What came of posts whose pictures were not ready. A failure costs this look, not the stream."""
        source = self._source
        try:
            if isinstance(source, Lookup):
                yield from self._looks.again(source.by_id, lambda: self._budget.allows(share))
        except (SourceBlockedError, SourceUnreachableError, UsageError) as error:
            _LOG.warning("posts whose pictures were not ready could not be looked at again: %s", error)

    def _gap_posts(self) -> Iterator[Post]:
        source = self._source
        if not isinstance(source, IdSource):
            raise UsageError(
                f"{self.name} cannot be asked for posts by id: gaps are filled by reddit and arctic-shift"
            )
        for gap in reversed(self._known.joined(self._learned()).gaps):
            yield from self._fill(source, gap)

    def _guarded(self, posts: Iterable[Post]) -> Iterator[Post]:
        error: SourceBlockedError | SourceUnreachableError | None = None
        try:
            yield from posts
        except (SourceBlockedError, SourceUnreachableError) as raised:
            error = raised
        finally:
            # Asked is asked, also when the reader stops half-way.
            if self._pace:
                self._pace.tell()
        self._end(error)

    def _begin(self) -> None:
        self._budget.restart()
        self._run = Run(self._source.order)
        self.progress = None
        if self._store:
            self._known = self._store.load()
        self._looks = self._new_looks()
        if self._pace:
            self._pace.heed()

    def _end(self, error: SourceBlockedError | SourceUnreachableError | None) -> None:
        self.progress = self._judged(error)
        if error and not self._run.read:
            raise error
        health = self.progress.state.health
        if error and health != self._health:  # said once, not at every run of a source that stays so
            _LOG.warning("%s", error)
        self._health = health

    def _judged(self, error: SourceBlockedError | SourceUnreachableError | None) -> Progress:
        run = self._run
        known = self._known.joined(self._learned())
        state = source_state(self.name, run.read, error)
        return Progress(
            state,
            run.read,
            run.new,
            self._budget.spent,
            known.gaps,
            len(known.waiting.posts),
            self._looks.came_good,
            self._looks.given_up,
        )

    def _learned(self) -> Knowledge:
        return replace(self._run.knowledge(), waiting=self._looks.done())

    def _new_looks(self) -> Looks:
        possible = isinstance(self._source, Lookup)
        return Looks(self._known.waiting.posts, possible=possible, clock=self._clock)

    def _fill(self, source: IdSource, gap: Gap) -> Iterator[Post]:
        newest, oldest = int(gap.newer.rank) - 1, int(gap.older.rank) + 1
        at = gap.newer.at
        while newest >= oldest and not self._budget.over:
            ranks = range(newest, max(oldest, newest - FILL + 1) - 1, -1)
            for post in filter(source.reads, source.by_id([fullname(rank) for rank in ranks])):
                met = self._looks.met(post)
                yield met
                self._run.fill(post)
                self._looks.handed_out(met)
                at = post.submission.created_utc or at
            self._run.spans.append(Span(Edge(ranks[-1], at), Edge(newest, gap.newer.at)))
            newest = ranks[-1] - 1


class FollowedIdSource(FollowedSource):
    """Follows a source that can also be asked for posts by id."""

    @property
    def authoritative(self) -> bool:
        """Tell whether a missing post is gone."""
        return isinstance(self._source, Lookup) and self._source.authoritative

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission has a name that means something here."""
        return isinstance(self._source, Lookup) and self._source.finds(source, submission)

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Those of these posts that exist, whatever has been read; each call has a run's budget."""
        if not isinstance(self._source, Lookup):
            raise UsageError(f"{self.name} cannot be asked for posts by id")
        self._budget.restart()
        return self._source.by_id(ids)
