"""What wikis that run MediaWiki have in common: pages about files, and an API that tells where a file lies.

https://www.mediawiki.org/wiki/API:Imageinfo; namespaces in any language answer to `File:`:
https://www.mediawiki.org/wiki/Manual:Namespace.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json
from bowerbird.crawl.hosts.base import Image, NoPictureError

#: The widths in which Wikimedia scales, and no others: https://www.mediawiki.org/wiki/Common_thumbnail_sizes.
WIDTHS: Final = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)

# The word before the colon is in the wiki's own language, so the suffix tells a file from another page. Names
# of files also follow `Talk:` and its like, and no language writes those without a space or an underscore.
_TITLE: Final = re.compile(
    r"(?:(?:File|Image|Datei|Fichier|Archivo)|[^\W_]{2,24}(?=:[^|#]*\.(?:jpe?g|jpe|png|webp|gif|tiff?|svg)\Z))"
    r":(?P<name>[^/?#|]{1,240})",
    re.IGNORECASE,
)
_NO_FILES: Final = frozenset({"category", "draft", "help", "portal", "special", "talk", "template", "user"})
_FOLDERS: Final = ("/wiki/", "/media/")
_BY_NAME: Final = re.compile(
    r".*/wiki/Special:(?:FilePath|Redirect/file)/(?P<name>[^/?#|]{1,240})", re.IGNORECASE
)
_TYPES: Final = {"image/jpeg", "image/png", "image/webp"}
# A scaled copy stands in where the original is a TIFF, or too large to take.
_SCALED_WIDTH: Final = WIDTHS[-1]


def file_title(url: SplitResult) -> str | None:
    """The name of the file that a wiki's page is about, without its namespace.

    `#/media/File:…` is the viewer that opens over an article.
    """
    path = unquote(url.path)
    by_name = _BY_NAME.fullmatch(path)
    if by_name:
        return by_name["name"]
    title = "".join(parse_qs(url.query).get("title", [])[:1]) if path.endswith("/index.php") else ""
    shown = (unquote(url.fragment), path)
    names = [title, *(text.partition(folder)[2] for text in shown for folder in _FOLDERS if folder in text)]
    return next((name for each in names if (name := _name(each))), None)


def wiki_file(api: str, name: str, fetcher: Fetcher) -> Image:
    """The file of that name, as the wiki's `api.php` tells of it.

    Raises:
        NoPictureError: it is a drawing, a sound, a film.
        PermanentError: the wiki has no such file.
        RetryableError: the wiki could not be asked now.
    """
    query = {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "redirects": "1",
        "prop": "imageinfo",
        "iiprop": "url|size|mime",
        "iiurlwidth": str(_SCALED_WIDTH),
        "titles": f"File:{name}",
    }
    answer = untrusted.mapping(fetch_json(fetcher, f"{api}?{urlencode(query, quote_via=quote)}"))
    pages = untrusted.sequence(untrusted.mapping(answer.get("query")).get("pages"))
    infos = untrusted.sequence(untrusted.mapping(pages[0] if pages else None).get("imageinfo"))
    info = untrusted.mapping(infos[0] if infos else None)
    original, scaled = untrusted.link(info.get("url")), untrusted.link(info.get("thumburl"))
    if not original:
        raise PermanentError("the wiki has no such file")
    if info.get("mime") == "image/tiff" and scaled:
        return Image(name, (scaled,))
    if str(info.get("mime")) not in _TYPES:
        raise NoPictureError("it is no photograph's format")
    urls = (original, scaled) if scaled and scaled != original else (original,)
    width, height = untrusted.pixels(info.get("width")), untrusted.pixels(info.get("height"))
    return Image(name, urls, (), width, height)


def _name(title: str) -> str | None:
    found = _TITLE.fullmatch(title)
    space = title.partition(":")[0].lower()
    return found["name"] if found and space not in _NO_FILES else None
