import json
from pathlib import Path

import pytest

from benchmarks.derive_mix import derive, recordings
from bowerbird.demo.previews import preview_field

NEW_YEAR_2021 = 1_609_459_200.0


def post(number: int, url: str, **told: object) -> dict[str, object]:
    name = f"a{number:03d}"
    return {
        "id": name,
        "name": f"t3_{name}",
        "title": "Dawn",
        "url": url,
        "post_hint": "image",
        "is_self": False,
        "created_utc": NEW_YEAR_2021 + number,
        **told,
    }


def declared(number: int, size: tuple[int, int], ending: str = "jpg") -> dict[str, object]:
    shown = preview_field(f"https://preview.redd.it/p{number}.{ending}", *size)
    return post(number, f"https://i.redd.it/p{number}.{ending}", preview=shown)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pictures of 2021, one of 2015, and a poll of one minute with two pictures."""
    posts = [
        declared(0, (640, 480)),
        declared(1, (4000, 1000)),
        declared(2, (2000, 3000)),
        declared(3, (1500, 1500), "png"),
        post(4, "https://i.redd.it/p4.jpg"),
        post(5, "https://i.imgur.com/AbCdEf1.jpg"),
        post(6, "https://i.redd.it/p6.jpg") | {"created_utc": 1_430_000_000.0},
    ]
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(each) + "\n" for each in posts))
    children = [{"kind": "t3", "data": declared(number, (2000, 2000))} for number in (100, 160)]
    body = json.dumps({"data": {"children": children}})
    answer = {"request": {"method": "GET"}, "response": {"body": {"string": body}}}
    (tmp_path / "poll.json").write_text(json.dumps({"interactions": [answer]}))
    return tmp_path


def test_kinds_are_counted_as_a_crawl_sees_them(folder: Path) -> None:
    derived = derive(list(recordings(folder, 2020)), 2020)
    assert derived["counts"] == {
        "declared, with previews": 4,
        "declared unfit": 2,
        "undeclared": 1,
        "undeclared, a rule names copies": 1,
    }
    assert derived["png"]["declared, with previews"] == 1
    assert derived["fit"]["taller than wide"] == 1


def test_older_posts_are_left_out(folder: Path) -> None:
    by_name = {
        each["name"]: each["posts"] for each in derive(list(recordings(folder, 2020)), 2020)["sources"]
    }
    assert by_name == {"posts.jsonl": 6, "poll.json": 2}


def test_what_is_kept_follows_from_the_polls_pace(folder: Path) -> None:
    """Two candidates in a minute are 120 an hour; 154 in 14 hours are eleven."""
    assert derive(list(recordings(folder, 2020)), 2020)["kept"]["share"] == pytest.approx(11 / 120, abs=1e-4)
