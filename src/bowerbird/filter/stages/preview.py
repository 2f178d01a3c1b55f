"""A first look at a small copy that the host offers: most pictures need no better one to be turned down."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import BowerbirdError, PermanentError
from bowerbird.core.messages import Candidate
from bowerbird.core.messages import Preview as Copy
from bowerbird.core.ports import Fetcher
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import Opinion
from bowerbird.imaging.isolated import Decoder

# Asked for WebP, Reddit sends it, at a compression that moves scores more than its JPEG does.
_ACCEPT = "image/jpeg,image/png;q=0.8"

# A copy of 1080 pixels weighs a tenth of this; whatever is larger is no preview.
_MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Preview:
    """Scores the smallest copy that is large enough for the encoder; rejects only the hopeless.

    `cores` bounds what is computed at once.
    """

    fetcher: Fetcher
    opinion: Opinion
    cores: AbstractContextManager[object]
    decoder: Decoder = imaging
    name: str = "preview"

    def examine(self, exam: Examination) -> str | None:
        """Reject below the floor; whatever goes wrong with a copy, the original decides."""
        copy = smallest(exam.candidate, self.opinion.models.preview_side)
        if copy is None:
            return None
        try:
            image, score = self._look(copy)
        except BowerbirdError as error:
            exam.facts["preview"] = str(error)
            return None
        exam.scores[self.opinion.name] = score
        exam.thresholds[self.opinion.name] = self.opinion.floor
        reason = self.opinion.reason(score)
        if reason is not None:
            exam.image = image  # there will be no better one to make the thumbnail of
        return reason

    def _look(self, copy: Copy) -> tuple[Image.Image, float]:
        models = self.opinion.models
        body = self.fetcher.fetch(copy.url, accept=_ACCEPT, max_bytes=_MAX_BYTES).body
        with self.cores:
            info = self.decoder.inspect(body)
            if min(info.width, info.height) < models.preview_side:
                raise PermanentError(
                    f"too-small: a copy of {copy.width} pixels is {info.width}x{info.height}"
                )
            # The copy must be large; halved by the decoder it is as good, and half the work.
            image = self.decoder.decode(body, min_side=models.encoder.min_side)
            return image, self.opinion.score(image)


def smallest(candidate: Candidate, side: int) -> Copy | None:
    """The smallest copy whose shorter side has so many pixels, if one is smaller than the original."""
    original = (candidate.width or 0) * (candidate.height or 0)
    copies = [each for each in candidate.previews if min(each.width, each.height) >= side]
    best = min(copies, key=lambda each: each.width * each.height, default=None)
    if best is None or best.url == candidate.urls[0] or 0 < original <= best.width * best.height:
        return None
    return best
