"""Follows one run through a listing, post by post: the posts it has seen, and the spans that they cover."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bowerbird.core.post import Post
from bowerbird.crawl.following.coverage import Edge, Knowledge, Rank, Span

#: The run takes a step between neighbours for a jump when it is this many times the mean step. Then it got a
#: page from an old cache, which leaves out newer posts. Posts that arrive by chance, independently of each
#: other, make such a step only once in e^20 steps.
JUMP: Final = 20

#: How many steps it takes until their mean can be relied on.
_STEPS: Final = 20

_FULLNAME: Final = re.compile(r"t3_([0-9a-z]{1,16})")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def fullname(rank: int) -> str:
    """Reddit's name of the post with this number: `t3_` and base 36."""
    digits = ""
    while rank:
        rank, digit = divmod(rank, 36)
        digits = _DIGITS[digit] + digits
    return f"t3_{digits or 0}"


class Run:
    """Notes posts as a source yields them, newest first.

    `order` says how the source orders its posts: by `id`, by `time`, or `none`.
    """

    def __init__(self, order: str) -> None:
        self._order = order
        self.seen: dict[str, Rank | None] = {}
        self.spans: list[Span] = []
        self.read = self.new = 0
        self.exhausted = False
        self._top: Edge | None = None
        self._last: Edge | None = None
        self._last_new = True
        self._steps = 0
        self._travelled: Rank = 0

    def rank(self, post: Post) -> Rank | None:
        """Return a post's place in the source's order; None when it is not known."""
        if self._order == "id" and (match := _FULLNAME.fullmatch(post.submission.id)):
            return int(match[1], 36)
        return post.submission.created_utc if self._order == "time" else None

    def note(self, post: Post, *, new: bool) -> None:
        """Note the post that comes next in the listing."""
        rank = self.rank(post)
        self._count(post, rank, new=new)
        if rank is None:
            return
        edge = Edge(rank, post.submission.created_utc)
        if self._last is not None and self._top is not None:
            step = self._last.rank - rank
            # An earlier run may have seen both posts as neighbours. Then nothing hides between them.
            if (
                (new or self._last_new)
                and self._steps >= _STEPS
                and step * self._steps > JUMP * self._travelled
            ):
                self.spans.append(Span(self._last, self._top))
                self._top = edge
            elif step > 0:
                self._steps += 1
                self._travelled += step
        self._top = max(self._top or edge, edge)
        self._last, self._last_new = edge, new

    def fill(self, post: Post) -> None:
        """Note a post that was asked for by id."""
        self._count(post, self.rank(post), new=True)

    def knowledge(self) -> Knowledge:
        """Return what this run has read."""
        here = [Span(self._last, self._top)] if self._last and self._top else []
        knowledge = Knowledge(dict(self.seen), tuple(self.spans + here))
        return replace(knowledge, abandoned=self._last.rank) if self._last and self.exhausted else knowledge

    def _count(self, post: Post, rank: Rank | None, *, new: bool) -> None:
        self.seen[post.submission.id] = rank
        self.read += 1
        self.new += new
