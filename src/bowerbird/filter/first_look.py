"""A first look rejects what a bundle scores so low that nobody need look closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Looked
from bowerbird.filter.examination import Examination
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Rejects what scores below `floor`, on the scale of `bundle`.

    Decisions hold its scores under `name`: `preview` when the owner's bundle judges a smaller copy, `scout`
    when a cheaper bundle judges in its place. A scout's scores cannot be compared with the bundle's own.
    """

    bundle: Bundle
    floor: float
    name: Literal["preview", "scout"]

    def examine(self, image: Image.Image, exam: Examination) -> Reason | None:
        """Score an RGB picture and note it; why the candidate is rejected, or None."""
        embedded = self.bundle.encoder.embed([image])
        score = float(self.bundle.novelty.score(embedded)[0])
        if self.name == "preview":
            exam.give(Looked(embedded[0], score, self.name))
        exam.scores[self.name] = score
        exam.thresholds[self.name] = self.floor
        if score < self.floor:
            return Reason(Word.NOVELTY, f"the {self.name}'s {score:.4g} is below {self.floor:.4g}")
        return None


def of_previews(bundle: Bundle) -> FirstLook | None:
    """A bundle's own first look, at previews. None without a margin: nobody knows how far to trust them."""
    margin = bundle.novelty.preview_margin
    return None if margin is None else FirstLook(bundle, float(bundle.novelty.threshold) - margin, "preview")
