from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.focused import focused
from bowerbird.crawl.following.best_communities import best_communities, remember_best, remembered_best
from bowerbird.crawl.sources.base import Context
from tests.fakes import FakeStore
from tests.unit.crawl.fakes import NoNetwork
from tests.unit.review.report.test_yields import decided, stored


def some(name: str, kept: int, seen: int, source: str = "reddit", **submission: Any) -> list[Any]:
    return [
        decided(
            f"{source} {name} {at}",
            "" if at < kept else "novelty",
            community=name,
            source=source,
            **submission,
        )
        for at in range(seen)
    ]


STORE = stored(
    *some("EarthPorn", 9, 10),
    *some("lucky", 1, 1),
    *some("pics", 1, 50),
    *some("SkyPorn", 18, 20, "rss"),
    *some("earthporn@lemmy.world", 9, 10, "lemmy:lemmy.ml"),
    *some("memes@lemmy.world", 0, 30, "lemmy:lemmy.world"),
    *some("Landscapes", 5, 5, "wikimedia"),
)


@pytest.mark.parametrize(
    ("source", "among", "best"),
    [
        # One of one is no proof, and one of fifty is worse than the place as a whole.
        ("reddit", (), ("SkyPorn", "EarthPorn")),
        ("arctic-shift:EarthPorn", (), ("SkyPorn", "EarthPorn")),
        ("reddit", ("earthporn", "pics"), ("EarthPorn",)),
        ("lemmy:lemmy.world", (), ("earthporn@lemmy.world",)),
        ("wikimedia", (), ()),
        ("feed:https://example.org", (), ()),
    ],
)
def test_the_best_of_a_sources_kind(source: str, among: tuple[str, ...], best: tuple[str, ...]) -> None:
    assert best_communities(STORE, source, among) == best


def test_no_decisions_no_focus() -> None:
    assert best_communities(FakeStore(), "reddit") == ()


def test_no_more_than_asked_for() -> None:
    assert best_communities(STORE, "reddit", most=1) == ("SkyPorn",)


def test_what_was_found_once_a_day_is_narrowed_by_each_crawl() -> None:
    store = stored(*some("EarthPorn", 9, 10), *some("SkyPorn", 18, 20), *some("pics", 1, 50))
    assert remembered_best(store, "reddit") == ()
    assert remember_best(store, "reddit") == ("SkyPorn", "EarthPorn")
    assert remembered_best(store, "reddit") == ("SkyPorn", "EarthPorn")
    assert remembered_best(store, "reddit", {"earthporn"}) == ("EarthPorn",)
    assert remembered_best(store, "reddit", most=1) == ("SkyPorn",)
    assert remembered_best(store, "bluesky") == ()


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{", b'{"best":7}', b'{"best":[null]}'])
def test_a_damaged_note_is_no_focus(damaged: bytes) -> None:
    store = stored(*some("SkyPorn", 18, 20), *some("pics", 1, 50))
    remember_best(store, "reddit")
    (key,) = store.keys("cursors/best-")
    store.put(key, damaged, content_type="application/json")
    assert remembered_best(store, "reddit") == ()


def test_only_so_many_days_are_counted() -> None:
    store = stored(*some("SkyPorn", 18, 20), *some("pics", 1, 50))
    assert best_communities(store, "reddit", last=1) == ("SkyPorn",)
    assert best_communities(store, "reddit", last=0) == ()


@pytest.mark.parametrize(
    ("spec", "communities", "best"),
    [
        ("arctic-shift", (), ("SkyPorn", "EarthPorn")),
        ("arctic-shift", ("all",), ("SkyPorn", "EarthPorn")),
        ("arctic-shift:EarthPorn+pics", (), ("EarthPorn",)),
        ("arctic-shift", ("r/EarthPorn", "pics"), ("EarthPorn",)),
        # Of one community alone, everything has just been read.
        ("arctic-shift:EarthPorn", (), ()),
    ],
)
def test_a_run_that_was_narrowed_stays_so(
    spec: str, communities: tuple[str, ...], best: tuple[str, ...]
) -> None:
    source = focused(spec, Context(communities, NoNetwork()), partial(best_communities, STORE, spec))
    assert source.best() == best
    assert source.open_listing("EarthPorn", 3, 10.0).name == "arctic-shift"


def test_a_source_without_communities_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--focus needs a source of communities"):
        focused("feed:https://example.org/a.xml", Context(fetcher=NoNetwork()), STORE)
