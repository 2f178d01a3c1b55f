"""The feeds: newest first, strangers' words as words, and nothing of what was purged."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import feedparser
import pytest

from bowerbird.core.keys import sidecar_key
from bowerbird.deliver.feeds import ATOM, JSON_FEED, Feeds, renew
from bowerbird.removal.recheck import kept_picture, purge
from tests.fakes import FakeStore
from tests.pictures import jpeg
from tests.unit.deliver.survivors import keep, sidecar

ODD = '</title><script>alert("1")</script> & \x00\x0b\ufffe'


class Home:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.keys = [self.keep(0, "A hill"), self.keep(1, ODD)]

    def keep(self, seed: int, title: str) -> str:
        key = keep(self.store, jpeg(40, 30, seed))
        post = f"https://x.example/?a=1&b=\ufffe{seed}"
        told = sidecar(title=title, id=f"t3_{seed}", permalink=post)
        told["decision"] |= {
            "candidate": f"c{seed}", "image": key, "decided_at": f"2026-11-26T12:00:0{seed}.000Z",
        }  # fmt: skip
        self.store.put(sidecar_key(key), json.dumps(told).encode(), content_type="application/json")
        return key

    def titles(self) -> list[str]:
        told = json.loads(self.store.objects[JSON_FEED])
        return [item["title"] for item in told["items"]]


@pytest.fixture
def home() -> Home:
    return Home()


def test_both_feeds_list_the_newest_first(home: Home) -> None:
    assert Feeds(home.store).refresh()
    ET.fromstring(home.store.objects[ATOM])  # noqa: S314 - our own
    feed = feedparser.parse(home.store.objects[ATOM])
    assert feed.bozo is False
    newest, oldest = feed.entries
    assert oldest.title == "A hill"
    assert oldest.link == "https://x.example/?a=1&b=0"
    assert oldest.enclosures[0].href == f"../{home.keys[0]}"
    assert (newest.author, newest.updated) == ("someone", "2026-11-26T12:00:01Z")
    told = json.loads(home.store.objects[JSON_FEED])
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["items"][0]["date_published"] == "2026-11-26T12:00:01Z"


def test_a_strangers_title_is_text_in_both(home: Home) -> None:
    Feeds(home.store).refresh()
    assert home.titles() == ['</title><script>alert("1")</script> &', "A hill"]
    tree = ET.fromstring(home.store.objects[ATOM])  # noqa: S314 - our own
    assert [each.tag for each in tree.iter() if "script" in each.tag] == []
    html = json.loads(home.store.objects[JSON_FEED])["items"][0]["content_html"]
    assert "<script>" not in html


def test_only_so_many_are_listed_and_nothing_is_written_twice(home: Home) -> None:
    feeds = Feeds(home.store, 1)
    assert feeds.refresh()
    assert len(home.titles()) == 1
    assert not feeds.refresh()
    home.keep(2, "A lake")
    assert feeds.refresh()
    assert home.titles() == ["A lake"]


def test_a_purge_takes_its_words_out(home: Home) -> None:
    renew(home.store)
    assert not home.store.exists(ATOM)
    Feeds(home.store).refresh()
    kept = kept_picture(home.store, sidecar_key(home.keys[0]))
    assert kept
    purge(home.store, kept, "removed", datetime(2026, 11, 27, tzinfo=UTC))
    renew(home.store)
    assert home.titles() == ['</title><script>alert("1")</script> &']


def test_an_empty_place_has_empty_feeds() -> None:
    store = FakeStore()
    assert Feeds(store).refresh()
    assert feedparser.parse(store.objects[ATOM]).entries == []
