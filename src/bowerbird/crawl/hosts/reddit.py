"""Reddit's own pictures, and links to its pages, whose pictures only a listing shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.placeholders import Placeholder
from bowerbird.core.ports import Fetcher
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts

# `preview.redd.it` names a file `slug-of-the-title-v0-ID.ext`; `i.redd.it` has the same file as `ID.ext`.
_FILE: Final = re.compile(
    r"/(?:[^/]*-v0-)?(?P<id>[0-9A-Za-z_]{1,32})\.(?:(?P<ext>jpe?g|png|webp)|(?P<gif>gif)|mp4|gifv)",
    re.IGNORECASE,
)
_PAGES: Final = (
    ("gallery", re.compile(r"/gallery/([0-9a-z]{1,12})(?:/|\Z)", re.IGNORECASE)),
    ("video", re.compile(r"/video/([0-9a-z]{1,16})(?:/|\Z)", re.IGNORECASE)),
    (
        "submission",
        re.compile(r"(?:/(?:r|u|user)/[\w.-]+)?/(?:comments|info|tb)/([0-9A-Za-z]{1,12})(?:/|\Z)"),
    ),
    ("share", re.compile(r"/(?:r|u|user)/[\w.-]+/s/([0-9A-Za-z]{1,16})(?:/|\Z)")),
)
_FILES: Final = {"i.redd.it", "preview.redd.it"}
# Names with one shape of link, which stays as it is: a signature covers the whole of a preview's.
_WHOLE: Final = {
    "external-preview.redd.it": ("preview", re.compile(r"/([\w-]{1,64})(?:\.\w{1,5})?", re.ASCII)),
    "i.reddituploads.com": ("preview", re.compile(r"/([0-9a-f]{32})")),
    "v.redd.it": ("video", re.compile(r"/(\w{1,32})(?:/.*)?", re.ASCII)),
    "redd.it": ("submission", re.compile(r"/([0-9A-Za-z]{1,12})/?")),
}


@dataclass(frozen=True, slots=True)
class Reddit:
    """Answers from the link alone: the original, then the signed preview where that was the link."""

    host: str = "reddit"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """`i.redd.it`, its previews, videos, and pages under all of Reddit's names."""
        name = domain(url)
        if name in _FILES:
            return self._file(url, name)
        if name in _WHOLE:
            kind, pattern = _WHOLE[name]
            found = pattern.fullmatch(url.path)
            return Match(self.host, kind, found[1], url.geturl()) if found else None
        if name == "reddit.com" or name.endswith(".reddit.com"):
            return self._page(url)
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The file of a picture link; pages are a listing's to show."""
        del fetcher
        if match.kind == "gallery":
            raise PermanentError(
                "this source does not show what a gallery holds; reddit and arctic-shift do", Word.NO_LOOKUP
            )
        if match.kind in {"submission", "share"}:
            raise NoPictureError("it links to another submission, which has its own candidates")
        if match.kind == "resized":
            extension = urlsplit(match.url).path.rsplit(".", 1)[-1]
            return (Image(match.id, (f"https://i.redd.it/{match.id}.{extension}", match.url)),)
        return (Image(match.id, (match.url,)),)

    def _file(self, url: SplitResult, name: str) -> Match | None:
        found = _FILE.fullmatch(url.path)
        if not found:
            return None
        if not found["ext"]:
            return Match(self.host, "animation" if found["gif"] else "video", found["id"], url.geturl())
        if name == "preview.redd.it":
            return Match(self.host, "resized", found["id"], url.geturl())
        return Match(self.host, IMAGE, found["id"], f"https://i.redd.it{url.path}")

    def _page(self, url: SplitResult) -> Match | None:
        if url.path == "/media":  # the app's viewer: the picture's link is a parameter
            inner = untrusted.link("".join(parse_qs(url.query).get("url", [])))
            parts = urlsplit(inner) if inner else None
            return self.match(parts) if parts and domain(parts) in {*_FILES, *_WHOLE} else None
        for kind, pattern in _PAGES:
            found = pattern.match(url.path)
            if found:
                return Match(self.host, kind, found[1], url.geturl())
        return None


RULE: Final = Reddit()

