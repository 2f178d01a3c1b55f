"""flickr: photo pages, short links and files of every size, towards the largest copy the owner offers.

Sizes and their suffixes: https://www.flickr.com/services/api/misc.urls.html. All sizes of a photo below `h`
share one secret, so the rule can name `b` (1024 px) from any smaller one. `h` and every larger size have a
secret of their own, which only the API or the page tells. Photos of free accounts end at `b`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.messages import Preview
from bowerbird.core.placeholders import Placeholder
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json, fetch_page
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_metadata import page_images, page_metadata
from bowerbird.crawl.hosts.page_or_file import smaller_copies
from bowerbird.net.limiter import Limit

_BASE58: Final = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_SHORT: Final = re.compile(rf"/p/([{_BASE58}]{{1,11}})/?")
_PAGE: Final = re.compile(r"/photos/(?P<user>[^/]{1,64})/(?P<id>[0-9]{1,20})(?:/.*)?")
_ALBUM: Final = re.compile(r"/photos/[^/]{1,64}/(?:sets|albums|galleries)/([0-9]{1,20})(?:/.*)?")
_FILE: Final = re.compile(
    r"(?:/[0-9]{1,3})?/(?P<server>[0-9]{1,8})/(?P<id>[0-9]{1,20})_(?P<secret>[0-9a-f]{6,16})"
    r"(?:_(?P<size>[a-z0-9]{1,2}))?(?:_d)?\.(?P<ext>jpg|jpeg|png|gif)"
)
_END: Final = re.compile(r"(?P<stem>/[0-9]+_[0-9a-f]+)(?:_(?P<size>[a-z0-9]{1,2}))?(?:_d)?\.(?:jpe?g|png)")
_STATIC: Final = re.compile(r"(?:(?:live|c[0-9]|farm[0-9]{1,3})\.)?static\.?flickr\.com")
# From the smallest to the largest; the size without a suffix is 500 px.
_SIZES: Final = ("s", "t", "q", "m", "n", "w", "", "z", "c", "b", "h", "k", "3k", "f", "4k", "5k", "6k", "o")
# The longer side, in pixels, of the sizes that are not cropped. Larger ones are too much for a first look.
_SIDES: Final = {"t": 100, "m": 240, "n": 320, "w": 400, "": 500, "z": 640, "c": 800, "b": 1024}
_FULL: Final = frozenset({"3k", "f", "4k", "5k", "6k", "o"})
# "Service currently unavailable" and "Write operation failed": every method's page lists them.
_BUSY: Final = {"105", "106"}
_REST: Final = "https://api.flickr.com/services/rest/"


@dataclass(frozen=True, slots=True)
class Flickr:
    """`api_key` is the owner's; without it, the page tells."""

    api_key: str | None = None
    host: str = "flickr"
    priority: int = 10

    def with_key(self, key: str) -> Flickr:
        """The same rule with an API key."""
        return replace(self, api_key=key)

    def match(self, url: SplitResult) -> Match | None:
        """The photo's number, from any link that names it."""
        name = domain(url)
        if name == "flic.kr":
            short = _SHORT.fullmatch(url.path)
            return self._photo(str(_base58(short[1])), url) if short else None
        if _STATIC.fullmatch(name):
            file = _FILE.fullmatch(url.path)
            if not file or file["ext"] == "gif":
                return None
            full = file["size"] in _FULL
            return Match(self.host, IMAGE if full else "resized", file["id"], url.geturl())
        if name == "flickr.com" or name.endswith(".flickr.com"):
            return self._page(url)
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The largest copy first; a linked file that is large already is taken as it is."""
        if match.kind == "album":
            raise NoPictureError("a flickr album is a page of links, not a picture")
        if match.kind == IMAGE:
            return (Image(match.id, (match.url,)),)
        if self.api_key:
            return (self._ask(match, self.api_key, fetcher),)
        if match.kind == "resized":
            return (_climb(match, fetcher),)
        return (_read(match, fetcher),)

    def _photo(self, number: str, url: SplitResult) -> Match:
        return Match(self.host, "photo", number, url.geturl())

    def _page(self, url: SplitResult) -> Match | None:
        page = _PAGE.fullmatch(url.path)
        if page:
            return self._photo(page["id"], url)
        album = _ALBUM.fullmatch(url.path)
        if album:
            return Match(self.host, "album", album[1], url.geturl())
        if url.path in {"/photo.gne", "/photo_zoom.gne"}:
            number = "".join(parse_qs(url.query).get("id", []))
            return self._photo(number, url) if re.fullmatch(r"[0-9]{1,20}", number) else None
        return None

    def _ask(self, match: Match, api_key: str, fetcher: Fetcher) -> Image:
        """https://www.flickr.com/services/api/flickr.photos.getSizes.html."""
        query = {
            "method": "flickr.photos.getSizes",
            "api_key": api_key,
            "photo_id": match.id,
            "format": "json",
            "nojsoncallback": "1",
        }
        answer = untrusted.mapping(fetch_json(fetcher, f"{_REST}?{urlencode(query)}"))
        if answer.get("stat") != "ok":
            error = RetryableError if str(answer.get("code")) in _BUSY else PermanentError
            # Reasons are printed and logged; one that repeats the key must not be.
            said = (untrusted.text(answer.get("message")) or "no reason").replace(api_key, "(the key)")
            raise error(f"flickr's API says: {said}")
        sizes = [
            untrusted.mapping(size)
            for size in untrusted.sequence(untrusted.mapping(answer.get("sizes")).get("size"))
        ]
        if any(size.get("media") == "video" for size in sizes):
            raise NoPictureError("it is a video")
        found = [
            untrusted.preview(size.get("source"), size.get("width"), size.get("height")) for size in sizes
        ]
        copies = sorted((copy for copy in found if copy), key=lambda copy: copy.width * copy.height)
        if not copies:
            raise PermanentError("flickr's API shows no size of it")
        best = copies[-1]
        urls = tuple(copy.url for copy in reversed(copies[-3:]))
        return Image(match.id, urls, tuple(copies[:-1])[-16:], best.width, best.height)


