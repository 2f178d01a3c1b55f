from __future__ import annotations

import pytest

from bowerbird.imaging import looks_removed

DATA = b"any picture"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://i.imgur.com/removed.png", "imgur"),
        ("http://imgur.com/removed.png?1", "imgur"),
        ("https://s.yimg.com/pw/images/en-us/photo_unavailable.png", "flickr"),
        ("https://s.yimg.com/pw/images/photo_unavailable_l.png", "flickr"),
        ("https://www.flickr.com/images/photo_unavailable.gif", "flickr"),
        ("https://i.imgur.com/abcdefg.png", None),
        ("https://i.imgur.com/removed.png/abc.jpg", None),
        ("https://example.com/removed.png", None),
        ("https://example.com/?from=https://i.imgur.com/removed.png", None),
        ("https://live.staticflickr.com/65535/1_abc_o.jpg", None),
    ],
)
def test_where_hosts_redirect_to(url: str, host: str | None) -> None:
    assert looks_removed(DATA, url=url) == host


@pytest.mark.parametrize(
    ("image_format", "size", "host"),
    [
        ("PNG", (161, 81), "imgur"),
        ("PNG", (130, 60), "Reddit"),
        ("JPEG", (161, 81), None),
        ("PNG", (162, 81), None),
        ("PNG", (81, 161), None),
    ],
)
def test_the_placeholders_own_size(image_format: str, size: tuple[int, int], host: str | None) -> None:
    url = "https://i.imgur.com/abcdefg.png"
    assert looks_removed(DATA, url=url, image_format=image_format, size=size) == host
