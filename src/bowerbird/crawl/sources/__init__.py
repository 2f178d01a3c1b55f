"""One file a source of posts; a module with a `SPEC` is found by itself."""

from __future__ import annotations

import sys

from bowerbird.core.errors import UsageError
from bowerbird.core.post import Source
from bowerbird.crawl.discovery import discover
from bowerbird.crawl.sources.base import Context, SourceSpec


def source_specs() -> dict[str, SourceSpec]:
    """Every source of this folder by name."""
    specs: list[SourceSpec] = discover(sys.modules[__name__], "SPEC")
    return {spec.name: spec for spec in specs}


def open_source(spec: str, context: Context | None = None) -> Source:
    """The source that a text such as `reddit`, `replay:posts.jsonl` or `lemmy:lemmy.world` names.

    Raises:
        UsageError: no such source, or its argument is missing or unusable.
    """
    name, _, argument = spec.partition(":")
    specs = source_specs()
    if name not in specs:
        known = ", ".join(known.form for known in specs.values())
        raise UsageError(f"there is no source {name!r}; say one of {known}")
    if not specs[name].fits(argument):
        raise UsageError(f"write the source as {specs[name].form}")
    return specs[name].open(argument, context or Context())
