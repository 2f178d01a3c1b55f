"""Teaches a model while the owner answers: what the label page needs of training, in one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.models import bundle as bundles
from bowerbird.models.novelty import Novelty
from bowerbird.training import feedback, gains, write
from bowerbird.training.asking import Pool
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Embedder
from bowerbird.training.feedback import LEARNED, Labelled
from bowerbird.training.gains import Scored
from bowerbird.training.training import open_embedder

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Words = NDArray[np.bool_]

#: So many questions are worth one sitting.
QUESTIONS: Final = 20
# Groups that look alike are looked for among what is let in, or nearly.
_NEARLY: Final = 0.5
_STRIPS: Final = 6
_TAUGHT: Final = "This bundle has learned answers before, so it cannot be said what these bring."


@dataclass(frozen=True, slots=True)
class Lesson:
    """What answers to some of N pictures change, in rows of those pictures.

    `moves` (N,) are changes of the score. `questions` settle most if they are asked next, `strips` look alike
    and have no answer yet, and `told` says in words what the answers brought.
    """

    moves: Scores
    questions: list[int]
    strips: list[list[int]]
    told: str


@dataclass(slots=True)
class Teacher:
    """A model that answers are added to. `embedder` looks at small copies as training does.

    `taught` if the model has learned answers before: it may know these, so what they bring cannot be said.
    """

    base: Novelty
    embedder: Embedder
    taught: bool = False
    _pool: Pool | None = field(default=None, init=False)

    def look(self, small: bytes) -> Vectors:
        """Give the vector of a small copy, (1, D).

        Raises:
            PermanentError: it cannot be decoded.
        """
        return self.embedder.vectors(feedback.small(small), imitate=False)

    def lesson(
        self, vectors: Vectors, margins: Scores, words: Sequence[bool | None], everything: Scores
    ) -> Lesson:
        """Learn from the words said so far, from scratch.

        `vectors` (N, D) are of pictures looked at, `margins` (N,) their scores less the threshold, NaN where
        another stage decided. `words` (N) are the owner's, None where there is none. `everything` (M,) are
        the margins of all pictures that were scored.
        """
        pool = self._pool_of(vectors)
        said = [row for word in (True, False) for row, each in enumerate(words) if each is word]
        loved = np.array([words[row] for row in said], np.bool_)
        moves, told = np.zeros(len(vectors)), ""
        if said:
            labelled = Labelled(vectors[said][loved], vectors[said][~loved])
            learned = feedback.learn(self.base, labelled, {})
            moves = learned.novelty.parts[-1].score(vectors)
            unseen = Scored(margins[said], learned.moves)
            told = _TAUGHT if self.taught else _told(Scored(margins, moves), said, unseen, loved, everything)
        decided = ~np.isnan(margins)
        now = np.where(decided, margins + moves, -np.inf)
        closed = sorted({*said, *(int(row) for row in np.flatnonzero(~decided))})
        near = [row for row, each in enumerate(words) if each is None and now[row] >= -_NEARLY]
        return Lesson(moves, pool.questions(now, closed, QUESTIONS), pool.alike(near)[:_STRIPS], told)

    def _pool_of(self, vectors: Vectors) -> Pool:
        if self._pool is None or len(self._pool.vectors) != len(vectors):
            self._pool = Pool(vectors, feedback.middle(self.base))
        return self._pool


def _told(looked: Scored, said: list[int], labelled: Scored, loved: Words, everything: Scores) -> str:
    scored = ~np.isnan(labelled.margins)
    unasked = np.setdiff1d(np.flatnonzero(~np.isnan(looked.margins)), said)
    gain = gains.estimate(labelled.at(scored), loved[scored], looked.at(unasked), everything)
    return gains.told(gain, len(said))


def open_teacher(bundle: str, cache: Path) -> Teacher:
    """Open a bundle to learn on top of, by name or folder, with the memory that `train` uses too.

    Raises:
        BundleError: there is no such bundle, or it is damaged.
        UsageError: the cache cannot be written.
    """
    loaded = bundles.load(bundle)
    embedder = open_embedder(write.networks(bundle), EmbeddingCache(cache))
    return Teacher(loaded.novelty, embedder, taught=LEARNED in loaded.manifest.created_from)
