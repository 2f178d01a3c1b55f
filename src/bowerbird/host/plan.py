"""Makes sources and tastes of what the configuration says. Wrong names fail before a place is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bowerbird.adapters.place import Place, open_place, state_of
from bowerbird.config.schema import Config
from bowerbird.config.streams import Stream
from bowerbird.config.tastes import Taste
from bowerbird.core.errors import UsageError
from bowerbird.core.post import Source
from bowerbird.crawl.focused import focused, followed
from bowerbird.crawl.following.best_communities import best_communities
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.shape import ShapeRule
from bowerbird.host.wiring import HostOptions, source_context
from bowerbird.models.bundle import find


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run reads, and by which tastes it judges; `refits` says which of their bundles change daily."""

    sources: Sequence[Source]
    tastes: Sequence[tuple[Place, HostOptions]]
    refits: Sequence[bool]


def planned(config: Config, gateway: str | None) -> Plan:
    """Open what the configuration names.

    Raises:
        UsageError: a source, a bundle, a rule or a place is not what it should be.
    """
    if any(taste.refit and taste.scout for taste in config.taste):
        raise UsageError("--refit changes the bundle's threshold, which --scout was measured for: give one")
    options = [_options(taste, config, gateway) for taste in config.taste]
    for name in (name for each in options for name in (each.bundle, each.scout) if name):
        find(name)
    for stream in config.stream:
        source = open_source(stream.source, _context(source_context(gateway), stream))
        if stream.focus:
            followed(stream.source, source)
    for taste in config.taste:
        state_of(taste.place, taste.endpoint_url)
    places = [open_place(taste.place, taste.endpoint_url) for taste in config.taste]
    context = source_context(gateway, places[0].store)
    sources = [_open(stream, context, places[0]) for stream in config.stream]
    refits = [taste.refit for taste in config.taste]
    return Plan(sources, list(zip(places, options, strict=True)), refits)


def _options(taste: Taste, config: Config, gateway: str | None) -> HostOptions:
    return HostOptions(
        bundle=taste.bundle,
        scout=taste.scout,
        keep_rate=taste.keep_rate,
        shape=ShapeRule(taste.min_area, taste.max_wide, taste.max_tall),
        downloads=config.downloads,
        thumbnails=taste.thumbnails,
        gateway=gateway,
        asked=Asked.parse(taste.reject_if, taste.note),
        watermark=taste.watermark,
        prior=taste.prior,
        look=taste.look,
    )


def _context(context: Context, stream: Stream) -> Context:
    communities = stream.communities or context.communities
    return replace(context, communities=tuple(communities), fill_gaps=stream.fill_gaps)


def _open(stream: Stream, context: Context, place: Place) -> Source:
    own = _context(context, stream)
    if not stream.focus:
        return open_source(stream.source, own)
    return focused(stream.source, own, partial(best_communities, place.store, stream.source))
