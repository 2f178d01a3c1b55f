"""Notes what else can be said of a survivor. Only the owner's rules make it a reason to reject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from bowerbird.core.errors import UsageError
from bowerbird.core.reasons import Reason
from bowerbird.filter.evidence import Embedding, File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.imaging.isolated import Decoder
from bowerbird.models import advisory
from bowerbird.models.advisory import nsfw
from bowerbird.models.bundle import Bundle

Observer = Callable[[Examination], float | None]


@dataclass(frozen=True, slots=True)
class Advisory:
    """Notes sharpness, exposure, what the file says of its making, and beauty where the bundle has a head.

    `observers`, by name, note what costs more and the owner asked for.
    """

    bundle: Bundle
    asked: Asked = NOTHING
    observers: Mapping[str, Observer] = field(default_factory=dict)
    name: ClassVar[str] = "advisory"
    needs: ClassVar[tuple[type, ...]] = (File, Pixels, Embedding)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Fill `facts["advisory"]`; the reason of the first rule that applies."""
        seen: dict[str, float | str] = {}
        try:
            self._observe(exam, seen)
        except Exception as error:  # noqa: BLE001 - a stranger's odd metadata must not cost a good picture
            seen["failed"] = f"{type(error).__name__}: {error}"
        exam.facts["advisory"] = {
            name: round(value, 4) if isinstance(value, float) else value for name, value in seen.items()
        }
        reasons = (rule.reason(seen) for rule in self.asked.rules)
        return next((reason for reason in reasons if reason is not None), None)

    def _observe(self, exam: Examination, seen: dict[str, float | str]) -> None:
        for name, observer in self.observers.items():
            value = observer(exam)
            if value is not None:
                seen[name] = value
        head = self.bundle.aesthetic
        if head is not None:
            seen["aesthetic"] = float(head.score(exam[Embedding].vector[np.newaxis])[0])
        seen |= advisory.observe(exam[Pixels].image, exam[File].data)


def advise(bundle: Bundle, asked: Asked, decoder: Decoder) -> Advisory:
    """The stage, with the observers that were asked for.

    Raises:
        UsageError: a rule asks for something that this bundle or this installation does not have.
    """
    if any(rule.name == "aesthetic" for rule in asked.rules) and bundle.aesthetic is None:
        raise UsageError(f"the bundle {bundle.label} has no aesthetic head, and a rule asks for it")
    makers: dict[str, Callable[[], Observer]] = {
        "detail": lambda: lambda exam: advisory.detail(decoder.decode(exam[File].data)),
        "quality": lambda: lambda exam: advisory.quality(decoder.decode(exam[File].data)),
        "nsfw": _nsfw,
    }
    return Advisory(bundle, asked, {name: makers[name]() for name in asked.costly()})


def _nsfw() -> Observer:
    probability = nsfw.load()
    return lambda exam: probability(exam[Pixels].image)
