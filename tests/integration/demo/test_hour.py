"""The recorded hour itself: complete, in shape, and what `compose` composes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from bowerbird.demo.compose import files
from bowerbird.demo.host_answers import HOUR, read_answers
from bowerbird.demo.served_pictures import PHOTOGRAPHS

POSTS: list[dict[str, Any]] = [json.loads(line) for line in (HOUR / "hour.jsonl").read_text().splitlines()]
EXPECTED: dict[str, dict[str, str]] = json.loads((HOUR / "expected.json").read_text())
ANSWERS = read_answers(HOUR / "answers.json")
ATTRIBUTION = (PHOTOGRAPHS / "ATTRIBUTION.md").read_text()
LICENCES = {"CC0 1.0", "CC BY 2.0", "CC BY 4.0", "CC BY-SA 3.0", "public domain"}


@pytest.mark.parametrize("name", ["hour.jsonl", "answers.json", "expected.json"])
def test_the_committed_files_are_what_is_composed(name: str) -> None:
    assert (HOUR / name).read_text(encoding="utf-8") == files()[name]


def test_sixty_posts_within_one_hour_newest_first() -> None:
    created = [post["created_utc"] for post in POSTS]
    assert len(POSTS) >= 60
    assert created == sorted(created, reverse=True)
    assert created[0] - created[-1] < 3600
    ids = [int(post["id"], 36) for post in POSTS]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == len(ids)


def test_every_post_has_an_expected_outcome() -> None:
    assert {post["name"] for post in POSTS} == set(EXPECTED)


def test_every_kind_of_post_is_there() -> None:
    domains = {post["domain"] for post in POSTS}
    assert domains >= {"i.redd.it", "v.redd.it", "i.imgur.com", "imgur.com", "flickr.com", "flic.kr"}
    assert domains >= {"live.staticflickr.com", "youtube.com", "reddit.com", "self.AskReddit"}
    assert {"over_18", "is_video", "is_self", "is_gallery", "crosspost_parent_list"} <= {
        key for post in POSTS for key, value in post.items() if value
    }
    assert {post["removed_by_category"] for post in POSTS} == {None, "moderator", "reddit", "deleted"}
    outcomes = {word for each in EXPECTED.values() for value in each.values() for word in value.split("|")}
    assert outcomes >= {"kept", "novelty", "duplicate", "watermark", "too-small", "too-wide", "too-tall"}
    assert outcomes >= {"gone", "html", "truncated", "opted-out", "over-18", "video", "removed", "text-only"}


def test_a_gallery_lists_what_cannot_be_used() -> None:
    gallery = next(post for post in POSTS if "north of Spain" in post["title"])
    media = gallery["media_metadata"]
    assert {each.get("status") for each in media.values()} == {"valid", "failed"}
    assert {each.get("e") for each in media.values()} == {"Image", "AnimatedImage", None}
    assert [item["media_id"] for item in gallery["gallery_data"]["items"]] != list(media)


def test_every_candidate_url_is_answered_or_meant_to_be_gone() -> None:
    for outcomes in EXPECTED.values():
        for url, outcome in outcomes.items():
            if url != "skipped" and outcome != "gone":
                assert url.partition("://")[2] in ANSWERS


def test_hosts_that_are_played_are_well_known_or_reserved() -> None:
    known = re.compile(
        r"(.*\.)?(redd\.it|imgur\.com|flickr\.com|staticflickr\.com|wikimedia\.org|example)|flic\.kr"
    )
    hosts = {urlsplit(f"https://{url}").hostname or "" for url in ANSWERS}
    assert [host for host in sorted(hosts) if not known.fullmatch(host)] == []


def test_every_photograph_is_attributed_under_a_free_licence() -> None:
    rows = re.findall(r"^\| (\S+\.jpg) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", ATTRIBUTION, re.MULTILINE)
    assert sorted(row[0] for row in rows) == sorted(path.name for path in PHOTOGRAPHS.glob("*.jpg"))
    assert {row[3] for row in rows} <= LICENCES


def test_every_photograph_is_used_and_small_enough() -> None:
    photographs = sorted(PHOTOGRAPHS.glob("*.jpg"))
    used = {answer.picture.photograph for answer in ANSWERS.values() if answer.picture}
    assert {path.stem for path in photographs} <= used
    assert len(photographs) >= 24
    assert sum(path.stat().st_size for path in photographs) <= 8_000_000
    sizes = [Image.open(path).size for path in photographs]
    assert sum(width * height >= 1280 * 1024 for width, height in sizes) >= 24
