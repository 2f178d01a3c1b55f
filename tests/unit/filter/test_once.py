import pytest

from bowerbird.core.errors import PermanentError
from bowerbird.filter.once import Once


def test_a_question_about_the_same_thing_is_asked_once_a_candidate() -> None:
    once, asked = Once(), list[int]()
    picture, other = [1], [1]  # alike, and two things all the same
    for _ in range(2):
        with once.candidate():
            answers = [
                once.ask("embed", each, lambda: asked.append(1) or len(asked))
                for each in (picture, other, picture)
            ]
            assert answers[0] == answers[2] != answers[1]
    assert len(asked) == 4
    once.ask("embed", picture, lambda: asked.append(1))
    once.ask("embed", picture, lambda: asked.append(1))
    assert len(asked) == 6  # nobody remembers outside of a candidate


def test_what_went_wrong_goes_wrong_for_all() -> None:
    once, asked = Once(), list[int]()

    def fails() -> None:
        asked.append(1)
        raise PermanentError("gone")

    with once.candidate():
        for _ in range(2):
            with pytest.raises(PermanentError, match="gone"):
                once.ask("fetch", None, fails)
    assert len(asked) == 1
