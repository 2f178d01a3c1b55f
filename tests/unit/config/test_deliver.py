"""Where kept pictures go: paths start at the file's folder, and what is wrong is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowerbird.config.deliver import Delivery
from bowerbird.config.reading import read
from bowerbird.core.errors import UsageError

FILE = """
[[taste]]
place = "a"
[[deliver]]
to = "folder:out"
places = ["a"]
xmp = "beside"
tags = "x,{community}"
[space]
max_size = "1.5 GB"
max_age = "2y"
"""


def test_what_stands_in_the_file_is_found_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "bowerbird.toml").write_text(FILE)
    config = read(tmp_path / "bowerbird.toml").config
    (delivery,) = config.deliver
    assert (delivery.to, delivery.folder) == (f"folder:{tmp_path}/out", f"{tmp_path}/out")
    assert delivery.places == (f"{tmp_path}/a",)
    assert (config.space.max_size, config.space.max_age) == (1_500_000_000, 730)


def test_what_stands_in_the_file_takes_the_place_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_DELIVER_TAGS", "y")
    monkeypatch.setenv("BOWERBIRD_DELIVER_ALBUM", "Finds")
    settings = Delivery(to="immich:http://x", tags="x").settings()
    assert (settings.deliver_tags, settings.deliver_album, settings.scenery_tags) == ("x", "Finds", "x")
    assert Delivery(to="immich:http://x").settings().deliver_tags == "y"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("folder:out", "flickr:me", "line 5: cannot deliver to 'flickr:me'"),
        ('places = ["a"]', 'places = ["b"]', "which no [[taste]] has"),
        ("{community}", "{colour}", "line 8: tag '{colour}': there is no {colour}"),
        ("beside", "inside", "line 7: 'xmp'"),
        ("1.5 GB", "lots", "line 10: 'lots' is not a size; write 50 GB"),
        ("2y", "two years", "line 11: 'two years' is not a number of days; write 90d"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FILE
    (tmp_path / "bowerbird.toml").write_text(FILE.replace(old, new))
    with pytest.raises(UsageError) as raised:
        read(tmp_path / "bowerbird.toml")
    assert words in str(raised.value)
