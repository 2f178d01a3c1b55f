"""The owner's lists act on what the listing says, before anybody is asked for a picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.core.reasons import Reason
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.owner_lists import Names, OwnerLists
from tests.fakes import FakeFetcher


def post(link: str | None = "https://i.redd.it/abc.jpg", **fields: object) -> Post:
    told: dict[str, object] = {"community": "EarthPorn", "author": "Somebody", "title": "A Sunset, over Rome"}
    return Post(Submission("reddit", "t3_1", **(told | fields)), link=link)  # type: ignore[arg-type]


def verdict(lists: OwnerLists, seen: Post) -> str:
    wanted = lists.wanted(seen)
    return str(wanted) if isinstance(wanted, Reason) else "wanted"


@pytest.mark.parametrize(
    ("never", "reason"),
    [
        ({"communities": ["earthporn"]}, "never: the community EarthPorn"),
        ({"communities": ["r/EARTHPORN"]}, "never: the community EarthPorn"),
        ({"communities": ["earth"]}, "wanted"),
        ({"authors": ["u/somebody"]}, "never: the author Somebody"),
        ({"authors": ["/u/SOMEBODY"]}, "never: the author Somebody"),
        ({"domains": ["redd.it"]}, "never: the domain i.redd.it"),
        ({"domains": ["https://www.redd.it/x"]}, "never: the domain i.redd.it"),
        ({"domains": ["dd.it"]}, "wanted"),
        ({"words": ["SUNSET"]}, "never: the word 'sunset'"),
        ({"words": ["sun"]}, "wanted"),
        ({"words": ["sunset,"]}, "never: the word 'sunset,'"),
        ({"words": ["over  rome"]}, "never: the word 'over rome'"),
        ({"words": ["sunset rome"]}, "wanted"),
        ({"words": [""], "domains": [""], "authors": [" "]}, "wanted"),
    ],
)
def test_one_entry_is_enough_to_be_unwanted(never: dict[str, list[str]], reason: str) -> None:
    assert verdict(OwnerLists(never=Names.parse(**never)), post()) == reason


@pytest.mark.parametrize(
    ("only", "reason"),
    [
        ({"communities": ["skyporn", "earthporn"]}, "wanted"),
        ({"communities": ["skyporn"]}, "only: the community EarthPorn"),
        ({"communities": ["earthporn"], "words": ["sunrise"]}, "only: no wanted word in the title"),
        ({"authors": ["nobody"]}, "only: the author Somebody"),
        ({"domains": ["flickr.com"]}, "only: the domain i.redd.it"),
        ({"domains": ["i.redd.it"]}, "wanted"),
    ],
)
def test_every_kind_that_is_named_must_match(only: dict[str, list[str]], reason: str) -> None:
    assert verdict(OwnerLists(only=Names.parse(**only)), post()) == reason


def test_what_the_listing_does_not_say_is_not_wanted_by_name() -> None:
    unnamed = post(author=None, title=None)
    assert (
        verdict(OwnerLists(only=Names.parse(authors=["x"])), unnamed) == "only: the listing names no author"
    )
    assert verdict(OwnerLists(only=Names.parse(words=["x"])), unnamed) == "only: no wanted word in the title"
    assert verdict(OwnerLists(never=Names.parse(authors=["x"], words=["x"])), unnamed) == "wanted"


def test_names_of_other_networks() -> None:
    seen = post(community="pics@lemmy.world", author="Ann@example.social")
    for name in ("pics", "!pics@lemmy.world", "PICS@lemmy.world"):
        assert verdict(OwnerLists(never=Names.parse(communities=[name])), seen).startswith("never")
    assert verdict(OwnerLists(never=Names.parse(communities=["pics@other.example"])), seen) == "wanted"
    assert verdict(OwnerLists(never=Names.parse(authors=["@ann@example.social"])), seen).startswith("never")
    assert verdict(OwnerLists(never=Names.parse(communities=["#pics"])), seen).startswith("never")


@pytest.mark.parametrize(
    ("title", "word", "found"),
    [
        ("STRASSE im Regen", "straße", True),
        ("Cafe\u0301 noir", "café", True),
        ("富士山の夕日", "夕日", True),
        ("C++ in a day", "c++", True),
        ("C in a day", "c++", False),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("İstanbul", "i̇stanbul", True),
    ],
)
def test_words_of_many_languages(title: str, word: str, found: bool) -> None:
    told = verdict(OwnerLists(never=Names.parse(words=[word])), post(title=title))
    assert told.startswith("never") == found


def attachment(name: str, url: str) -> Attachment:
    return Attachment(name, (url,), "host")


def test_a_gallery_loses_the_pictures_of_one_domain() -> None:
    shown = (
        attachment("a", "https://good.example/1.jpg"),
        attachment("b", "https://bad.example/2.jpg"),
    )
    gallery = replace(post(link=None), attachments=shown)
    never = OwnerLists(never=Names.parse(domains=["bad.example"]))
    only = OwnerLists(only=Names.parse(domains=["good.example"]))
    for lists in (never, only):
        wanted = lists.wanted(gallery)
        assert isinstance(wanted, Post)
        assert [each.id for each in wanted.attachments] == ["a"]
    lists = OwnerLists(never=Names.parse(domains=["good.example", "bad.example"]))
    assert verdict(lists, gallery) == "never: the domain good.example"


def test_the_domain_within_a_proxys_link_counts() -> None:
    lists = OwnerLists(never=Names.parse(domains=["bad.example"]))
    seen = post("https://images.weserv.nl/?url=bad.example/1.jpg")
    crawler = Crawler(FakeFetcher({}), lists=lists)
    (skipped,) = crawler.look(seen)
    assert isinstance(skipped, Skipped)
    assert skipped.reason.word == "never"


def test_the_crawler_asks_no_host_that_is_not_wanted() -> None:
    fetcher = FakeFetcher({})
    crawler = Crawler(fetcher, lists=OwnerLists(never=Names.parse(domains=["flickr.com"])))
    (skipped,) = crawler.look(post("https://www.flickr.com/photos/somebody/12345678901"))
    assert isinstance(skipped, Skipped)
    assert str(skipped.reason) == "never: the domain www.flickr.com"
    assert fetcher.asked == []


def test_a_candidate_loses_its_copies_at_a_domain_that_is_never_asked() -> None:
    lists = OwnerLists(never=Names.parse(domains=["bad.example"]))
    candidate = Candidate(
        "c", ("https://bad.example/1.jpg", "https://good.example/1.jpg"), Submission("test", "1")
    )
    offered = lists.offered(candidate)
    assert isinstance(offered, Candidate)
    assert offered.urls == ("https://good.example/1.jpg",)
    assert str(lists.offered(replace(candidate, urls=candidate.urls[:1]))) == "never: the domain bad.example"
