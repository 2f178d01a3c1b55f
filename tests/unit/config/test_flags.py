"""An option takes the place of what the file says."""

from __future__ import annotations

import pytest

from bowerbird.config.flags import with_flags
from bowerbird.config.schema import Config
from bowerbird.core.errors import UsageError

FILE = Config.model_validate(
    {
        "every": "10m",
        "stream": [{"source": "bluesky"}, {"source": "reddit", "communities": ["EarthPorn"]}],
        "taste": [{"place": "/a", "min_area": 5}, {"place": "/b", "bundle": "mine"}],
    }
)


def test_without_options_the_file_is_done() -> None:
    assert with_flags(FILE, {"source": None, "every": None}) == FILE


def test_a_source_and_a_place_take_the_place_of_all_others() -> None:
    config = with_flags(FILE, {"source": "folder:x", "out": "y"})
    assert [each.source for each in config.stream] == ["folder:x"]
    assert [(each.place, each.bundle, each.min_area) for each in config.taste] == [("y", "lite", 1310720)]
    assert config.every is None  # somebody who names a source waits for the end


@pytest.mark.parametrize(
    ("flags", "every"),
    [({}, 600.0), ({"once": True}, None), ({"every": 5.0}, 5.0), ({"source": "bluesky", "every": 5.0}, 5.0)],
)
def test_how_often_to_crawl(flags: dict[str, object], every: float | None) -> None:
    assert with_flags(FILE, flags).every == every


def test_other_options_change_each_stream_and_each_taste() -> None:
    config = with_flags(FILE, {"communities": ("x",), "min_area": 7, "thumbnails": False, "downloads": 2})
    assert [each.communities for each in config.stream] == [("x",), ("x",)]
    assert [(each.min_area, each.thumbnails) for each in config.taste] == [(7, False), (7, False)]
    assert config.downloads == 2


def test_a_bundle_cannot_be_meant_for_two_tastes() -> None:
    with pytest.raises(UsageError, match="--bundle means one taste, and the file has 2"):
        with_flags(FILE, {"bundle": "lite"})
    assert with_flags(FILE, {"bundle": "other", "out": "y"}).taste[0].bundle == "other"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({}, "--source and --out are missing; give them, or let `bowerbird init`"),
        ({"source": "bluesky"}, "--out is missing; "),
        ({"out": "a"}, "--source is missing; "),
        ({"source": "bluesky", "out": ""}, "--out is empty"),
        ({"source": " ", "out": "a"}, "--source is empty"),
        ({"source": "bluesky", "out": "a", "bundle": ""}, "--bundle is empty"),
    ],
)
def test_nobody_says_what_to_do(flags: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        with_flags(Config(), flags)
