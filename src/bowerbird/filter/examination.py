"""What is known so far about one candidate on its way through the stages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.likeness import Likeness
from bowerbird.core.messages import Candidate
from bowerbird.filter.contest import Finding
from bowerbird.imaging import ImageInfo


@dataclass(slots=True)
class Examination:
    """The evidence gathered about one candidate; each stage adds what it saw.

    `scores` and `thresholds` share their keys; `timings` are milliseconds by stage; `facts` go into the
    decision as they are; `findings` are comparisons with kept copies, by their keys;
    `embedding` is the encoder's unit vector (D).
    """

    candidate: Candidate
    last_attempt: bool = False
    data: bytes = b""
    sha256: str = ""
    info: ImageInfo | None = None
    image: Image.Image | None = None
    likeness: Likeness | None = None
    embedding: NDArray[np.float32] | None = None
    scores: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)

    def take(self, data: bytes, info: ImageInfo, *, whole: bool = True) -> None:
        """Note the picture's bytes and what its header says; half a picture has a header only."""
        self.info = info
        if whole:
            self.data, self.sha256 = data, hashlib.sha256(data).hexdigest()
            self.facts |= {"bytes": len(data), "sha256": self.sha256}
        self.facts |= {"format": info.format, "width": info.width, "height": info.height}

    def header(self) -> ImageInfo:
        """The image's header, for the stages after the original was fetched."""
        if self.info is None:
            raise AssertionError("the original stage comes first")
        return self.info

    def appearance(self) -> Likeness:
        """What it looks like, for the stages after perceptual."""
        if self.likeness is None:
            raise AssertionError("the perceptual stage comes first")
        return self.likeness

    def pixels(self) -> Image.Image:
        """The decoded picture, for the stages after integrity."""
        if self.image is None:
            raise AssertionError("the integrity stage comes first")
        return self.image


class Stage(Protocol):
    """One test. Cheap ones come first."""

    @property
    def name(self) -> str:
        """The stage's name in decisions and metrics."""
        ...

    def examine(self, exam: Examination) -> str | None:
        """Give the reason to reject, or None to keep going.

        Raises:
            PermanentError: the candidate cannot be judged; its text becomes the reason.
            RetryableError: try this candidate again later.
        """
        ...
