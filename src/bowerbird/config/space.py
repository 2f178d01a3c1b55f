"""`[space]`: how much a place may hold, and for how long."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from bowerbird.adapters.terminal.option_values import days, size
from bowerbird.config.table import Table, told_by
from bowerbird.removal.bounds import Bounds

_Size = Annotated[int | None, BeforeValidator(told_by(size))]
_Days = Annotated[int | None, BeforeValidator(told_by(days))]


class Space(Table):
    """How much each place may hold. `mine` sees to it once a day; `bowerbird prune` shows what would go.

    What you labelled *keep* stays, whatever else is said here. What goes is not mined again; pictures that
    were delivered stay where they went. Left out: no kept picture is removed.
    """

    header: ClassVar[str] = "[space]"

    max_size: _Size = Field(
        default=None,
        gt=0,
        description="All pictures together: `50 GB`, `800 MB`. First goes what a better copy replaced, then "
        "what you labelled *reject*, then what matches the taste least.",
        examples=["50 GB"],
    )
    max_age: _Days = Field(
        default=None,
        gt=0,
        description="Remove what was kept longer ago: `90d`, `52w`, `2y`.",
        examples=["2y"],
    )
    min_percentile: float | None = Field(
        default=None,
        ge=0,
        le=100,
        description="Remove what matches the taste less than this percentile, once you know what you like.",
        examples=[20],
    )
    small_copies: _Days = Field(
        default=30,
        gt=0,
        description="How long small copies of *rejected* pictures stay, for the sheet and for `label`: `7d`. "
        "Those that you labelled stay for good.",
        examples=["7d"],
    )
    warn_below: _Size = Field(
        default=1_000_000_000,
        ge=0,
        description="Say so (`[[notify]]`) when the disk has less room than this. 0: never.",
        examples=["5 GB"],
    )

    def bounds(self) -> Bounds:
        """The bounds, as pruning takes them."""
        return Bounds(self.max_size, self.max_age, self.min_percentile)
