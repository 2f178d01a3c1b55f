"""`urls:FILE`: links of any kind that a host rule knows, one a line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.core import untrusted
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.post import Post
from bowerbird.crawl.sources.base import Context, SourceSpec

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UrlsSource:
    """Empty lines and lines that start with `#` are comments. A submission's id is made of its link."""

    path: Path
    name: str = "urls"

    def posts(self) -> Iterator[Post]:
        """Yield one post a link, in file order."""
        try:
            with self.path.open(encoding="utf-8", errors="replace") as lines:
                for number, line in enumerate(lines, start=1):
                    text = line.strip()
                    if not text or text.startswith("#"):
                        continue
                    link = untrusted.link(text)
                    if link is None:
                        _LOG.warning("%s:%d: skipped, for it is no http(s) link", self.path.name, number)
                        continue
                    yield Post(Submission(self.name, f"url_{digest(link)[:16]}", url=link), link=link)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from None


def _open(argument: str, context: Context) -> UrlsSource:
    del context
    path = Path(argument)
    if not path.is_file():
        raise UsageError(f"there is no file {argument}; urls:FILE reads one link a line")
    return UrlsSource(path)


SPEC: Final = SourceSpec(
    "urls:FILE",
    _open,
    reads="links that a host rule knows, one a line",
    order="file",
    live=False,
    a_day="-",
    unknown="all but the link",
)
