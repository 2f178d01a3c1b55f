import ast
from pathlib import Path

import pytest

from bowerbird.core.errors import BundleError, OptedOutError, PermanentError, RetryableError
from bowerbird.core.reasons import Reason, Word

SRC = Path(__file__).parents[3] / "src"


@pytest.mark.parametrize("word", Word)
def test_every_word_reads_back_and_says_what_it_means(word: Word) -> None:
    assert Reason.parse(str(Reason(word, "https://a/b: 4"))) == Reason(word, "https://a/b: 4")
    assert Reason.parse(str(Reason(word))) == Reason(word)
    assert isinstance(Reason.parse(word.value).word, Word)
    assert word.meaning.endswith(".")
    assert ":" not in word.value


@pytest.mark.parametrize("text", ["", "from-another-version: 5", "loved"])
def test_what_another_version_wrote_is_kept_as_it_is(text: str) -> None:
    assert str(Reason.parse(text)) == text


def test_an_error_carries_its_word_and_status_and_says_both() -> None:
    error = PermanentError("a.example answered 404", Word.GONE, status=404)
    assert (str(error), error.word, error.status) == ("gone: a.example answered 404", Word.GONE, 404)
    assert error.reason == Reason(Word.GONE, "a.example answered 404")
    assert OptedOutError("noai", Word.OPTED_OUT).reason == Reason(Word.OPTED_OUT, "noai")
    assert BundleError("damaged").reason == Reason(Word.ERROR, "damaged")
    busy = RetryableError("a.example answered 429", Word.BUSY, status=429, retry_after_s=5)
    assert (str(busy), busy.status, busy.retry_after_s) == ("busy: a.example answered 429", 429, 5)
    assert RetryableError("the store is down").word is None


def _parses_an_errors_text(node: ast.AST) -> bool:
    """`str(error).partition(…)` and its kin, `….reason.partition(…)` and its kin."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr not in {"partition", "split", "startswith", "endswith", "rpartition"}:
        return False
    of = node.func.value
    text = isinstance(of, ast.Call) and isinstance(of.func, ast.Name) and of.func.id == "str"
    return (text and "error" in ast.unparse(of)) or (isinstance(of, ast.Attribute) and of.attr == "reason")


def test_nobody_reads_an_errors_or_a_reasons_own_text() -> None:
    found = {
        (path.relative_to(SRC).as_posix(), ast.unparse(node))
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _parses_an_errors_text(node)
    }
    # That error is urllib3's.
    assert found == {("bowerbird/deliver/client.py", "str(error).rpartition('>: ')")}
