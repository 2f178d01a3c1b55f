"""What all live sources have in common when they are opened: a limiter, a budget and a cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bowerbird.core.errors import UsageError
from bowerbird.core.post import Lookup
from bowerbird.crawl.following.cursor import FollowedIdSource, FollowedSource, OrderedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.listing import Ask, Explain, Listing, RunBudget, fetching, unexplained


def follow(
    spec: str,
    ask: Ask,
    open_with: Callable[[Listing], OrderedSource],
    context: Context,
    explain: Explain = unexplained,
) -> FollowedSource:
    """Open a source and follow it: `spec` and the communities name its cursor."""
    budget = RunBudget(context.requests, context.seconds)
    source = open_with(Listing(spec, ask, context.limiter, budget, explain))
    key = f"{spec} {'+'.join(sorted(context.communities))}"
    cursor = CursorStore(context.store, key) if context.store else None
    kind = FollowedIdSource if isinstance(source, Lookup) else FollowedSource
    return kind(source, budget, cursor, fill_gaps=context.fill_gaps, pace=context.pace)


def asking(spec: str, accept: str, context: Context, headers: Mapping[str, str] | None = None) -> Ask:
    """Ask through the context's fetcher; `headers` go along to the host that is asked, and no other.

    Raises:
        UsageError: the context has none.
    """
    if context.fetcher is None:
        raise UsageError(f"{spec} reads from the network, which this command does not")
    return fetching(context.fetcher, accept, headers or None)


def communities(argument: str, context: Context) -> tuple[str, ...]:
    """What the argument names, such as `EarthPorn+SkyPorn`, or else what the context does."""
    return (argument,) if argument else context.communities
