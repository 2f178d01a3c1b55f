"""Fandom's files: the file's name stands inside the path, and how it is scaled behind it.

Without `format=original` the server answers with WebP: https://github.com/Wikia/vignette.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlencode, urlsplit

from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import STILL, Image, Match, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.mediawiki import file_title, wiki_file
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAME: Final = re.compile(r"(?:static|vignette[0-9]?|images[0-9]?)\.wikia\.nocookie\.net")
_FILE: Final = re.compile(
    rf"(?P<file>/(?:[^/]{{1,80}}/){{1,4}}images(?:/thumb)?/[0-9a-f]/[0-9a-f]{{2}}/(?P<id>[^/]{{1,240}}\.(?:{STILL})))"
    r"(?:/revision/(?P<revision>[0-9]{1,20}|latest))?(?:/.{1,300})?",
    re.IGNORECASE,
)
# What says which file it is, rather than how large.
_KEPT: Final = ("cb", "path-prefix")
_SITE: Final = re.compile(r"[a-z0-9-]{1,63}\.(?:fandom|wikia)\.(?:com|org)")
_LANGUAGE: Final = re.compile(r"/(?P<code>[a-z]{2,3}(?:-[a-z]{2,4})?)(?=/wiki/)")


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if _NAME.fullmatch(domain(url)) else None
    if not found:
        return None
    query = parse_qs(url.query)
    kept = [(name, query[name][0]) for name in _KEPT if name in query]
    path = f"{found['file'].replace('/images/thumb/', '/images/')}/revision/{found['revision'] or 'latest'}"
    original = f"https://{url.hostname}{path}?{urlencode([*kept, ('format', 'original')], safe='/')}"
    return File(unquote(found["id"]), () if original == url.geturl() else (original,))


class _Wikia(PageOrFile):
    """Files by their links, and pages of files by the wiki's API."""

    __slots__ = ()

    def match(self, url: SplitResult) -> Match | None:
        """Files, and pages of files on any wiki of Fandom's."""
        title = file_title(url) if _SITE.fullmatch(domain(url)) else None
        return Match(self.host, "file-page", title, url.geturl()) if title else super().match(url)

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The upload."""
        if match.kind != "file-page":
            return super().images(match, fetcher)
        url = urlsplit(match.url)
        language = _LANGUAGE.match(url.path)
        folder = f"/{language['code']}" if language else ""
        return (wiki_file(f"https://{url.hostname}{folder}/api.php", match.id, fetcher),)


RULE: Final = _Wikia("wikia", _file)

FACTS: Final = Facts(
    links="`static.wikia.nocookie.net`, file pages of Fandom's wikis",
    original="`format=original`, unscaled",
    asks="API for pages",
    examples=(
        Example(
            "https://static.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest/scale-to-width-down/350?cb=20200101",
            "resized",
            "Aslan_view.jpg",
            (
                "https://static.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&format=original",
                "https://static.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest/scale-to-width-down/350?cb=20200101",
            ),
        ),
        Example(
            "https://static.wikia.nocookie.net/mushi-shi/images/f/f8/Yahagi.png/revision/latest?cb=20150128052255",
            "resized",
            "Yahagi.png",
            (
                "https://static.wikia.nocookie.net/mushi-shi/images/f/f8/Yahagi.png/revision/latest?cb=20150128052255&format=original",
                "https://static.wikia.nocookie.net/mushi-shi/images/f/f8/Yahagi.png/revision/latest?cb=20150128052255",
            ),
        ),
        Example(
            "https://vignette.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&path-prefix=de",
            "resized",
            "Aslan_view.jpg",
            (
                "https://vignette.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&path-prefix=de&format=original",
                "https://vignette.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&path-prefix=de",
            ),
        ),
        Example(
            "https://static.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&format=original",
            "image",
            "Aslan_view.jpg",
            (
                "https://static.wikia.nocookie.net/narnia/images/4/4a/Aslan_view.jpg/revision/latest?cb=20200101&format=original",
            ),
        ),
        Example("https://narnia.fandom.com/wiki/File:Aslan_view.jpg", "file-page", "Aslan_view.jpg"),
        Example("https://narnia.fandom.com/de/wiki/Datei:Aslan_view.jpg", "file-page", "Aslan_view.jpg"),
        Example("https://narnia.fandom.com/wiki/Aslan"),
    ),
)
