"""Wires the compact function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bowerbird.adapters.aws.opening import open_bucket
from bowerbird.adapters.aws.tastes import further_tastes
from bowerbird.core.compaction import compact
from bowerbird.core.usual import REJECT
from bowerbird.crawl.following.best_communities import remember_best
from bowerbird.filter.prior_fit import learn
from functions.compact.settings import CompactSettings


@dataclass(slots=True)
class Done:
    """What a night did: `files` of `days` became one a day, and `models` of posts were fitted.

    `best` are the communities that the crawl focuses on.
    """

    days: int = 0
    files: int = 0
    best: tuple[str, ...] = ()
    models: int = 0


def night(settings: CompactSettings) -> Callable[[Callable[[], bool], Callable[..., None]], Done]:
    """Make the function that does the night's work on every taste's place, as long as it is in time.

    It takes what tells whether it is in time, and what logs a line with its facts. What is cut off is done
    the next night.
    """
    prefixes = ("", *further_tastes(settings.tastes))
    stores = [open_bucket(settings.bucket, settings.endpoint_url, prefix) for prefix in prefixes]

    def run(in_time: Callable[[], bool], say: Callable[..., None]) -> Done:
        done = Done(best=remember_best(stores[0], settings.source) if settings.focus else ())
        for store in stores:
            for day in compact(store, datetime.now(UTC).date()):
                say("compacted", place=store.prefix, **asdict(day))
                done.days, done.files = done.days + 1, done.files + day.files
                if not in_time():
                    return done
        for store in stores if settings.prior == REJECT else ():
            model = learn(store)
            say("learnt", place=store.prefix, model=model.chosen if model else "too few kept pictures")
            done.models += model is not None
            if not in_time():
                return done
        return done

    return run
