"""Fakes of the ports that the crawl uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched
from bowerbird.core.post import Post
from bowerbird.core.reasons import Word


@dataclass
class FakeFetcher:
    """Answers by URL, in order when there are several, or `otherwise`; without it the rest is gone."""

    answers: dict[str, list[bytes | Exception]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    otherwise: bytes | Exception = field(
        default_factory=lambda: PermanentError("nothing is there", Word.GONE)
    )

    def fetch(
        self, url: str, *, accept: str, max_bytes: int, headers: Mapping[str, str] | None = None, **_: object
    ) -> Fetched:
        assert accept
        assert max_bytes > 0
        self.asked.append(url)
        self.headers.append(dict(headers or {}))
        waiting = self.answers.get(url) or [self.otherwise]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return Fetched(url, 200, {}, answer)


class NoNetwork:
    """A fetcher that must not be asked."""

    def fetch(
        self, url: str, *, accept: str, max_bytes: int, headers: Mapping[str, str] | None = None, **_: object
    ) -> Fetched:
        raise AssertionError(f"asked for {url} with {accept}, {max_bytes}, {headers}")


@dataclass
class FakeSource:
    """Posts from a list."""

    given: Sequence[Post]
    name: str = "fake"

    def posts(self) -> Iterator[Post]:
        yield from self.given
