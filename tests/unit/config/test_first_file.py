"""What `init` writes is what `mine` reads, whatever was answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowerbird.config.first_file import STRICTNESS, Answers, write_new
from bowerbird.config.questions import QUESTIONS, Question, answered, answers_of
from bowerbird.config.reading import read
from bowerbird.core.errors import UsageError


@pytest.mark.parametrize("strictness", STRICTNESS)
@pytest.mark.parametrize(
    "place", ["/plain", '/with "quotes" and \\ slashes', "/mit Ümlaut/日本", "/a#b = [c]"]
)
def test_every_answer_comes_back(tmp_path: Path, place: str, strictness: str) -> None:
    answers = Answers("lite", place, ("bluesky", "lemmy:lemmy.world"), "you@example.org", strictness)
    path = tmp_path / "bowerbird.toml"
    write_new(path, answers.text())
    config = read(path).config
    (taste,) = config.taste
    assert (taste.place, taste.bundle, taste.keep_rate) == (place, "lite", STRICTNESS[strictness])
    assert [each.source for each in config.stream] == ["bluesky", "lemmy:lemmy.world"]
    assert (config.contact, config.every) == ("you@example.org", 600.0)


def test_what_is_commented_out_can_be_used_as_it_stands(tmp_path: Path) -> None:
    text = Answers("lite", "/a", ("reddit",), "", "usual").text()
    used = ("# [", "# hours", "# comm", "# words", "# keep", "# to = ", "# max_size")
    lines = [line[2:] if line.startswith(used) else line for line in text.splitlines()]
    path = tmp_path / "bowerbird.toml"
    write_new(path, "\n".join(lines))
    config = read(path).config
    assert config.lists().never.words is not None
    assert [each.to for each in config.deliver] == ["immich:http://photos.lan:2283"]
    assert len(config.notify) == 1
    assert config.space.bounds()
    assert (config.hours, config.taste[0].keep_rate) == ("07:00-23:00", 0.9)
    assert config.stream[0].communities == ("EarthPorn", "SkyPorn")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "bowerbird.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is there already, and stays as it is"):
        write_new(path, "new")
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is there already"):
        write_new(path, "new")
    assert not (tmp_path / "nowhere").exists()


def test_what_nobody_can_see_is_refused() -> None:
    with pytest.raises(UsageError, match="characters that nobody can see"):
        Answers("lite", "/a\x7f\nb", ("bluesky",), "", "usual").text()


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("love", "nothing-like-it", "no bundle nothing-like-it"),
        ("place", "ftp://x", "a place is a folder or s3"),
        ("place", __file__, "is a file: name a folder"),
        ("streams", "blusky", "there is no source 'blusky'"),
        ("streams", "lemmy", "write the source as lemmy:INSTANCE"),
        ("streams", " , ", "name at least one source"),
        ("contact", "me", "say a mail address"),
        ("strictness", "harsh", "say one of strict, usual, generous"),
    ],
)
def test_a_bad_answer_is_refused(key: str, answer: str, words: str) -> None:
    (question,) = (each for each in QUESTIONS if each.key == key)
    with pytest.raises(UsageError, match=words):
        question.check(answer)


def test_nobody_is_asked_for_a_contact_when_nobody_elses_server_is(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: Question) -> str:
        asked.append(question.key)
        return question.usual

    told = answered({"streams": f"folder:{tmp_path}"}, ask)
    assert asked == ["love", "place", "strictness"]
    assert told["contact"] == ""
    asked.clear()
    answered({}, ask)
    assert asked == [question.key for question in QUESTIONS]
    assert len(asked) == 5


def test_pictures_are_trained_on_first(tmp_path: Path) -> None:
    told = answered({"love": str(tmp_path)}, lambda question: question.usual or "a@example.org")
    answers, pictures = answers_of(told, Path("/etc/bowerbird"))
    assert (answers.bundle, pictures) == ("/etc/bowerbird/taste", tmp_path)
