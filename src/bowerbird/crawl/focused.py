"""`mine --focus`, and `Focus` in the cloud: wires a source to the communities worth a closer look."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from bowerbird.core.errors import UsageError
from bowerbird.core.post import Source
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.focus import FocusedSource
from bowerbird.crawl.sources import open_source, source_specs
from bowerbird.crawl.sources.base import Context


def focused(spec: str, context: Context, best: Callable[[Collection[str]], tuple[str, ...]]) -> FocusedSource:
    """Make a source go on to its best communities. `best` gets the names that the source is narrowed to.

    Raises:
        UsageError: this source has no communities.
    """
    main = followed(spec, open_source(spec, context))
    name, _, argument = spec.partition(":")
    kinds = source_specs()
    named = kinds[name].names_communities
    own = _names(argument) if named and argument else _names("+".join(context.communities))

    def open_listing(community: str, requests: int, seconds: float) -> FollowedSource:
        narrowed = replace(
            context, communities=(community,), requests=requests, seconds=seconds, fill_gaps=False
        )
        listing = open_source(name if named else spec, narrowed)
        if not isinstance(listing, FollowedSource):
            raise TypeError(f"{spec} is followed as a whole only")
        return listing

    def best_now() -> tuple[str, ...]:
        # With one community alone, the crawl has just read all that is worth reading.
        return () if len(own) == 1 else best(own)

    return FocusedSource(main, best_now, open_listing, context.requests, context.seconds)


def followed(spec: str, source: Source) -> FollowedSource:
    """Return a source that has communities to go on to; raises what `focused` does for any other."""
    kinds = source_specs()
    if not kinds[spec.partition(":")[0]].communities or not isinstance(source, FollowedSource):
        known = ", ".join(kind.form for kind in kinds.values() if kind.communities)
        raise UsageError(f"--focus needs a source of communities: {known}")
    return source


def _names(joined: str) -> set[str]:
    names = {name.strip().removeprefix("r/").removeprefix("!") for name in joined.split("+")}
    return names - {"", "all"}
