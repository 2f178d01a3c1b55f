"""The best original first, for the rules that need nothing but the link."""

from __future__ import annotations

import pytest

from bowerbird.crawl.hosts import Hosts
from tests.unit.crawl.fakes import NoNetwork

_HOSTS = Hosts.found()
_WIKI = "https://upload.wikimedia.org/wikipedia/commons"
_ART = "https://cdn0.artstation.com/p/assets/images/images/002/436/592"
_LH4 = "https://lh4.googleusercontent.com/-QAheZ-eePOM/UPyB8WsCMjI/AAAA/CWx"


@pytest.mark.parametrize(
    ("url", "better"),
    [
        (f"{_WIKI}/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg", [f"{_WIKI}/2/25/Anguish.jpg"]),
        (f"{_WIKI}/thumb/c/c9/Habitat.svg/1280px-Habitat.svg.png", []),
        (f"{_WIKI}/d/da/Alcohol_belt.PNG", []),
        (
            "http://25.media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_500.jpg",
            ["http://25.media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_1280.jpg"],
        ),
        ("http://25.media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_1280.jpg", []),
        (
            "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg:large",
            ["https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=jpg&name=orig"],
        ),
        (
            "https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=png&name=small",
            ["https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=png&name=orig"],
        ),
        ("https://drscdn.500px.org/photo/96496237/m%3D2000/v2?sig=abc", []),
        (
            "https://images.unsplash.com/photo-1501785888041-af3?w=1080",
            ["https://images.unsplash.com/photo-1501785888041-af3"],
        ),
        ("https://i.ibb.co/abc1234/dawn.jpg", []),
        (f"{_ART}/large/x.jpg?14", [f"{_ART}/8k/x.jpg?14", f"{_ART}/4k/x.jpg?14"]),
        (
            f"{_ART}/small/x.jpg?14",
            [f"{_ART}/8k/x.jpg?14", f"{_ART}/4k/x.jpg?14", f"{_ART}/large/x.jpg?14"],
        ),
        (f"{_ART}/4k/x.jpg?14", [f"{_ART}/8k/x.jpg?14"]),
        (f"{_ART}/8k/x.jpg?14", []),
        (f"{_LH4}/w1509-h497-p-k/appt.jpg", [f"{_LH4}/s0/appt.jpg"]),
        (
            "https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=w1200-h800-no",
            ["https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=s0"],
        ),
        (
            "https://example.org/wp-content/uploads/2016/05/dawn-1024x683.jpg?x=1",
            ["https://example.org/wp-content/uploads/2016/05/dawn.jpg"],
        ),
        ("https://i0.wp.com/example.org/a/dawn.jpg?resize=640", ["https://example.org/a/dawn.jpg"]),
        ("https://example.org/dawn.jpg?w=640&h=480", ["https://example.org/dawn.jpg"]),
        (
            "https://res.cloudinary.com/demo/image/upload/c_fill,w_500/e_art:hokusai/v15/dawn.jpg",
            ["https://res.cloudinary.com/demo/image/upload/v15/dawn.jpg"],
        ),
    ],
)
def test_the_original_comes_first_and_the_link_last(url: str, better: list[str]) -> None:
    match = _HOSTS.match(url)
    assert match
    (image,) = _HOSTS.images(match, NoNetwork())
    assert list(image.urls) == [*better, url]


def test_a_wrapped_link_must_be_a_clean_one() -> None:
    url = "https://i0.wp.com/user@evil.example/a/dawn.jpg"
    match = _HOSTS.match(url)
    assert match is None or _HOSTS.images(match, NoNetwork())[0].urls == (url,)