def _read(match: Match, fetcher: Fetcher) -> Image:
    """Every copy of this photo that its page names, whether in its metadata or in its script."""
    page = fetch_page(fetcher, f"https://www.flickr.com/photo.gne?id={match.id}")
    text = page.body.decode(errors="replace").replace("\\/", "/")
    named = re.compile(
        rf"live\.staticflickr\.com/[0-9]{{1,8}}/{match.id}_[0-9a-f]{{6,16}}(?:_(?P<size>[a-z0-9]{{1,2}}))?\.(?:jpg|png)\b"
    )
    ranks = {f"https://{found[0]}": _rank(found["size"]) for found in named.finditer(text)}
    if not ranks:
        raise PermanentError("the page shows no photo any more")
    best = sorted(ranks, key=lambda url: ranks[url], reverse=True)
    metadata = page_metadata(page.body)
    shown = page_images(metadata, page.url)[:1]
    width, height = (
        untrusted.pixels(metadata.get(f"og:image:{side}", [None])[0]) if shown and shown[0] in ranks else None
        for side in ("width", "height")
    )
    sides = {url: _SIDES[found] for url in best[1:] if (found := _SIZES[ranks[url]]) in _SIDES}
    previews = smaller_copies(sides, width, height)
    return Image(
        match.id, tuple(best[:3]), previews, *((width, height) if shown == best[:1] else (None, None))
    )


def _climb(match: Match, fetcher: Fetcher) -> Image:
    """From a file's link up. The link alone leads to 1024 px, so the page of a smaller file is asked.

    A page that is gone, or closed to us, leaves what the link alone tells.
    """
    ladder = _ladder(match.url)
    file = _END.search(match.url)
    if file and _rank(file["size"]) > _rank("b"):
        return Image(match.id, ladder)
    below = _below(match.url)
    try:
        found = _read(match, fetcher)
    except (OptedOutError, NoPictureError):
        raise
    except PermanentError:
        return Image(match.id, ladder, below)
    return replace(found, urls=tuple(dict.fromkeys((*found.urls, match.url))))


def _ladder(url: str) -> tuple[str, ...]:
    file = _END.search(url)
    if not file or _rank(file["size"]) >= _rank("b"):
        return (url,)
    return (f"{url[: file.start()]}{file['stem']}_b.jpg", url)


def _below(url: str) -> tuple[Preview, ...]:
    """The copies up to 1024 px, which share the secret of a file's link."""
    file = _END.search(url)
    if not file:
        return ()
    stem = f"{url[: file.start()]}{file['stem']}"
    return smaller_copies({f"{stem}_{size}.jpg": side for size, side in _SIDES.items() if size})


