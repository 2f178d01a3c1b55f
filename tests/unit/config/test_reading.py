"""What is wrong in bowerbird.toml is told with its line, and with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowerbird.config.reading import read
from bowerbird.core.errors import UsageError

GOOD = """\
contact = "you@example.org"
every = "10m"
hours = "22:00-06:00"
downloads = 4
[[stream]]
source = "folder:pictures"
communities = ["EarthPorn"]

[[stream]]
source = "bluesky"

[[taste]]
place = "a"

[[taste]]
place = "~/b"
bundle = "./taste"
keep_rate = 0.8

[never]
words = ["spam"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "bowerbird.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as raised:
        read(written(folder, text))
    return str(raised.value)


def test_paths_start_at_the_files_own_folder(tmp_path: Path) -> None:
    config = read(written(tmp_path, GOOD)).config
    assert (config.every, config.hours, config.contact) == (600.0, "22:00-06:00", "you@example.org")
    assert [each.source for each in config.stream] == [f"folder:{tmp_path}/pictures", "bluesky"]
    assert [each.place for each in config.taste] == [f"{tmp_path}/a", str(Path.home() / "b")]
    assert [each.bundle for each in config.taste] == ["lite", f"{tmp_path}/taste"]
    assert config.variables() == {"BOWERBIRD_CONTACT": "you@example.org"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('every = "10m"', 'evry = "10m"', 2, "no 'evry' in the top of the file; did you mean 'every'?"),
        ("communities =", "comunities =", 7, "no 'comunities' in [[stream]]; did you mean 'communities'?"),
        ("keep_rate = 0.8", "every = 5", 18, "'every' belongs to the top of the file"),
        ("keep_rate = 0.8", "keep_rate = 8", 18, "less than or equal to 0.999, not 8"),
        ("keep_rate = 0.8", 'keep_rate = "much"', 18, "'keep_rate' is a number, not 'much'"),
        ("keep_rate = 0.8", "thumbnails = 7", 18, "'thumbnails' is true or false, not 7"),
        ('place = "~/b"', 'min_area = "9.5"', 15, "needs a 'place', as in place ="),
        ('words = ["spam"]', 'words = "spam"', 21, "is a list, as in"),
        ('words = ["spam"]', "words = [5]", 21, "is text in quotes"),
        ("keep_rate = 0.8", 'words = ["x"]', 18, "no 'words' in [[taste]]; it belongs to [only]"),
        ("downloads = 4", 'bundle = "x"', 4, "no 'bundle' in the top of the file; it belongs to [[taste]]"),
        ("downloads = 4", 'reddit_client_secret = "x"', 4, "set BOWERBIRD_REDDIT_CLIENT_SECRET in"),
        ("downloads = 4", 'only = {wrds = ["x"]}', 4, "no 'wrds' in [only]; did you mean 'words'?"),
        ("[never]", "[nevr]", 20, "there is no 'nevr' in the top of the file; did you mean 'never'?"),
        ('[[taste]]\nplace = "a"', '[[tast]]\nplace = "a"', 12, "did you mean 'taste'?"),
        ("22:00-06:00", "late", 3, "'late' are no hours: write them as 07:00-23:00"),
        ("22:00-06:00", "25:00-06:00", 3, "are no hours"),
        ("you@example.org", "me", 1, "'me' is no contact"),
        ('"10m"', '"soon"', 2, "'soon' is not a duration; write 60s, 5m, 1h or 2d"),
        ('"10m"', "10m", 2, "this cannot be read"),
        ('place = "a"', 'place = "', 13, "this cannot be read"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    told = refusal(tmp_path, GOOD.replace(old, new, 1))
    assert told.startswith(f"{tmp_path}/bowerbird.toml, line {line}: "), told
    assert words in told


def test_one_bracket_too_few_is_told(tmp_path: Path) -> None:
    assert "write [[taste]] with two brackets" in refusal(tmp_path, '[taste]\nplace = "a"\n')


def test_two_tastes_in_one_place_are_refused_however_it_is_written(tmp_path: Path) -> None:
    told = refusal(tmp_path, '[[taste]]\nplace = "a"\n[[taste]]\nplace = "b/../a"\n')
    assert f"two tastes have the place {tmp_path}/a" in told


def test_more_than_one_mistake_is_counted(tmp_path: Path) -> None:
    assert "(1 more after this)" in refusal(tmp_path, "downloads = 0\nkeep_replaced = 0\n")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bowerbird.toml"
    path.write_bytes(b"contact = '\xff'")
    with pytest.raises(UsageError, match="no text in UTF-8"):
        read(path)


def test_a_number_without_end_is_told(tmp_path: Path) -> None:
    assert "a number in it is too long" in refusal(tmp_path, "downloads = " + "9" * 5000)


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_EVERY", "1h")
    monkeypatch.setenv("BOWERBIRD_DOWNLOADS", "3")
    monkeypatch.setenv("BOWERBIRD_COMMUNITIES", "a + b")
    config = read(written(tmp_path, GOOD)).config
    assert (config.every, config.downloads) == (3600.0, 3)
    assert [each.communities for each in config.stream] == [("a", "b"), ("a", "b")]
    monkeypatch.setenv("BOWERBIRD_DOWNLOADS", "many")
    assert refusal(tmp_path, GOOD).startswith("BOWERBIRD_DOWNLOADS: ")
