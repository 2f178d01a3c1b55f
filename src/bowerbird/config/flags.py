"""What the command line says, in the place of what the file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bowerbird.config.schema import Config
from bowerbird.config.streams import Stream
from bowerbird.config.tastes import Taste
from bowerbird.core.errors import UsageError

# Flags that mean a single taste, and cannot be meant for several.
_OF_ONE: Final = ("bundle", "scout", "endpoint_url")
_NAMED: Final = ("source", "out", *_OF_ONE)
_STREAM: Final = ("communities", "fill_gaps", "focus")
_TASTE: Final = (
    *_OF_ONE,
    "refit",
    "prior",
    "look",
    "min_area",
    "max_wide",
    "max_tall",
    "reject_if",
    "note",
    "watermark",
    "thumbnails",
)
_RUN: Final = ("downloads", "keep_replaced", "every")


def with_flags(config: Config, flags: Mapping[str, Any]) -> Config:
    """Return what is to be done. A flag that is None was not given.

    `source` takes the place of the file's streams, and `out` that of its tastes. Other flags change every
    stream, or every taste. A run that names its own source crawls once, unless `every` says otherwise.

    Raises:
        UsageError: nobody says what to read or where to store, or a flag is empty or cannot be meant for
            several tastes.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    empty = next((name for name in _NAMED if not str(given.get(name, "some")).strip()), None)
    if empty:  # a shell variable that is not set: `--out "$PLACE"`
        raise UsageError(f"--{empty.replace('_', '-')} is empty")
    streams = (Stream(source=given["source"]),) if "source" in given else config.stream
    tastes = (Taste(place=given["out"]),) if "out" in given else config.taste
    _check(streams, tastes, given)
    run = _some(given, _RUN)
    if "every" not in given and ("source" in given or given.get("once")):
        run["every"] = None
    of_stream, of_taste = _some(given, _STREAM), _some(given, _TASTE)
    run["stream"] = tuple(each.model_copy(update=of_stream) for each in streams)
    run["taste"] = tuple(each.model_copy(update=of_taste) for each in tastes)
    return config.model_copy(update=run)


def _some(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _check(streams: tuple[Stream, ...], tastes: tuple[Taste, ...], given: Mapping[str, Any]) -> None:
    missing = [flag for flag, found in (("--source", streams), ("--out", tastes)) if not found]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing; give "
            f"{'them' if len(missing) > 1 else 'it'}, "
            "or let `bowerbird init` write a bowerbird.toml, which says it once and for all"
        )
    unclear = next((name for name in _OF_ONE if name in given and len(tastes) > 1), None)
    if unclear:
        raise UsageError(
            f"--{unclear.replace('_', '-')} means one taste, and the file has {len(tastes)}: "
            "write it there, or say with --out where to store"
        )
