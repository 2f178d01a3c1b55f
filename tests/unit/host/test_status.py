from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bowerbird.host.counts import RunCounts
from bowerbird.host.status import Diary, read_status, write_status


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def test_what_a_run_tells_comes_back_from_its_file(tmp_path: Path) -> None:
    diary = Diary(Clock(), 60.0, "22:00-06:00")
    for source in ("reddit", "lemmy:a.example", "feed:b"):
        diary.reads(source)
    diary.crawled("reddit", "7 new posts")
    diary.failed("lemmy:a.example", "it refused")
    diary.failed("reddit", "too busy")
    diary.failed("lemmy:a.example", "it refused again")
    write_status(tmp_path, diary.status(RunCounts()))
    told = read_status(tmp_path)
    assert told is not None
    assert told == diary.status(RunCounts())
    assert (told.every_s, told.hours) == (60.0, "22:00-06:00")
    reddit, lemmy, feed = told.sources
    assert (reddit.failing, reddit.told, reddit.read_at) == (
        "too busy", "7 new posts", "2026-11-26T21:02:00+00:00",
    )  # fmt: skip
    assert (lemmy.failing, lemmy.read_at, feed.asked_at) == ("it refused again", "", "")
    assert [(each.words, each.times) for each in told.failures] == [("it refused again", 2), ("too busy", 1)]
    diary.crawled("reddit", "2 new posts")
    assert diary.status(RunCounts()).sources[0].failing == ""
    assert [path.name for path in tmp_path.iterdir()] == ["status.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sources": [], "failures": [], "more": 1}', "[" * 99999])
def test_a_file_of_another_version_or_a_damaged_one_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    assert read_status(tmp_path) is None


def test_a_run_does_not_end_because_it_cannot_write_it(tmp_path: Path) -> None:
    write_status(tmp_path / "nowhere", Diary(Clock()).status(RunCounts()))
    assert read_status(tmp_path / "nowhere") is None
