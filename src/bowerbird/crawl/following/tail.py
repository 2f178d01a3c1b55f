"""Follows a stream of events forward, from where the last run ended until now.

The server plays back the events that it still has from a given time on. The last event that an earlier run
read must come again. When the first event is younger than that one, the server no longer reaches back so far,
and what lies between the two is a gap.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from bowerbird.core.errors import (
    PermanentError,
    RetryableError,
    SourceBlockedError,
    SourceUnreachableError,
    UsageError,
)
from bowerbird.core.ports import Stream, Streams
from bowerbird.core.post import Post, Removals
from bowerbird.core.reasons import Word
from bowerbird.crawl import jetstream
from bowerbird.crawl.following.coverage import Edge, Knowledge, Span
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.listing_run import JUMP
from bowerbird.crawl.following.progress import Progress
from bowerbird.crawl.following.shared_limits import SharedLimits
from bowerbird.crawl.jetstream import DamagedEventError, Event
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.sources.bluesky_post import parse_record
from bowerbird.crawl.sources.listing import TRIES, RunBudget, SourceThrottledError
from bowerbird.net.limiter import Limiter

_LOG: Final = logging.getLogger(__name__)

#: How far behind the last event a run begins, in seconds. Events of one moment may come in any order, and
#: playback is not exact at its edges (bluesky-social/jetstream, README).
OVERLAP_S: Final = 5.0

#: How far back the very first run begins: some six hundred pictures.
FIRST_RUN_S: Final = 300.0

#: A stream that is silent for so long has no more for us now.
QUIET_S: Final = 5.0

#: The most that one run takes, beside its seconds. It reads about a thousand events a second, a kilobyte
#: each.
MAX_EVENTS: Final = 300_000
MAX_BYTES: Final = 512 * 1024 * 1024

#: How many of the last events tell where a run is. When playback goes over into live events, some live events
#: come before the rest of the playback (bluesky-social/jetstream-legacy#42). A run that went on behind those
#: would lose the rest.
_ABREAST: Final = 64

#: How far in the future, by the server's own clock, an event or a cursor may lie. Beyond that it does not
#: count.
_AHEAD_S: Final = 300.0

#: Removals remembered, by post and by author: what was queued before is decided by then.
_MAX_REMOVALS: Final = 100_000


@dataclass(frozen=True, slots=True)
class TailProgress(Progress):
    """What one run through a stream did.

    `read` counts posts of any kind, and `requests` counts connections. `behind_s` is how far before now the
    run ended, in seconds. `damaged` counts messages that were no events. `removals` counts what the stream
    reported as gone. `rate` is posts a second in the part that was read.
    """

    behind_s: float = 0.0
    damaged: int = 0
    removals: int = 0
    rate: float = 0.0

    def facts(self) -> dict[str, str | int]:
        """Facts for logs and metrics. What a gap holds is not counted; the rate of the rest estimates it."""
        facts = Progress.facts(self)
        missed = sum(gap.seconds or 0.0 for gap in self.gaps) * self.rate
        return facts | {
            "gap_posts": round(missed),
            "behind_seconds": round(self.behind_s),
            "damaged": self.damaged,
            "removals": self.removals,
        }

    def __str__(self) -> str:
        line = f"{self.state.source}: {self.state.health}, {self.new} new of {self.read} posts read"
        line += (
            f" in {self.requests} connection{'s' * (self.requests != 1)}, {self.behind_s:.0f} s behind now"
        )
        line += f"; {self.removals} told to be gone" if self.removals else ""
        line += f"; {self.damaged} messages were no events" if self.damaged else ""
        if self.gaps:
            facts = self.facts()
            line += f"; {facts['gaps']} gaps of {facts['gap_seconds']} s, about {facts['gap_posts']} posts"
        return line


class _Run:
    """What one run has read; times are in seconds since 1970.

    `target` is when the run began by the server's clock: up to there it reads. `began` is the same moment by
    ours.
    """

    def __init__(self, reached: float | None) -> None:
        self.reached = reached
        self.spans: list[Span] = []
        self.seen: dict[str, float | int | None] = {}
        self.read = self.new = self.damaged = self.removals = self.events = self.bytes = 0
        self.target: float | None = None
        self.began = time.monotonic()
        self._low: float | None = None
        self._recent: deque[float] = deque(maxlen=_ABREAST)

    def connected(self) -> None:
        """Another connection begins: what it plays first tells whether it joins what was read."""
        self.settle()
        self._recent.clear()

    def note(self, at: float) -> None:
        """Note that an event has been dealt with."""
        if not self._recent and (self.reached is None or at > self.reached):
            self._close()
            self._low = at
        elif self._low is None:
            self._low = at
        self._recent.append(at)
        self.events += 1

    def settle(self) -> float:
        """Take stock of where the run is; `reached`, or the beginning of time."""
        if self._recent:
            here = _here(list(self._recent))
            self.reached = here if self.reached is None else max(self.reached, here)
        return self.reached or 0.0

    def knowledge(self) -> Knowledge:
        """Return what this run has read."""
        self.settle()
        self._close()
        return Knowledge(dict(self.seen), tuple(self.spans))

    def _close(self) -> None:
        if self._low is not None and self.reached is not None and self.reached >= self._low:
            span = Span(Edge(self._low, self._low), Edge(self.reached, self.reached))
            if span not in self.spans:
                self.spans.append(span)


def _here(times: list[float]) -> float:
    """Where a stream is, told by the times of its last events. It is the last one, unless some ran ahead."""
    steps = [after - before for before, after in pairwise(times)]
    if len(steps) < JUMP or min(steps) < 0 or max(steps) * len(steps) > JUMP * (times[-1] - times[0]):
        return min(times)
    return times[-1]


class TailedSource:
    """Posts with pictures or links, of a Jetstream, each once.

    Without a `store` it remembers only as long as it lives.
    """

    def __init__(  # noqa: PLR0913 - one choice each, all but four have a default
        self,
        name: str,
        host: str,
        streams: Streams,
        limiter: Limiter,
        *,
        budget: RunBudget,
        store: CursorStore | None = None,
        pace: SharedLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._host = host
        self._streams = streams
        self._limiter = limiter
        self._budget = budget
        self._store = store
        self._pace = pace
        self._clock = clock
        self._known = Knowledge()
        self.run = _Run(None)
        self._posts_gone: OrderedDict[str, str] = OrderedDict()
        self._authors_gone: OrderedDict[str, str] = OrderedDict()
        self.progress: TailProgress | None = None

    def posts(self) -> Iterator[Post]:
        """Yield what is new, oldest first. A stream that fails after some events ends the run early."""
        self._begin()
        return self._guarded()

    def told(self) -> str:
        """Return one line about the last run; empty before one."""
        return str(self.progress or "")

    def commit(self) -> None:
        """Remember what was handed out; called once it is safe, never before."""
        knowledge = self.run.knowledge()
        self._known = self._store.join(knowledge) if self._store else self._known.joined(knowledge)
        self.progress = replace(self.progress or self._judged(None), gaps=self._known.gaps)
        _LOG.info("%s", self.progress)

    def removed(self) -> Removals:
        """Return what was told to be gone, by this run and those before it."""
        return Removals(dict(self._posts_gone), dict(self._authors_gone))

    def _begin(self) -> None:
        self._budget.restart()
        self.progress = None
        if self._store:
            self._known = self._store.load()
        if self._pace:
            self._pace.heed()
        self.run = _Run(self._reached())

    def _reached(self) -> float | None:
        """Tell where earlier runs have come; None when that is no place in this stream."""
        first, last = jetstream.FIRST_TIME_US / 1e6, self._clock() + _AHEAD_S
        spans = tuple(span for span in self._known.spans if first <= span.high.rank <= last)
        if len(spans) < len(self._known.spans):
            _LOG.warning("%s: a cursor lies outside of time and is left out", self.name)
            self._known = replace(self._known, spans=spans)
        return float(spans[-1].high.rank) if spans else None

    def _guarded(self) -> Iterator[Post]:
        error: SourceBlockedError | SourceUnreachableError | None = None
        try:
            yield from self._connections()
        except (SourceBlockedError, SourceUnreachableError) as raised:
            error = raised
        finally:
            self.run.settle()
            if self._pace:
                self._pace.tell()
        self.progress = self._judged(error)
        if error and not self.run.events:
            raise error
        if error:
            _LOG.warning("%s", error)

    def _judged(self, error: SourceBlockedError | SourceUnreachableError | None) -> TailProgress:
        run = self.run
        known = self._known.joined(run.knowledge())
        covered = sum(span.high.rank - span.low.rank for span in run.spans)
        now = self._clock() if run.target is None else run.target
        return TailProgress(
            source_state(self.name, run.events, error),
            run.read,
            run.new,
            self._budget.spent,
            known.gaps,
            behind_s=0.0 if run.reached is None else max(0.0, now - run.reached),
            damaged=run.damaged,
            removals=run.removals,
            rate=run.read / covered if covered else 0.0,
        )

    def _connections(self) -> Iterator[Post]:
        """Connect as often as it takes; give up where that gets us nowhere."""
        run, futile, skip = self.run, 0, 0.0
        trouble: PermanentError | RetryableError | None = None
        while not (self._budget.over or self._full()):
            before = run.reached
            try:
                with ExitStack() as stack:
                    stream = self._open(stack, skip)
                    yield from self._events(stream)
                    return
            except (PermanentError, RetryableError) as error:
                trouble = error
                run.settle()
                futile = futile + 1 if run.reached == before else 0
                poisoned = error.word is Word.TOO_LARGE
                # What cannot be read is passed by; the step over it is a gap like any other.
                skip = max(1.0, 2 * skip) if poisoned and futile else 0.0
                if not poisoned and (isinstance(error, PermanentError) or futile >= TRIES):
                    break
        if trouble:
            raise self._explained(trouble) from None

    def _open(self, stack: ExitStack, skip: float) -> Stream:
        run = self.run
        run.connected()
        if run.reached is None:
            start = self._clock() - FIRST_RUN_S
        else:
            start = run.reached + skip if skip else run.reached - OVERLAP_S
        url = jetstream.subscription(self._host, round(start * 1e6))
        self._budget.spent += 1
        with self._limiter.turn(self._host, patience_s=self._budget.left_s) as turn:
            try:
                stream = stack.enter_context(self._streams.open(url))
            except PermanentError:
                turn.answered(HTTPStatus.FORBIDDEN, {})
                raise
            except RetryableError as error:
                wait = {} if error.retry_after_s is None else {"retry-after": str(error.retry_after_s)}
                turn.answered(HTTPStatus.SERVICE_UNAVAILABLE, wait)
                raise
            turn.answered(HTTPStatus.SWITCHING_PROTOCOLS, {})
        if run.target is None:
            run.began = time.monotonic()
            run.target = self._clock() if stream.date is None else stream.date
        return stream

    def _events(self, stream: Stream) -> Iterator[Post]:
        run, target = self.run, self.run.target or self._clock()
        while not self._full():
            message = stream.receive(min(QUIET_S, self._budget.left_s))
            if message is None:
                return
            run.bytes += len(message)
            try:
                event = jetstream.decode(message)
                at = event.time_us / 1e6
                if at > target + time.monotonic() - run.began + _AHEAD_S:
                    raise DamagedEventError("from the future")  # noqa: TRY301 - counted like others
            except DamagedEventError as error:
                run.damaged += 1
                if run.damaged == 1:
                    _LOG.warning("%s: a message was no event (%s); others are counted", self.name, error)
                continue
            yield from self._happened(event, at)
            # Noted only when the next one is asked for: whoever stops here may have used half of it.
            run.note(at)
            if at >= target and run.settle() >= target:
                return

    def _happened(self, event: Event, at: float) -> Iterator[Post]:
        if event.operation is None:
            self._account(event)
            return
        self.run.read += event.operation == "create"
        if event.record is None:
            self._gone(self._posts_gone, event.uri, "deleted")
            return
        post = parse_record(event.record, event.did, event.key, at)
        if event.operation == "update":
            reason = "over-18" if post.over_18 else "signed-in-only" if post.signed_in_only else None
            if reason or post.is_self:
                self._gone(self._posts_gone, event.uri, reason or "picture-removed")
                return
        elif self._known.knows(event.uri, at):
            return
        if post.is_self or event.uri in self.run.seen:
            return
        yield post
        self.run.seen[event.uri] = at
        self.run.new += 1

    def _account(self, event: Event) -> None:
        if event.account == "active":
            self._authors_gone.pop(event.did, None)
        elif event.account:
            self._gone(self._authors_gone, event.did, event.account)

    def _gone(self, where: OrderedDict[str, str], what: str, reason: str) -> None:
        where[what] = reason
        self.run.removals += 1
        if len(where) > _MAX_REMOVALS:
            where.popitem(last=False)

    def _full(self) -> bool:
        run = self.run
        return self._budget.left_s <= 0 or run.events >= MAX_EVENTS or run.bytes >= MAX_BYTES

    def _explained(self, error: PermanentError | RetryableError) -> Exception:
        text = f"{self.name}: {error}"
        if isinstance(error, RetryableError):
            if error.retry_after_s is not None or error.status == HTTPStatus.TOO_MANY_REQUESTS:
                wait = error.retry_after_s or self._limiter.wait_s(self._host)
                return SourceThrottledError(
                    f"{text}: may be asked again in {wait:.0f} s: run less often", retry_after_s=wait
                )
            return SourceUnreachableError(
                f"{text}: check the connection and https://status.bsky.app, or try again later"
            )
        if error.word in (Word.GONE, Word.STATUS):
            return UsageError(f"{text}: no Jetstream is there; write bluesky, or bluesky:HOST of one")
        return SourceBlockedError(
            f"{text}: try from another address, another Jetstream (bluesky:HOST), or another source"
        )