def _rank(size: str | None) -> int:
    return _SIZES.index(size or "") if (size or "") in _SIZES else -1


def _base58(text: str) -> int:
    number = 0
    for character in text:
        number = number * len(_BASE58) + _BASE58.index(character)
    return number


RULE: Final = Flickr()

FACTS: Final = Facts(
    links="photo pages with every suffix, `flic.kr`, files of every size",
    original=(
        "`getSizes` with the owner's key; else all sizes the page names; a file's own ladder ends at 1024 "
        "px, where its secret ends"
    ),
    asks="API or page; a large file: nobody",
    # 3,600 an hour a key: https://www.flickr.com/services/developer/api/
    limits={"api.flickr.com": Limit(3600, 3600, 4)},
    key="flickr_api_key",
    # The picture comes in several languages and sizes.
    placeholders=(
        Placeholder(
            "flickr",
            r"https?://(?:s\.yimg\.com|[a-z0-9.]*flickr\.com|[a-z0-9.]*staticflickr\.com)"
            r"/.*photo_unavailable[a-z_]*\.(?:png|gif|jpg)",
        ),
    ),
    watched=("api.flickr.com", "live.staticflickr.com", "www.flickr.com"),
    widths=tuple(_SIDES.values()),
    examples=(
        Example("http://flic.kr/p/7Afjsu", "photo", "4325695128"),
        Example("http://flic.kr/p/5hruZg", "photo", "2811466321"),
        Example("http://flic.kr/p/9aeit3", "photo", "5355297820"),
        Example("https://flic.kr/p/2ji9tby", "photo", "50077147136"),
        Example("https://www.flickr.com/photos/lcraw/28322212136", "photo", "28322212136"),
        Example("http://www.flickr.com/photos/37724106@N00/47226764/", "photo", "47226764"),
        Example("http://www.flickr.com/photos/ameerkat/5904479978/lightbox/", "photo", "5904479978"),
        Example("https://www.flickr.com/photos/chucksutherland/8378201253/sizes/l", "photo", "8378201253"),
        Example(
            "http://www.flickr.com/photos/thekog/6886709962/sizes/l/in/set-72157629710255725/",
            "photo",
            "6886709962",
        ),
        Example(
            "https://www.flickr.com/photos/ronaldtan/27532895143/in/dateposted-public/",
            "photo",
            "27532895143",
        ),
        Example("https://m.flickr.com/photos/lcraw/28322212136", "photo", "28322212136"),
        Example("https://www.flickr.com/photo.gne?id=28322212136", "photo", "28322212136"),
        Example(
            "https://live.staticflickr.com/65535/50035200063_04da51f720_o.jpg",
            "image",
            "50035200063",
            ("https://live.staticflickr.com/65535/50035200063_04da51f720_o.jpg",),
        ),
        Example(
            "https://c1.staticflickr.com/5/4636/25316407448_de5fbf183d_o.jpg",
            "image",
            "25316407448",
            ("https://c1.staticflickr.com/5/4636/25316407448_de5fbf183d_o.jpg",),
        ),
        Example(
            "https://live.staticflickr.com/65535/50035200063_04da51f720_6k.jpg",
            "image",
            "50035200063",
            ("https://live.staticflickr.com/65535/50035200063_04da51f720_6k.jpg",),
        ),
        Example(
            "https://farm1.staticflickr.com/595/22870282792_4bfe54c113_k.jpg",
            "resized",
            "22870282792",
            ("https://farm1.staticflickr.com/595/22870282792_4bfe54c113_k.jpg",),
        ),
        Example("https://farm8.static.flickr.com/7049/6946979188_25bb44852b.jpg", "resized", "6946979188"),
        Example("https://live.staticflickr.com/7049/6946979188_25bb44852b_z_d.jpg", "resized", "6946979188"),
        Example("http://www.flickr.com/photos/ioerror/sets/905698/", "album", "905698"),
        Example("https://www.flickr.com/photos/ioerror/albums/905698", "album", "905698"),
        Example("https://www.flickr.com/photos/ioerror/"),
        Example("https://www.flickr.com/photo.gne?id=x"),
        Example("https://flic.kr/p/0OIl"),
        Example("https://live.staticflickr.com/65535/buddyicons/x.html"),
        Example("https://live.staticflickr.com/65535/49856789012_0a1b2c3d4e_b.jpg", "resized", "49856789012"),
    ),
)
