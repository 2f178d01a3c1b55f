"""Remembers posts whose pictures their site has not made ready yet, and when to look at each again.

A picture that is not ready is late, and seldom broken. In a recorded poll of r/all, six galleries were 14 to
21 seconds old, and Reddit called 12 of their 26 pictures `failed`. In seventeen older galleries it was 2 of
77.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bowerbird.core.post import Post

#: Seconds from one look to the next. Most pictures are late by less than a minute. The long waits are for a
#: slow site, and each costs a hundredth of a request.
WAITS: Final = (120.0, 600.0, 3600.0)

#: The most posts that wait at once. r/all brings 36 galleries a minute, and few wait longer than the first
#: look.
MAX_WAITING: Final = 3000

#: Ids asked for at once: what Reddit takes, https://www.reddit.com/dev/api#GET_api_info
IDS: Final = 100


@dataclass(frozen=True, slots=True)
class Wait:
    """A post that is looked at again.

    `asked` is when it was last asked for, in seconds since 1970. `looks` is how often it was asked for since
    it was found. `given` are the pictures that were handed out.
    """

    asked: float
    looks: int = 0
    given: tuple[str, ...] = ()

    def due(self, now: float) -> bool:
        """Whether it is time. A clock that was set back by more than the wait must not make it longer."""
        return abs(now - self.asked) >= WAITS[min(self.looks, len(WAITS) - 1)]

    @property
    def last(self) -> bool:
        """Tell whether the next look is the last."""
        return self.looks + 1 >= len(WAITS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The posts that wait; of a run, also those that need not any more: they are `settled`."""

    posts: dict[str, Wait] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()

    def joined(self, run: Waiting) -> Waiting:
        """What waits after a run. One that ends late may bring back, for one look, what another settled."""
        both = self.posts | {
            name: wait
            for name, wait in run.posts.items()
            if name not in self.posts or wait.looks >= self.posts[name].looks
        }
        left = sorted(
            ((name, wait) for name, wait in both.items() if name not in run.settled),
            key=lambda item: item[1].asked,
        )
        return Waiting(dict(left[-MAX_WAITING:]))

    def encoded(self) -> list[list[Any]]:
        """As JSON."""
        return [[name, wait.asked, wait.looks, list(wait.given)] for name, wait in self.posts.items()]

    @classmethod
    def decoded(cls, data: list[list[Any]]) -> Waiting:
        """From JSON.

        Raises:
            ValueError, TypeError: not what `encoded` wrote.
        """
        posts = {
            str(name): Wait(float(asked), int(looks), tuple(map(str, given)))
            for name, asked, looks, given in data
        }
        if any(wait.looks < 0 or not math.isfinite(wait.asked) for wait in posts.values()):
            raise ValueError("a post waits since never")
        return cls(posts)


class Looks:
    """What one run does about such posts: it finds some, looks at others again, and settles them.

    `came_good` and `given_up` count posts. `possible` says whether the source can be asked by id.
    """

    def __init__(
        self, waiting: Mapping[str, Wait], *, possible: bool, clock: Callable[[], float] = time.time
    ) -> None:
        self._waiting = waiting
        self._possible = possible
        self._clock = clock
        self._posts: dict[str, Wait] = {}
        self._settled: set[str] = set()
        self.came_good = self.given_up = 0

    def done(self) -> Waiting:
        """Return what this run changes."""
        return Waiting(dict(self._posts), frozenset(self._settled))

    def due(self) -> list[str]:
        """Return the posts to ask for, those first that have waited longest."""
        now = self._clock()
        waits = [(wait.asked, name) for name, wait in self._waiting.items() if wait.due(now)]
        return [name for _, name in sorted(waits) if name not in self._posts and name not in self._settled]

    def met(self, post: Post) -> Post:
        """A listing shows this post: it is `final` when nobody will look at it again."""
        return replace(post, final=True) if post.unfinished and not self._worth(post) else post

    def handed_out(self, post: Post) -> None:
        """Note that the answer of `met` has been used."""
        if post.unfinished and post.final:
            self.given_up += 1
        elif post.unfinished and self._possible:
            self._posts[post.submission.id] = Wait(self._clock(), given=_ids(post))

    def again(
        self, by_id: Callable[[Sequence[str]], Iterable[Post]], allowed: Callable[[], bool]
    ) -> Iterator[Post]:
        """Ask for the posts that are due, while requests are allowed, and yield what there is to hand out.

        Raises what `by_id` does. Then the posts that were asked for are due as before.
        """
        due = self.due()
        while due and allowed():
            names, due = due[:IDS], due[IDS:]
            answers = {post.submission.id: post for post in by_id(names) if not post.unreadable}
            for name in names:
                shown = self.shows(name, answers.get(name))
                if shown:
                    yield shown
                # Only when the next one is asked for: whoever stops here may not have used it.
                self.looked(name, answers.get(name))

    def shows(self, name: str, post: Post | None) -> Post | None:
        """What is left to hand out of a post that was asked for again; None when there is nothing to add.

        Pictures that were handed out before are left out. `post` is None when the source does not have it.
        """
        wait = self._waiting[name]
        if post is None:
            return None
        fresh = tuple(each for each in post.attachments if each.id not in wait.given)
        ended = not post.unfinished or wait.last
        if fresh or (ended and not wait.given):
            return replace(post, attachments=fresh, final=post.unfinished and wait.last)
        return None

    def looked(self, name: str, post: Post | None) -> None:
        """Note that the answer of `shows` has been used."""
        wait = self._waiting[name]
        if post is not None and not post.unfinished:
            self.came_good += post.removed is None
            self.given_up += post.removed is not None
            self._settled.add(name)
        elif wait.last:
            self.given_up += 1
            self._settled.add(name)
        else:
            given = dict.fromkeys(wait.given + (_ids(post) if post else ()))
            self._posts[name] = Wait(self._clock(), wait.looks + 1, tuple(given))

    def _worth(self, post: Post) -> bool:
        """A post that is older than its last look would be has had its time."""
        born = post.submission.created_utc
        young = born is None or self._clock() - born < sum(WAITS)
        return not self._possible or (young and len(self._waiting) + len(self._posts) < MAX_WAITING)


def _ids(post: Post) -> tuple[str, ...]:
    return tuple(each.id for each in post.attachments)
