"""Ways to tell somebody: one file each; a module with a `SPEC` is found by itself."""

from __future__ import annotations

import sys

from bowerbird.core.discovery import discover
from bowerbird.core.errors import UsageError
from bowerbird.notify.channels.base import ChannelSpec


def channel_specs() -> dict[str, ChannelSpec]:
    """Every channel of this folder by name."""
    specs: list[ChannelSpec] = discover(sys.modules[__name__], "SPEC")
    return {spec.name: spec for spec in specs}


def find_channel(to: str) -> tuple[ChannelSpec, str]:
    """The channel that a text such as `ntfy:https://ntfy.sh/topic` names, and what follows the colon.

    Raises:
        UsageError: there is no such channel, or nothing follows the colon.
    """
    name, _, argument = to.partition(":")
    specs = channel_specs()
    if name not in specs or not argument:
        known = ", ".join(spec.form for spec in specs.values())
        raise UsageError(f"nobody can be told at {to!r}; say one of {known}")
    return specs[name], argument
