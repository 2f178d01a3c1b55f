import json

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.following.cursor import FollowedIdSource, FollowedSource
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.removal.recheck import Lookup
from tests.fakes import FakeFetcher, FakeStore
from tests.unit.crawl.shapes import submission

CONTEXT = Context(fetcher=FakeFetcher({}), reddit=RedditApp("id", "secret", "linux:test:1 (by /u/nobody)"))
LEMMY = "https://lemmy.example/api/v3/post/list?type_=All&sort=New&limit=50"


@pytest.mark.parametrize(
    ("spec", "by_id"),
    [
        ("reddit", True),
        ("reddit:EarthPorn+SkyPorn", True),
        ("rss:EarthPorn", False),
        ("arctic-shift", True),
        ("lemmy:lemmy.world", True),
        ("feed:https://pictures.example/feed", False),
        ("wikimedia:Quality images of landscapes", False),
    ],
)
def test_live_sources_are_followed_and_some_can_be_asked_by_id(spec: str, *, by_id: bool) -> None:
    source = open_source(spec, CONTEXT)
    assert isinstance(source, FollowedSource)
    assert isinstance(source, Lookup) == isinstance(source, FollowedIdSource) == by_id


@pytest.mark.parametrize(
    "spec", ["rss", "arctic-shift", "lemmy:lemmy.world", "wikimedia", "feed:https://a.example"]
)
def test_without_a_network_they_are_wrong_usage(spec: str) -> None:
    with pytest.raises(UsageError, match="reads from the network"):
        open_source(spec, Context())


def test_reddit_without_an_app_says_what_to_set_and_what_else_there_is() -> None:
    with pytest.raises(UsageError, match=r"BOWERBIRD_REDDIT_CLIENT_ID .*without one, use bluesky, lemmy"):
        open_source("reddit", Context())


def test_each_list_of_communities_has_its_own_cursor() -> None:
    store = FakeStore()
    page = json.dumps({"posts": [{"post": {"id": 1}}]}).encode()
    answers = {LEMMY: page, f"{LEMMY}&community_name=pics": page}
    for communities in ((), ("pics",), ()):
        context = Context(communities, FakeFetcher(answers), store, requests=1)
        source = open_source("lemmy:lemmy.example", context)
        assert isinstance(source, FollowedSource)
        assert len(list(source.posts())) == (0 if communities == () and store.objects else 1)
        source.commit()
    assert len(store.objects) == 2


def test_by_id_answers_for_every_subreddit_whatever_has_been_read() -> None:
    url = "https://arctic-shift.photon-reddit.com/api/posts/ids?ids=t3_abc12"
    answer = json.dumps({"data": [submission(subreddit="cats")]}).encode()
    source = open_source("arctic-shift:EarthPorn", Context(fetcher=FakeFetcher({url: answer}), requests=1))
    assert isinstance(source, FollowedIdSource)
    for _ in range(2):
        assert [post.submission.id for post in source.by_id(["t3_abc12"])] == ["t3_abc12"]


def test_a_personal_feed_token_is_not_taken_into_a_sources_name() -> None:
    context = Context(fetcher=FakeFetcher({}))
    with pytest.raises(UsageError, match="holds your feed token: use rss") as refused:
        open_source("feed:https://www.reddit.com/r/pics/.rss?feed=secret-token&user=me", context)
    assert "secret-token" not in str(refused.value)
    assert open_source("feed:https://www.reddit.com/r/pics/.rss", context)
