import pytest

from bowerbird.core.reasons import Reason, Word
from bowerbird.core.wording import called, said, score_called, standing, why


def test_what_is_stored_as_novelty_is_read_as_match() -> None:
    assert (called("novelty"), called("preview"), called("watermark")) == ("match", "preview", "watermark")
    assert (score_called("novelty"), score_called("preview")) == ("match", "preview match")
    assert score_called("watermark") == "watermark"


def test_a_low_match_is_said_in_words_and_keeps_its_numbers() -> None:
    assert why(Reason(Word.NOVELTY, "-6.2 is below -1.61")) == "unlike what you love: -6.2 is below -1.61"
    assert why(Reason(Word.DUPLICATE)) == "duplicate"
    assert said("from-another-version") == "from-another-version"


@pytest.mark.parametrize("word", Word)
def test_no_word_that_people_read_says_novelty(word: Word) -> None:
    assert "novel" not in said(word)


@pytest.mark.parametrize(
    ("percentile", "words"),
    [(0.0, "0 %"), (0.9, "0 %"), (1.0, "1 %"), (63.9, "63 %"), (99.9, "99 %"), (100.0, "all")],
)
def test_how_a_match_stands_is_never_rounded_up(percentile: float, words: str) -> None:
    assert standing(percentile) == f"better than {words} of yours"
