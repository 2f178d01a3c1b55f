"""Says what the fetcher needs of a rate limiter: it decides when a host may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Turn(Protocol):
    """Permission for one request."""

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Record what the host said. With no record, or a RetryableError after it, the host has failed."""
        ...


class Turns(Protocol):
    """Decides when a host may be asked, and by how many at once. One bad host must not hold every caller."""

    def turn(self, host: str, *, patience_s: float) -> AbstractContextManager[Turn]:
        """Hold one of the host's places; raises RetryableError when there is none within `patience_s`."""
        ...


class Always:
    """Never waits for a host."""

    def turn(self, host: str, *, patience_s: float) -> AbstractContextManager[Turn]:
        """Go ahead."""
        del host, patience_s
        return nullcontext(self)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Do nothing: these turns are not counted."""