FACTS: Final = Facts(
    links=(
        "`i.redd.it`, `preview.redd.it`, `external-preview.redd.it`, `i.reddituploads.com`, `v.redd.it`, "
        "galleries, pages under all of Reddit's names, short links, the viewer's `media?url=`"
    ),
    original="the listing; a `preview.redd.it` link names its `i.redd.it` file; signed links stay whole",
    placeholders=(Placeholder("Reddit", size=("PNG", 130, 60)),),
    watched=("external-preview.redd.it", "i.redd.it", "preview.redd.it"),
    widths=(108, 216, 320, 640, 960, 1080),
    examples=(
        Example(
            "https://i.redd.it/z5mux8w0bgx21.jpg",
            "image",
            "z5mux8w0bgx21",
            ("https://i.redd.it/z5mux8w0bgx21.jpg",),
        ),
        Example(
            "http://i.redd.it/z5mux8w0bgx21.png?x=1",
            "image",
            "z5mux8w0bgx21",
            ("https://i.redd.it/z5mux8w0bgx21.png",),
        ),
        Example(
            "https://I.REDD.IT/z5mux8w0bgx21.JPG",
            "image",
            "z5mux8w0bgx21",
            ("https://i.redd.it/z5mux8w0bgx21.JPG",),
        ),
        Example("https://i.redd.it/z5mux8w0bgx21.gif", "animation", "z5mux8w0bgx21"),
        Example("https://i.redd.it/z5mux8w0bgx21.mp4", "video", "z5mux8w0bgx21"),
        Example(
            "https://preview.redd.it/z5mux8w0bgx21.jpg?width=640&s=abc",
            "resized",
            "z5mux8w0bgx21",
            (
                "https://i.redd.it/z5mux8w0bgx21.jpg",
                "https://preview.redd.it/z5mux8w0bgx21.jpg?width=640&s=abc",
            ),
        ),
        Example(
            "https://preview.redd.it/dawn-at-the-lake-v0-z5mux8w0bgx21.jpeg?width=640&s=abc",
            "resized",
            "z5mux8w0bgx21",
            (
                "https://i.redd.it/z5mux8w0bgx21.jpeg",
                "https://preview.redd.it/dawn-at-the-lake-v0-z5mux8w0bgx21.jpeg?width=640&s=abc",
            ),
        ),
        Example(
            "https://external-preview.redd.it/Ab_c-9.jpg?auto=webp&s=abc",
            "preview",
            "Ab_c-9",
            ("https://external-preview.redd.it/Ab_c-9.jpg?auto=webp&s=abc",),
        ),
        Example(
            "https://www.reddit.com/media?url=https%3A%2F%2Fi.redd.it%2Fabc.png",
            "image",
            "abc",
            ("https://i.redd.it/abc.png",),
        ),
        Example(
            "https://www.reddit.com/media?url=https%3A%2F%2Fpreview.redd.it%2Fabc.png%3Fs%3D1",
            "resized",
            "abc",
            ("https://i.redd.it/abc.png", "https://preview.redd.it/abc.png?s=1"),
        ),
        Example("https://v.redd.it/vutpixgde3w01", "video", "vutpixgde3w01"),
        Example("https://v.redd.it/vutpixgde3w01/DASH_720.mp4", "video", "vutpixgde3w01"),
        Example("https://www.reddit.com/gallery/1ski9rr", "gallery", "1ski9rr"),
        Example("https://www.reddit.com/video/vutpixgde3w01", "video", "vutpixgde3w01"),
        Example("https://old.reddit.com/r/pics/comments/abc12/dawn/", "submission", "abc12"),
        Example("https://np.reddit.com/r/pics/comments/abc12", "submission", "abc12"),
        Example("https://m.reddit.com/comments/abc12", "submission", "abc12"),
        Example("https://new.reddit.com/user/some-one/comments/abc12/x", "submission", "abc12"),
        Example("http://reddit.com/info/1gre7/comments", "submission", "1gre7"),
        Example(
            "https://i.reddituploads.com/700ca9869b714716a22c8dbdb97c263e?fit=max&h=1536&s=5d",
            "preview",
            "700ca9869b714716a22c8dbdb97c263e",
            ("https://i.reddituploads.com/700ca9869b714716a22c8dbdb97c263e?fit=max&h=1536&s=5d",),
        ),
        Example("https://redd.it/abc12", "submission", "abc12"),
        Example("https://www.reddit.com/r/pics/s/AbCdEf1234", "share", "AbCdEf1234"),
        Example("https://www.reddit.com/media?url=https%3A%2F%2Fevil.example%2Fabc.png"),
        Example("https://www.reddit.com/media"),
        Example("https://www.reddit.com/r/pics/"),
        Example("https://reddit.com"),
        Example("https://i.redd.it/"),
        Example("https://notreddit.com/r/pics/comments/abc12/"),
        Example("https://i.redd.it:8080/abc"),
        Example(
            "https://www.reddit.com/media?url=https%3A%2F%2Fexternal-preview.redd.it%2FabcDEF_-1.jpg%3Fauto%3Dwebp%26s%3D12",
            "preview",
            "abcDEF_-1",
            ("https://external-preview.redd.it/abcDEF_-1.jpg?auto=webp&s=12",),
        ),
    ),
)
