"""Tells from what a listing says of a post how likely the owner keeps its picture, before a byte is fetched.

A linear model on hashed words: the title's, the community, the author, the domain, tags, shape and hour. The
owner's own decisions teach it (`bowerbird.filter.prior_fit`). It is a few kilobytes, and no word can be read
from it. Source of the hashing: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009.
"""

from __future__ import annotations

import logging
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore

_log = logging.getLogger(__name__)

KEY: Final = "prior/model.json"
#: Words share this many weights. Of a few thousand words that matter, few meet.
BUCKETS: Final = 1 << 13

_WORD: Final = re.compile(r"\w+")
_MOST_WORDS: Final = 40
_HOURS: Final = 4
_MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Prior:
    """The model. A post that scores below `floor` is turned down; with None, nothing is.

    `chosen` says in words how the floor was chosen.
    """

    weights: Mapping[int, float]
    bias: float
    floor: float | None = None
    chosen: str = ""

    def score(self, traits: tuple[int, ...]) -> float:
        """Log-odds that the picture is kept."""
        return self.bias + sum(self.weights.get(trait, 0.0) for trait in traits)


def traits(told: Mapping[str, Any], host: str | None, size: tuple[int, int] | None) -> tuple[int, ...]:
    """Hash what is known of a post before anything is fetched; each trait once.

    `told` are the fields of a submission, as candidates and decisions have them. `size` is the declared one.
    """
    found = {f"word {word}" for word in _words(told.get("title"))}
    found |= {f"tag {word}" for tag in _list(told.get("tags")) for word in _words(tag)}
    for name in ("source", "community", "author"):
        found.add(f"{name} {_text(told.get(name)).casefold()}")
    found |= {f"host {host or ''}", f"domain {_domain(told.get('url'))}", *_shape(size)}
    created = told.get("created_utc")
    if isinstance(created, int | float) and math.isfinite(created):
        found.add(f"hours {int(created // 3600) % 24 // _HOURS}")
    return tuple(sorted({zlib.crc32(each.encode(errors="replace")) % BUCKETS for each in found}))


def looked_at_anyway(candidate_id: str, share: float) -> bool:
    """Choose this share of all candidates by their names, the same ones on every machine."""
    return int(digest(f"look {candidate_id}")[:8], 16) < share * (1 << 32)


def write_prior(store: ObjectStore, prior: Prior) -> None:
    """Store the model of a place."""
    weights = {trait: round(weight, 4) for trait, weight in sorted(prior.weights.items())}
    stored = _Stored(weights=weights, bias=prior.bias, floor=prior.floor, chosen=prior.chosen)
    store.put(KEY, stored.model_dump_json().encode(), content_type="application/json")


def read_prior(store: ObjectStore) -> Prior | None:
    """Read the model of a place, if there is one.

    Raises:
        InvalidMessageError: what lies there is none.
    """
    data = store.get(KEY)
    if data is None:
        return None
    try:
        stored = _Stored.model_validate_json(data[:_MOST_BYTES])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise InvalidMessageError(
            f"{KEY} is no model of posts ({first}); delete it, a new one is made"
        ) from None
    return Prior(stored.weights, stored.bias, stored.floor, stored.chosen)


@dataclass(slots=True)
class StoredPrior:
    """The model that lies in a place, read when it is first asked for; one that cannot be read is none."""

    store: ObjectStore
    _read: bool = field(default=False, init=False)
    _model: Prior | None = field(default=None, init=False)

    def __call__(self) -> Prior | None:
        """The model, if there is one."""
        if not self._read:
            try:
                self._model = read_prior(self.store)
            except InvalidMessageError as error:
                _log.warning("%s", error)
            self._read = True
        return self._model


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    weights: Annotated[dict[Annotated[int, Field(ge=0, lt=BUCKETS)], float], Field(max_length=BUCKETS)]
    bias: float
    floor: float | None
    chosen: str


def _words(text: object) -> list[str]:
    return _WORD.findall(_text(text).casefold())[:_MOST_WORDS]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _domain(url: object) -> str:
    try:
        return urlsplit(_text(url)).hostname or ""
    except ValueError:
        return ""


def _shape(size: tuple[int, int] | None) -> set[str]:
    """Steps of about a fifth in aspect, and of two in area: finer ones would each be seen too seldom."""
    if size is None:
        return {"aspect none"}
    width, height = size
    aspect, area = round(4 * math.log2(width / height)), round(math.log2(width * height))
    return {f"aspect {aspect}", f"area {area}"}
