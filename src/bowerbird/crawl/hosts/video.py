"""Sites that show videos: known, so that their links are skipped by name and not as strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts

_SITES: Final = {
    "cameo.com",
    "clips.twitch.tv",
    "dailymotion.com",
    "gfycat.com",
    "giphy.com",
    "medal.tv",
    "redgifs.com",
    "rumble.com",
    "streamable.com",
    "streamff.com",
    "streamin.me",
    "tenor.com",
    "tiktok.com",
    "twitch.tv",
    "vimeo.com",
    "youtu.be",
    "youtube.com",
}


@dataclass(frozen=True, slots=True)
class Video:
    """Every page of these sites but the front page."""

    host: str = "video"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """By the site's name, whatever stands before it."""
        name = domain(url)
        if name not in _SITES and not name.endswith(tuple(f".{site}" for site in _SITES)):
            return None
        shown = url.path.strip("/")
        return Match(self.host, "video", digest(f"{shown}?{url.query}")[:16], url.geturl()) if shown else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """Raise `NoPictureError`: a video is not a picture."""
        del fetcher
        raise NoPictureError(f"{match.url} is a video")


RULE: Final = Video()

FACTS: Final = Facts(
    links="YouTube, Vimeo, gfycat, Streamable…",
    original="skipped by name",
    examples=(
        Example("https://www.youtube.com/watch?v=8TdX7i2lHd4", "video", "7c0cd95504ea24a8"),
        Example("https://youtu.be/8TdX7i2lHd4", "video", "31aab759fd941e6c"),
        Example("https://gfycat.com/dangerousgleamingfirefly", "video", "b9c8f13438815f32"),
        Example("https://v.cameo.com/3VIq9Yfa8cb", "video", "af498f4fa9adbbce"),
        Example("http://www.youtube.com"),
        Example("https://notyoutube.com/watch"),
    ),
)
