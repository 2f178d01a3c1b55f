"""Reddit's own pictures are known from their links."""

from __future__ import annotations

import pytest

from bowerbird.core.errors import PermanentError
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import NoPictureError
from tests.unit.crawl.fakes import NoNetwork

_HOSTS = Hosts.found()


@pytest.mark.parametrize(
    ("url", "urls"),
    [
        ("http://i.redd.it/abc.jpg?x=1", ("https://i.redd.it/abc.jpg",)),
        (
            "https://preview.redd.it/a-title-v0-abc.png?width=64&s=f0",
            ("https://i.redd.it/abc.png", "https://preview.redd.it/a-title-v0-abc.png?width=64&s=f0"),
        ),
        ("https://external-preview.redd.it/Ab.jpg?s=f0", ("https://external-preview.redd.it/Ab.jpg?s=f0",)),
        (
            "https://www.reddit.com/media?url=https%3A%2F%2Fi.redd.it%2Fabc.png",
            ("https://i.redd.it/abc.png",),
        ),
    ],
)
def test_the_original_comes_first(url: str, urls: tuple[str, ...]) -> None:
    match = _HOSTS.match(url)
    assert match
    assert _HOSTS.images(match, NoNetwork())[0].urls == urls


@pytest.mark.parametrize(
    ("url", "error", "reason"),
    [
        ("https://redd.it/abc12", NoPictureError, "another submission"),
        ("https://www.reddit.com/r/pics/s/AbC", NoPictureError, "another submission"),
        ("https://www.reddit.com/gallery/abc12", PermanentError, "no-lookup: this source does not show"),
    ],
)
def test_a_page_shows_nothing_by_itself(url: str, error: type[Exception], reason: str) -> None:
    match = _HOSTS.match(url)
    assert match
    with pytest.raises(error, match=reason):
        _HOSTS.images(match, NoNetwork())
