"""One file a source of posts; a module with a `SPEC` is found by itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from bowerbird.core.discovery import discover
from bowerbird.core.errors import UsageError
from bowerbird.core.post import Source
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.listing import DEFAULT_LIMIT
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.user_agent import NO_CONTACT


def source_specs() -> dict[str, SourceSpec]:
    """Return every source of this folder by name."""
    specs: list[SourceSpec] = discover(sys.modules[__name__], "SPEC")
    return {spec.name: spec for spec in specs}


def limiter() -> Limiter:
    """Return a limiter that knows what every source publishes."""
    return Limiter(limits(), DEFAULT_LIMIT)


def limits() -> Mapping[str, Limit]:
    """What sources publish, by host name; whom two of them ask, they publish the same of."""
    return {name: limit for spec in source_specs().values() for name, limit in spec.limits.items()}


def families() -> Mapping[str, str]:
    """Sources that mean the same by a community's name have one family, by the source's name."""
    return {name: spec.family or name for name, spec in source_specs().items()}


def probes() -> tuple[str, ...]:
    """What `bowerbird doctor` looks at when it is not told: the texts to open, the newcomer's first."""
    specs = sorted(source_specs().values(), key=lambda spec: spec.rank)
    return tuple(spec.probe for spec in specs if spec.probe)


def open_source(spec: str, context: Context | None = None) -> Source:
    """The source that a text such as `reddit`, `replay:posts.jsonl` or `lemmy:lemmy.world` names.

    Raises:
        UsageError: no such source, or its argument is missing or unusable; or nobody says who asks.
    """
    context = context or Context()
    name, _, argument = spec.partition(":")
    specs = source_specs()
    if name not in specs:
        known = ", ".join(known.form for known in specs.values())
        raise UsageError(f"there is no source {name!r}; say one of {known}")
    if not specs[name].fits(argument):
        raise UsageError(f"write the source as {specs[name].form}")
    if specs[name].live and context.anonymous:
        raise UsageError(NO_CONTACT)
    return specs[name].open(argument, context)
