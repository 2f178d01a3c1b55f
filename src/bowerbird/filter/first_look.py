"""A first look rejects what is scored so low that nobody need look closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from PIL import Image

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Looked
from bowerbird.filter.examination import Examination
from bowerbird.models.bundle import Bundle
from bowerbird.models.encoder import Encoder
from bowerbird.models.novelty import Novelty


class Eye(Protocol):
    """What looks: a bundle, or its glance."""

    @property
    def encoder(self) -> Encoder:
        """The network, which says how large a decoder must leave a picture."""
        ...

    @property
    def novelty(self) -> Novelty:
        """The owner's model."""
        ...

    @property
    def preview_side(self) -> int:
        """The shorter side, in pixels, that a copy must have to be judged in place of the original."""
        ...

    def score_of(self, image: Image.Image) -> float:
        """How much an RGB picture looks like what the owner loves."""
        ...


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Rejects what scores below `floor`, on the scale of `eye`.

    Decisions hold its scores under `name`: `glance` when a small network judges the smallest copy, `preview`
    when the owner's bundle judges a smaller copy, `scout` when a cheaper bundle judges in its place. Scores
    of different names cannot be compared. `before` is the cheaper look that comes before this one.
    """

    eye: Eye
    floor: float
    name: Literal["glance", "preview", "scout"]
    before: FirstLook | None = None

    def examine(self, image: Image.Image, exam: Examination) -> Reason | None:
        """Score an RGB picture and note it; why the candidate is rejected, or None."""
        embedded = self.eye.encoder.embed([image])
        score = float(self.eye.novelty.score(embedded)[0])
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


def of_glances(bundle: Bundle) -> FirstLook | None:
    """A bundle's own glance. None without a network for it, or without a margin."""
    glance = bundle.glance
    if glance is None or glance.margin is None:
        return None
    return FirstLook(glance, float(bundle.novelty.threshold) - glance.margin, "glance")
