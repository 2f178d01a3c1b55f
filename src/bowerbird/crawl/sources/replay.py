"""`replay:FILE.jsonl`: recorded Reddit submissions, one JSON object a line, as the API gives them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bowerbird.core import untrusted
from bowerbird.core.errors import InvalidMessageError, UsageError
from bowerbird.core.post import Post
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.reddit_post import parse_post

_LOG: Final = logging.getLogger(__name__)
_MAX_ID: Final = 512


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """A line is a submission, or a listing's child around one. Any other line is named and left out."""

    path: Path
    name: str = "replay"

    def posts(self) -> Iterator[Post]:
        """Yield posts in file order."""
        try:
            with self.path.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    yield from read_each(
                        self.name,
                        [line],
                        partial(self._post, number),
                        partial(self._line, number),
                    )
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from None

    def _line(self, number: int, _line: bytes) -> str:
        return f"{self.path.name}:{number}"[-_MAX_ID:]

    def _post(self, number: int, line: bytes) -> Post | None:
        if not line.strip():
            return None
        try:
            data = untrusted.json_value(line)
            child = untrusted.mapping(data)
            return parse_post(child["data"] if child.get("kind") == "t3" else data, source=self.name)
        except (ValueError, KeyError):
            _LOG.warning("%s:%d: skipped, for it is not a JSON submission", self.path.name, number)
        except InvalidMessageError as error:
            _LOG.warning("%s:%d: skipped, for it is %s", self.path.name, number, error)
        return None


def _open(argument: str, context: Context) -> ReplaySource:
    del context
    path = Path(argument)
    if not path.is_file():
        raise UsageError(f"there is no file {argument}; replay:FILE.jsonl reads recorded submissions")
    return ReplaySource(path)


SPEC: Final = SourceSpec(
    "replay:FILE.jsonl",
    _open,
    reads="recorded submissions of Reddit, one a line",
    order="file",
    live=False,
    a_day="-",
    unknown="what the recording leaves out",
    family="reddit",
)
