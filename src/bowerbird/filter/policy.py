"""The policy: which stages judge a picture, in which order, and when. The cheapest evidence comes first.

`mine`, the filter function, `serve` and `score` all take their stages from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import Final, TypeVar

from bowerbird.filter.evidence import File, Pixels, Upload
from bowerbird.filter.examination import Stage
from bowerbird.filter.parts import Parts
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.stages.advisory import advise
from bowerbird.filter.stages.declared import Declared
from bowerbird.filter.stages.dimensions import Dimensions
from bowerbird.filter.stages.duplicate import Duplicate
from bowerbird.filter.stages.glance import Glance
from bowerbird.filter.stages.integrity import Integrity
from bowerbird.filter.stages.novelty import Novelty
from bowerbird.filter.stages.original import Given, Original
from bowerbird.filter.stages.perceptual import Perceptual
from bowerbird.filter.stages.preview import Preview
from bowerbird.filter.stages.prior import Prior
from bowerbird.filter.stages.scout import Scout
from bowerbird.filter.stages.watermark import Watermark
from bowerbird.imaging import ImageInfo

_Part = TypeVar("_Part")


class Entrance(Flag):
    """How a picture comes in: as a candidate off the queue, or handed in as a link, a file or pixels."""

    QUEUE = auto()
    LINK = auto()
    FILE = auto()
    PIXELS = auto()


QUEUE, LINK, FILE, PIXELS = Entrance
ENCODED: Final = QUEUE | LINK | FILE
ALWAYS: Final = ENCODED | PIXELS


@dataclass(frozen=True, slots=True)
class Line:
    """A stage of the policy: at which entrances it stands, and how it is made (None where it does not apply).

    A stage that merely `notes` is never the one that keeps a picture.
    """

    entrances: Entrance
    make: Callable[[Parts], Stage | None]
    notes: bool = False


#: "Already decided?" comes before it, in `bowerbird.filter.candidates`.
POLICY: Final[tuple[Line, ...]] = (
    Line(QUEUE, lambda p: Declared(p.shape) if p.shape else None),
    Line(QUEUE, lambda p: Prior(p.prior, p.look) if p.prior else None),
    Line(QUEUE, lambda p: Glance(_the(p.fetcher), p.glance, p.slots, p.decoder) if p.glance else None),
    Line(QUEUE, lambda p: Preview(_the(p.fetcher), p.first, p.slots, p.decoder) if p.first else None),
    Line(
        QUEUE, lambda p: Original(_the(p.fetcher), p.limits.bytes, p.decoder, p.read_as.shape, p.placeholders)
    ),
    Line(LINK, lambda p: Original(_the(p.fetcher), p.limits.bytes, p.decoder, placeholders=p.placeholders)),
    Line(FILE, lambda p: Given(p.decoder)),
    Line(ENCODED, lambda p: Dimensions(p.limits.pixels, p.shape)),
    Line(QUEUE, lambda p: Duplicate(_the(p.ledger))),
    Line(ENCODED, lambda p: Integrity(p.read_as.min_side, p.decoder)),
    Line(QUEUE, lambda p: Perceptual(p.copies) if p.copies else None),
    Line(QUEUE, lambda p: Scout(p.at_originals) if p.at_originals else None),
    Line(ALWAYS, lambda p: Novelty(p.bundle)),
    Line(ALWAYS, lambda p: None if p.marks == "off" else Watermark(p.bundle, p.marks == "note")),
    Line(QUEUE, lambda p: advise(p.bundle, p.asked, p.decoder), notes=True),
)

#: The evidence that a picture brings along, and the evidence that storing it needs in the end.
_GIVEN: Final[dict[Entrance, tuple[type, ...]]] = {FILE: (Upload,), PIXELS: (Pixels,)}
_WANTED: Final[dict[Entrance, tuple[type, ...]]] = {QUEUE: (File, ImageInfo)}


def pipeline(parts: Parts, entrance: Entrance) -> Pipeline:
    """The policy for one entrance.

    Raises:
        UsageError: the owner asks for something that these parts do not have.
        ValueError: the stages do not fit each other, or a part is missing.
    """
    lines = [line for line in POLICY if entrance in line.entrances]
    made = [(line, stage) for line in lines if (stage := line.make(parts)) is not None]
    return Pipeline(
        [stage for _, stage in made],
        kept_at=[stage.name for line, stage in made if not line.notes][-1],
        slots=parts.slots,
        given=_GIVEN.get(entrance, ()),
        wanted=_WANTED.get(entrance, ()),
    )


def _the(part: _Part | None) -> _Part:
    if part is None:
        raise ValueError("Parts lacks its fetcher, or the ledger that the queue's entrance needs")
    return part
