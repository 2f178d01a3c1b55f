"""The model of posts of a place at home: fitted anew once a day, between two crawls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from bowerbird.core.errors import BowerbirdError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import ObjectStore
from bowerbird.core.prior import Prior, StoredPrior, traits
from bowerbird.filter.prior_fit import learn

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class PostPrior:
    """The model of one place: read at the start, fitted anew once a day.

    With `rejects` false it only orders. A model that cannot be read is passed over, and the next day's takes
    its place.
    """

    store: ObjectStore
    rejects: bool
    look: float
    clock: Callable[[], datetime] = _now
    _model: Prior | None = field(default=None, init=False)
    _done: date | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._model = StoredPrior(self.store)()

    def __call__(self) -> Prior | None:
        """The model that holds now."""
        model = self._model
        return model if model is None or self.rejects else Prior(model.weights, model.bias)

    def refit(self) -> None:
        """Fit it, if that was not done today. What fails is tried again the next day."""
        today = self.clock().date()
        if self._done == today:
            return
        self._done = today
        try:
            model = learn(self.store, look=self.look)
        except BowerbirdError as error:
            _log.warning("%s", error)
            return
        if model is not None:
            self._model = model
            _log.info("which posts are worth a look was learnt anew: %s", model.chosen)


def likeliest(priors: Sequence[PostPrior]) -> Callable[[Candidate], float] | None:
    """How likely any taste keeps a candidate's picture, to look at the likeliest first; None if unknown."""
    models = [model for prior in priors if (model := prior()) is not None]
    if not models:
        return None

    def rank(candidate: Candidate) -> float:
        size = (candidate.width, candidate.height) if candidate.width and candidate.height else None
        known = traits(asdict(candidate.submission), candidate.host, size)
        return max(model.score(known) for model in models)

    return rank
