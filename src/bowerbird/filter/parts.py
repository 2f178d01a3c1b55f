"""What an installation judges with: `bowerbird.assembly` fills it in, the policy makes its stages of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore

from bowerbird import imaging
from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.core.placeholders import NO_PLACEHOLDERS, Placeholders
from bowerbird.core.ports import Fetcher, Ledger
from bowerbird.core.prior import Prior
from bowerbird.core.usual import LOOK, Marks
from bowerbird.filter.copies import Copies
from bowerbird.filter.first_look import FirstLook, of_glances, of_previews
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.filter.shape import ShapeRule
from bowerbird.imaging.header import MAX_PIXELS
from bowerbird.imaging.isolated import Decoder
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How much of one picture is read at most, in bytes of its file and in pixels."""

    bytes: int = MAX_PICTURE_BYTES
    pixels: int = MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Common:
    """What the tastes of an installation read of a picture together.

    A picture whose header fits no taste, as `shape` knows, is read no further. The shorter side of a decoded
    picture has at least `min_side` pixels, as the most demanding of their models needs.
    """

    shape: ShapeRule | None
    min_side: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that stages are made of. An entrance may leave out the parts that it does not use.

    `slots` limits how many pictures are decoded and scored at once; all policies made of these parts share
    them. Without `shape` any size and aspect fits. Without `copies` only equal bytes are duplicates. A
    `scout` looks first where the bundle itself is too expensive for that. `asked` holds what the owner wants
    noted or rejected beside taste. `placeholders` are the pictures that hosts serve in place of removed ones.
    `common` is there when other tastes judge the same candidates. `prior` gives the model that judges posts
    before anything is fetched; of what it turns down, the share `look` is looked at anyway. `marks` says what
    a watermark means.
    """

    bundle: Bundle
    slots: Semaphore
    fetcher: Fetcher | None = None
    ledger: Ledger | None = None
    decoder: Decoder = imaging
    shape: ShapeRule | None = None
    limits: PictureLimits = field(default_factory=PictureLimits)
    copies: Copies | None = None
    scout: FirstLook | None = None
    asked: Asked = NOTHING
    placeholders: Placeholders = NO_PLACEHOLDERS
    common: Common | None = None
    marks: Marks = "reject"
    prior: Callable[[], Prior | None] | None = None
    look: float = LOOK

    @property
    def read_as(self) -> Common:
        """Return how much of a picture is read."""
        return self.common or Common(self.shape, self.bundle.min_side)

    @property
    def first(self) -> FirstLook | None:
        """Who looks at previews: the scout, else the bundle as far as it may trust them, else nobody."""
        return self.scout or of_previews(self.bundle)

    @property
    def glance(self) -> FirstLook | None:
        """Who looks at the smallest copies before that: the scout's small network, else the bundle's own."""
        return self.scout.before if self.scout else of_glances(self.bundle)

    @property
    def at_originals(self) -> tuple[FirstLook, ...]:
        """The looks that are so cheap that they pay at an original, too."""
        return tuple(look for look in (self.glance, self.scout) if look)
