import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bowerbird.core.errors import (
    PermanentError,
    RetryableError,
    Said,
    SourceBlockedError,
    SourceUnreachableError,
)
from bowerbird.core.ports import Fetched
from bowerbird.core.reasons import Word
from bowerbird.crawl.following.listing_run import fullname
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.sources.arctic_shift import ArcticShiftSource, explained
from bowerbird.crawl.sources.listing import SourceThrottledError
from tests.unit.crawl.shapes import submission
from tests.unit.crawl.sources.listings import Pages

API = "https://arctic-shift.photon-reddit.com/api/posts"


def archived(number: int, created: float, **fields: Any) -> dict[str, Any]:
    name = fullname(number)
    return submission(name=name, id=name[3:], created_utc=created, **fields)


class Archive(Pages):
    """An archive of these submissions; `before` excludes its own second, as SQL's `<` does."""

    def __init__(self, submissions: list[dict[str, Any]], *, inclusive: bool = False) -> None:
        super().__init__({}, requests=30)
        self.submissions = submissions
        self.inclusive = inclusive
        self.fetcher.fetch = self._fetch  # type: ignore[method-assign] # the fake's table has no such pages

    def _fetch(self, url: str, **_: Any) -> Fetched:
        self.asked.append(url)
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        before = float(query.get("before", "inf")) + self.inclusive
        found = [
            each
            for each in sorted(self.submissions, key=lambda each: -each["created_utc"])
            if each["created_utc"] < before
            and query.get("subreddit", each["subreddit"]).lower() == each["subreddit"].lower()
            and ("ids" not in query or each["name"] in query["ids"].split(","))
        ]
        page = found[: int(query.get("limit", 500))]
        return Fetched(url, 200, {}, json.dumps({"data": page}).encode())


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("per_second", [1, 7, 60])
def test_it_pages_back_in_time_and_repeats_nothing_much(per_second: int, *, inclusive: bool) -> None:
    archive = Archive([archived(n, float(1000 + n // per_second)) for n in range(350)], inclusive=inclusive)
    got = [post.submission.id for post in ArcticShiftSource(archive.listing).posts()]
    assert set(got) == {fullname(n) for n in range(350)}
    assert archive.listing.open


def test_subreddits_are_merged_newest_first() -> None:
    archive = Archive(
        [archived(n, float(n), subreddit="EarthPorn" if n % 3 else "SkyPorn") for n in range(1, 30)]
        + [archived(99, 99.0, subreddit="cats")]
    )
    posts = list(ArcticShiftSource(archive.listing, ("EarthPorn+SkyPorn",)).posts())
    assert [post.submission.created_utc for post in posts] == [float(n) for n in range(29, 0, -1)]


def test_ids_are_asked_for_and_other_subreddits_told_apart() -> None:
    archive = Archive([archived(1, 1.0), archived(2, 2.0, subreddit="cats"), archived(3, 3.0)])
    source = ArcticShiftSource(archive.listing, ("earthporn",))
    found = list(source.by_id(["t3_1", "t3_2"]))
    assert {post.submission.id: source.reads(post) for post in found} == {"t3_1": True, "t3_2": False}
    assert archive.asked == [f"{API}/ids?ids=t3_1%2Ct3_2"]


@pytest.mark.parametrize(
    ("meta", "removed"),
    [
        ({}, None),
        ({"removal_type": "moderator"}, "moderator"),
        ({"was_deleted_later": True}, "deleted"),
        ("nonsense", None),
    ],
)
def test_what_was_deleted_later_is_known_as_removed(meta: object, removed: str | None) -> None:
    archive = Archive([archived(1, 1.0, _meta=meta)])
    (post,) = ArcticShiftSource(archive.listing).by_id(["t3_1"])
    assert post.removed == removed


def test_items_that_are_no_submissions_cost_no_other_and_say_so() -> None:
    pages = Pages({f"{API}/ids?ids=t3_1": json.dumps({"data": [{"id": 5}, "x", archived(1, 1.0)]}).encode()})
    posts = list(ArcticShiftSource(pages.listing).by_id(["t3_1"]))
    assert [post.unreadable for post in posts] == ["InvalidMessageError", "InvalidMessageError", None]
    assert len({post.submission.id for post in posts}) == 3


def test_an_error_in_place_of_data_is_no_empty_archive() -> None:
    timeout = b'{"data": null, "error": "Timeout"}'
    pages = Pages({f"{API}/search?limit={size}&sort=desc": timeout for size in (100, 50, 25)})
    with pytest.raises(SourceUnreachableError, match="try again later"):
        list(ArcticShiftSource(pages.listing).posts())


def overloaded(said: str) -> RetryableError | PermanentError:
    body = json.dumps({"data": None, "error": said}).encode() if said else b"<html>"
    return PermanentError("answered 422", Word.STATUS, status=422, said=Said(body=body))


@pytest.mark.parametrize("said", ["Timeout. Maybe slow down a bit", "Query timed out", "server busy", ""])
def test_an_overloaded_archive_is_asked_for_less_and_less_and_is_throttled_not_blocked(said: str) -> None:
    urls = [f"{API}/search?limit={size}&sort=desc" for size in (100, 50, 25)]
    pages = Pages(dict.fromkeys(urls, overloaded(said)), explain=explained)
    with pytest.raises(SourceThrottledError, match="asked too often") as throttled:
        list(ArcticShiftSource(pages.listing).posts())
    assert said in str(throttled.value)
    assert pages.asked == urls
    assert pages.now > 0  # it backed off before each further try
    assert source_state("arctic-shift", 0, throttled.value).health == "throttled"


def test_what_the_archive_refuses_for_another_reason_is_told_in_its_words() -> None:
    url = f"{API}/search?limit=100&sort=desc"
    pages = Pages({url: overloaded("limit: must be a number")}, explain=explained)
    with pytest.raises(SourceBlockedError, match="the archive says 'limit: must be a number'"):
        list(ArcticShiftSource(pages.listing).posts())
    assert pages.asked == [url]
