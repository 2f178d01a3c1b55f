"""Looks at a place's pictures while the page is open, and learns from each answer at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import BowerbirdError, PermanentError
from bowerbird.review.label.session import LabelSession

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

#: Pictures to look at, so that a place with thousands of them is ready within a minute: the closest calls,
#: and of all others as many that were kept as were rejected, by chance.
NEAREST: Final = 400
OTHERS: Final = 200


class Lesson(Protocol):
    """What the answers so far change, in rows of the pictures that were looked at."""

    @property
    def moves(self) -> Scores:
        """Changes of the score."""
        ...

    @property
    def questions(self) -> list[int]:
        """What to ask next, the best first."""
        ...

    @property
    def strips(self) -> list[list[int]]:
        """Groups that look alike."""
        ...

    @property
    def told(self) -> str:
        """What the answers brought, in words."""
        ...


class Teacher(Protocol):
    """Learns from answers; training stands behind it."""

    def look(self, small: bytes) -> Vectors:
        """Give the vector of a small copy, (1, D)."""
        ...

    def lesson(
        self, vectors: Vectors, margins: Scores, words: Sequence[bool | None], everything: Scores
    ) -> Lesson:
        """Learn from the words said so far."""
        ...


@dataclass(slots=True)
class Lessons:
    """The pictures of a session that are looked at, and what the answers to them change.

    `find_teacher` may take seconds, so it is called in the background; what it raises is told on the page.
    `command` writes the bundle that has learned the same.
    """

    session: LabelSession
    find_teacher: Callable[[], Teacher]
    command: str
    to_look_at: dict[int, float] = field(init=False)
    _teacher: Teacher | None = field(default=None, init=False)
    _looked: dict[int, Vectors] = field(default_factory=dict, init=False)
    _lost: set[int] = field(default_factory=set, init=False)
    _problem: str = field(default="", init=False)
    _known: tuple[Any, dict[str, Any]] | None = field(default=None, init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)

    def __post_init__(self) -> None:
        """Choose what to look at."""
        self.to_look_at = _chosen(self.session)

    def start(self) -> None:
        """Look at the pictures in the background; the page can be used at once."""
        threading.Thread(target=self.look_at_all, daemon=True).start()

    def look_at_all(self) -> None:
        """Look at every chosen picture, labelled ones first; what goes wrong is told on the page."""
        try:
            self._teacher = self.find_teacher()
            for number in self.to_look_at:
                self.look_at(number)
            for number in self.session.answered():  # said before there was a teacher
                self.look_at(number)
        except BowerbirdError as error:
            self._problem = str(error)

    def look_at(self, number: int) -> None:
        """Look at one picture, unless that was done."""
        if self._teacher is None or number in self._looked or number in self._lost:
            return
        data = self.session.copy(number)
        try:
            vector = None if data is None else self._teacher.look(data)
        except PermanentError:
            vector = None
        with self._lock:
            if vector is None:
                self._lost.add(number)
            else:
                self._looked.setdefault(number, vector)

    def told(self) -> dict[str, Any]:
        """Say what the page shows: how far the looking is, and what the answers so far change."""
        with self._lock:
            numbers = list(self._looked)
            words = [self.session.word(number) for number in numbers]
            done = sum(number in self._looked or number in self._lost for number in self.to_look_at)
            if done < len(self.to_look_at) and not any(word is not None for word in words):
                numbers, words = [], []  # what to ask is not known yet, and there is nothing to learn
            key = (len(numbers), tuple(words))
            if self._known is None or self._known[0] != key:
                self._known = key, self._taught(numbers, words)
            progress = {"looked": done, "of": len(self.to_look_at), "problem": self._problem}
            return self._known[1] | progress | {"command": self.command}

    def _taught(self, numbers: list[int], words: list[bool | None]) -> dict[str, Any]:
        everything = np.array([self.session.margin(number) for number in range(len(self.session.cards))])
        if self._teacher is None or not numbers:
            return {"moves": {}, "weights": {}, "questions": [], "strips": [], "told": ""}
        lesson = self._teacher.lesson(
            np.concatenate([self._looked[number] for number in numbers]),
            everything[numbers],
            words,
            everything[~np.isnan(everything)],
        )
        return {
            "moves": {
                number: round(float(move), 4) for number, move in zip(numbers, lesson.moves, strict=True)
            },
            "weights": {number: self.to_look_at[number] for number in numbers if number in self.to_look_at},
            "questions": [numbers[row] for row in lesson.questions],
            "strips": [[numbers[row] for row in strip] for strip in lesson.strips],
            "told": lesson.told,
        }


def _chosen(session: LabelSession) -> dict[int, float]:
    """Give the numbers to look at, and for how many pictures each stands; labelled ones come first."""
    scored = [number for number in range(len(session.cards)) if not np.isnan(session.margin(number))]
    near, far = scored[:NEAREST], scored[NEAREST:]  # the closest calls come first
    weights = dict.fromkeys(near, 1.0)
    for kept in (True, False):
        others = [number for number in far if session.cards[number].keep is kept]
        drawn = random.Random(0).sample(others, min(OTHERS, len(others)))  # noqa: S311 - reproducible
        weights |= dict.fromkeys(drawn, len(others) / max(1, len(drawn)))
    return {number: weights.get(number, 0.0) for number in session.answered()} | weights
