"""The played hosts over real loopback HTTP, asked with the Host header as the fetcher's gateway does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from bowerbird.demo.host_answers import HOUR, Answer, Answers, read_answers
from bowerbird.demo.previews import is_signed
from bowerbird.demo.served_pictures import PHOTOGRAPHS, Picture
from bowerbird.demo.server import serving

IMAGES = "image/jpeg,image/png,image/webp,image/*;q=0.5"
POSTS: list[dict[str, Any]] = [json.loads(line) for line in (HOUR / "hour.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with serving(read_answers(HOUR / "answers.json")) as url:
        yield url


def get(gateway: str, url: str, *, accept: str = IMAGES) -> requests.Response:
    parts = urlsplit(url)
    target = gateway + parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "Accept": accept}
    return requests.get(target, headers=headers, allow_redirects=False, timeout=30)


def image(response: requests.Response) -> Image.Image:
    assert response.status_code == 200
    return Image.open(io.BytesIO(response.content))


def post(title: str) -> dict[str, Any]:
    return next(each for each in POSTS if title in each["title"])


def play(url: str, **fields: Any) -> Answers:
    return {url.partition("://")[2]: Answer(**fields)}


def test_an_original_is_the_photograph_byte_by_byte(gateway: str) -> None:
    response = get(gateway, post("under the first snow")["url"])
    assert response.content == (PHOTOGRAPHS / "lake-sherburne.jpg").read_bytes()
    assert response.headers["Content-Type"] == "image/jpeg"


def test_every_declared_preview_is_served_in_its_size(gateway: str) -> None:
    source = post("under the first snow")["preview"]["images"][0]
    for each in [source["source"], *source["resolutions"]]:
        assert image(get(gateway, each["url"])).size == (each["width"], each["height"])


def test_every_gallery_preview_is_served_in_its_size(gateway: str) -> None:
    for media in post("north of Spain")["media_metadata"].values():
        if media.get("e") == "Image":
            for each in [media["s"], *media["p"]]:
                assert image(get(gateway, each["u"])).size == (each["x"], each["y"])


def test_auto_webp_depends_on_what_is_accepted(gateway: str) -> None:
    url = post("under the first snow")["preview"]["images"][0]["resolutions"][0]["url"]
    assert image(get(gateway, url)).format == "WEBP"
    assert image(get(gateway, url, accept="image/jpeg")).format == "JPEG"


@pytest.mark.parametrize("change", [("width=108", "width=4000"), ("&s=", "&t="), ("auto=webp", "auto=jpeg")])
def test_a_changed_preview_url_is_refused(gateway: str, change: tuple[str, str]) -> None:
    url = post("under the first snow")["preview"]["images"][0]["resolutions"][0]["url"]
    assert get(gateway, url.replace(*change)).status_code == 403


def test_reddit_shows_a_page_to_whoever_prefers_one(gateway: str) -> None:
    response = get(gateway, post("under the first snow")["url"], accept="text/html,*/*;q=0.8")
    assert response.headers["Content-Type"].startswith("text/html")
    assert b"<!doctype html>" in response.content


def test_an_unknown_file_is_not_found(gateway: str) -> None:
    assert get(gateway, post("Never mind")["url"]).status_code == 404


def test_a_picture_on_its_side_is_upright_by_its_orientation_only(gateway: str) -> None:
    found = post("They heard the gate")
    stored = image(get(gateway, found["url"]))
    declared = found["preview"]["images"][0]["source"]
    assert stored.getexif()[0x0112] == 6
    assert stored.size == (declared["height"], declared["width"])


@pytest.mark.parametrize(("title", "expected"), [("Forget-me-nots", "PNG"), ("through the gap", "WEBP")])
def test_other_formats(gateway: str, title: str, expected: str) -> None:
    assert image(get(gateway, post(title)["url"])).format == expected


def test_a_removed_imgur_picture_redirects_to_the_placeholder(gateway: str) -> None:
    response = get(gateway, post("Still my favourite")["url"])
    assert response.status_code == 302
    placeholder = image(get(gateway, response.headers["Location"]))
    assert (placeholder.format, placeholder.size) == ("PNG", (161, 81))


def test_an_imgur_page_names_its_file_and_size(gateway: str) -> None:
    page = get(gateway, post("The long ridge")["url"], accept="text/html").text
    assert 'content="https://i.imgur.com/mQ4xTz9.jpg?fb"' in page
    assert image(get(gateway, "https://i.imgur.com/mQ4xTz9.jpg")).size == (1600, 1067)


def test_a_short_flickr_link_ends_at_the_page_of_its_number(gateway: str) -> None:
    url = post("Osprey, and it saw me")["url"]
    hops = []
    while (response := get(gateway, url, accept="text/html")).is_redirect:
        url = response.headers["Location"]
        hops.append(response.status_code)
    assert hops == [301, 302]
    assert "og:image" in response.text
    assert url.rstrip("/").rpartition("/")[2] in response.text


def test_a_busy_host_recovers() -> None:
    url = "https://i.redd.it/a.jpg"
    with serving(play(url, picture=Picture("chelsea"), busy=True)) as gateway:
        first = get(gateway, url)
        assert (first.status_code, first.headers["Retry-After"]) == (429, "1")
        assert get(gateway, url).status_code == 200


def test_a_broken_transfer_promises_more_than_it_sends_once() -> None:
    url = "https://i.redd.it/a.jpg"
    with serving(play(url, picture=Picture("chelsea"), cut="transfer")) as gateway:
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            get(gateway, url)
        assert image(get(gateway, url)).size == (451, 300)


def test_half_a_file_is_served_as_if_it_were_whole(gateway: str) -> None:
    half = image(get(gateway, post("Half of it")["url"]))
    with pytest.raises(OSError, match="truncated"):
        half.load()


def test_headers_and_pages_are_passed_on(gateway: str) -> None:
    assert "noai" in get(gateway, post("from my portfolio")["url"]).headers["X-Robots-Tag"]
    assert "Sign in" in get(gateway, post("Look at this")["url"]).text


def test_signatures_cover_host_and_path() -> None:
    url = urlsplit(post("under the first snow")["preview"]["images"][0]["source"]["url"])
    assert is_signed(url.netloc, f"{url.path}?{url.query}")
    assert not is_signed("external-preview.redd.it", f"{url.path}?{url.query}")


def test_answers_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes((HOUR / "answers.json").read_bytes())
    assert read_answers(path)["i.imgur.com/removed.png"].picture == Picture(drawing="removed", format="PNG")
