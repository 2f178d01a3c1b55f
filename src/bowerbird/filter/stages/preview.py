"""Looks first at a small copy that the host offers. Most pictures can be rejected on that."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from bowerbird import imaging
from bowerbird.core.errors import BowerbirdError, PermanentError
from bowerbird.core.messages import Candidate
from bowerbird.core.messages import Preview as Copy
from bowerbird.core.ports import Fetcher
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Previewed
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook
from bowerbird.imaging.isolated import Decoder

# Reddit sends WebP to whoever asks for it, so compressed that it moves scores more than Reddit's JPEG does.
_ACCEPT: Final = "image/jpeg,image/png;q=0.8"

# Of a PNG, it makes PNGs, unless WebP is accepted: a photograph's copy of 960 pixels has 650 kB then, not 50.
_ACCEPT_FOR_PNG: Final = "image/webp,image/jpeg;q=0.9,image/png;q=0.5"

# A copy of 1080 pixels weighs a tenth of this. A larger file is no preview.
_MAX_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Preview:
    """Scores the smallest copy that is large enough for the encoder, and rejects only hopeless pictures.

    `cores` limits how many are computed at once.
    """

    fetcher: Fetcher
    look: FirstLook
    cores: AbstractContextManager[object]
    decoder: Decoder = imaging
    name: ClassVar[str] = "preview"
    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject below the floor. When anything goes wrong with a copy, the original decides."""
        copy = smallest(exam.candidate, self.look.eye.preview_side)
        if copy is None:
            return None
        try:
            return self._examine(copy, exam)
        except BowerbirdError as error:
            exam.facts[self.name] = str(error)
            return None

    def _examine(self, copy: Copy, exam: Examination) -> Reason | None:
        eye = self.look.eye
        seen = exam.get(Previewed)
        if seen is not None and seen.url == copy.url:  # a host with one size of copies
            body = seen.data
        else:
            is_png = urlsplit(copy.url).path.lower().endswith(".png")
            accept = _ACCEPT_FOR_PNG if is_png else _ACCEPT
            body = self.fetcher.fetch(copy.url, accept=accept, max_bytes=_MAX_BYTES).body
        with self.cores:
            # The copy must be large. When the decoder halves it, it is as good and half the work.
            info, image = self.decoder.read(body, min_side=eye.encoder.min_side)
            if min(info.width, info.height) < eye.preview_side:
                raise PermanentError(
                    f"a copy of {copy.width} pixels is {info.width}x{info.height}", Word.TOO_SMALL
                )
            reason = self.look.examine(image, exam)
        exam.give(Previewed(copy.url, body, image if reason else None))
        return reason


def smallest(candidate: Candidate, side: int) -> Copy | None:
    """The smallest copy whose shorter side has so many pixels, if one is smaller than the original."""
    original = (candidate.width or 0) * (candidate.height or 0)
    copies = [each for each in candidate.previews if min(each.width, each.height) >= side]
    best = min(copies, key=lambda each: each.width * each.height, default=None)
    if best is None or best.url == candidate.urls[0] or 0 < original <= best.width * best.height:
        return None
    return best
