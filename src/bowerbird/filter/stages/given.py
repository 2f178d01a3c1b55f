"""A picture that somebody hands in, instead of one that is fetched."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird import imaging
from bowerbird.filter.examination import Examination
from bowerbird.imaging.isolated import Decoder


@dataclass(frozen=True, slots=True)
class Given:
    """Stands where `original` stands when the bytes are already in the examination."""

    decoder: Decoder = imaging
    name: str = "original"

    def examine(self, exam: Examination) -> str | None:
        """Read the header; what is no picture of a kind we know raises its reason."""
        exam.take(exam.data, self.decoder.inspect(exam.data))
        return None
