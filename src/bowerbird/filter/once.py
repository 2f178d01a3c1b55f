"""Remembers what was found out of one candidate, so that several tastes do not find it out again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import local
from typing import TypeVar

from bowerbird.core.errors import BowerbirdError

_Answer = TypeVar("_Answer")


class Once:
    """Asks each question of a candidate once. A thread works on one candidate at a time.

    Outside of a `candidate` block nothing is remembered, and every question is asked.
    """

    def __init__(self) -> None:
        self._of_thread = local()

    @contextmanager
    def candidate(self) -> Iterator[None]:
        """Remember all answers until the end of the block. They hold the picture, so they must not stay."""
        self._of_thread.answers = {}
        try:
            yield
        finally:
            del self._of_thread.answers

    def ask(self, question: Hashable, about: object, ask: Callable[[], _Answer]) -> _Answer:
        """Return what `ask` gave, or raise what it raised, when this was first asked `about` this object.

        Objects are told apart by identity: pictures have no hash, and large files none that is cheap.
        """
        answers = getattr(self._of_thread, "answers", None)
        if answers is None:
            return ask()
        key = (question, id(about))
        if key not in answers:
            answers[key] = (about, *_answered(ask))  # with what it is about, so that no other gets its id
        _, answer, error = answers[key]
        if error is not None:
            raise error
        found: _Answer = answer
        return found


def _answered(ask: Callable[[], _Answer]) -> tuple[_Answer | None, BowerbirdError | None]:
    try:
        return ask(), None
    except BowerbirdError as error:
        return None, error
