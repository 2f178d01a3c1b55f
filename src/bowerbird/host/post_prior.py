"""The model of posts of a place at home: fitted anew once a day, between two crawls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from bowerbird.core.errors import BowerbirdError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import ObjectStore
from bowerbird.core.prior import Prior, StoredPrior, traits
from bowerbird.filter.prior_fit import learn
from bowerbird.host.daily import Daily

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class PostPrior:
    """The model of one place: read at the start, fitted anew once a day.

    With `rejects` false it only orders. A model that cannot be read is passed over, and the next day's takes
    its place.
    """

    store: ObjectStore
    rejects: bool
    look: float
    daily: Daily = field(default_factory=Daily)
    _model: Prior | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._model = StoredPrior(self.store)()

    def __call__(self) -> Prior | None:
        """The model that holds now."""
        model = self._model
        return model if model is None or self.rejects else Prior(model.weights, model.bias)

    def refit(self) -> None:
        """Fit it, if that was not done today. What fails is tried again the next day."""
        today = self.daily.due()
        if today is None:
            return
        self.daily.done(today)
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
