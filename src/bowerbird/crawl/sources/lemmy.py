"""Reads any Lemmy instance by its open API. Of what needs no account, this is closest to r/all.

https://join-lemmy.org/docs/contributors/04-api.html. The source asks by version 3 first, which Lemmy 1.0 goes
on answering. It asks an instance that does not know version 3 by version 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import merge
from typing import Final, TypeVar
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.lemmy_post import identity_of, parse_view
from bowerbird.crawl.sources.listing import DamagedPageError, Listing
from bowerbird.crawl.sources.live import asking, follow

ACCEPT: Final = "application/json"

#: FETCH_LIMIT_MAX: https://github.com/LemmyNet/lemmy/blob/main/crates/db_schema/src/utils.rs
PAGE: Final = 50

_INSTANCE: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")
_COMMUNITY: Final = re.compile(r"!?(?P<name>[A-Za-z0-9_]{1,50}(?:@[A-Za-z0-9.-]{1,253})?)")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the API: where it lies, its words for everything and newest first, and how to go on.

    With `numbered`, a reader that gets no cursor asks for the next page by number.
    """

    path: str
    everything: str
    newest: str
    numbered: bool


V3: Final = Version("api/v3", "All", "New", numbered=True)
V4: Final = Version("api/v4", "all", "new", numbered=False)


class LemmySource:
    """All posts an instance knows, or those of communities (`earthporn`, `earthporn@lemmy.world`)."""

    order = "time"
    authoritative = True

    def __init__(  # noqa: PLR0913 - three have a default, of which only kin of Lemmy know
        self,
        listing: Listing,
        instance: str,
        communities: Sequence[str] = (),
        *,
        scheme: str = "https",
        kind: str = "lemmy",
        versions: tuple[Version, ...] = (V3, V4),
    ) -> None:
        self.name = f"{kind}:{checked_instance(kind, instance, 'lemmy.world')}"
        self._listing = listing
        self._base = f"{scheme}://{instance}"
        self._versions = versions
        self._communities = [_community(item) for item in "+".join(communities).split("+") if item.strip()]

    def posts(self) -> Iterator[Post]:
        """Page back as far as the budget allows; errors as for `Source.posts`."""
        streams = [self._stream(name) for name in self._communities or [""]]
        return merge(*streams, key=lambda post: -(post.submission.created_utc or 0.0))

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission is of this instance: each counts its posts from 1."""
        return source == self.name and submission.isdecimal()

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Those of these posts that the instance still shows, one request each; errors as for `posts`."""
        for identity in ids:
            if not self._listing.open:
                raise SourceUnreachableError(f"{self.name}: the budget ended before all posts were asked for")
            try:
                view = self._ask(partial(_one, identity), _view)
            except UsageError:  # 404: deleted, removed or purged
                continue
            yield from read_each(self.name, [view], self._post, identity_of)

    def _post(self, view: object) -> Post | None:
        return parse_view(view, self.name)

    def _stream(self, community: str) -> Iterator[Post]:
        place: dict[str, str | int] = {"limit": PAGE}
        if community:
            place["community_name"] = community
        number, last = 1, set[str]()
        while self._listing.open:
            views, cursor = self._ask(partial(_list, place), _page)
            posts = list(read_each(self.name, views, self._post, identity_of))
            yield from posts
            ids = {post.submission.id for post in posts}
            if ids <= last:  # none left, or an instance that shows one page for ever
                return
            if not cursor and not self._versions[0].numbered:
                return
            number, last = number + 1, ids
            # Instances before 0.19 number their pages.
            place |= {"page_cursor": cursor} if cursor else {"page": number}

    def _ask(self, address: Callable[[Version], str], parse: Callable[[bytes], _T]) -> _T:
        """Ask by the first version that answers, and from then on by that one alone."""
        unknown: UsageError | None = None
        for version in self._versions:
            try:
                page = self._listing.page(f"{self._base}/{address(version)}", parse)
            except UsageError as error:
                unknown = unknown or error
                continue
            self._versions = (version,)
            return page
        raise unknown or AssertionError("there is a version")


def checked_instance(kind: str, instance: str, example: str) -> str:
    """The name of an instance, `host` or `host:port`.

    Raises:
        UsageError: it is none.
    """
    if not _INSTANCE.fullmatch(instance):
        raise UsageError(f"{kind}:{instance}: not an instance's name; write {kind}:{example}")
    return instance


def _community(name: str) -> str:
    match = _COMMUNITY.fullmatch(name.strip())
    if match is None:
        raise UsageError(f"{name!r} is no community: write earthporn, or earthporn@lemmy.world")
    return match["name"]


def _one(identity: str, version: Version) -> str:
    return f"{version.path}/post?{urlencode({'id': identity})}"


def _list(place: dict[str, str | int], version: Version) -> str:
    query = {"type_": version.everything, "sort": version.newest} | place
    return f"{version.path}/post/list?{urlencode(query)}"


def _page(body: bytes) -> tuple[list[object], str | None]:
    """Views and the cursor of the next page: `posts` in version 3, `items` in version 4."""
    answer = untrusted.mapping(untrusted.json_value(body))
    views = next((answer[name] for name in ("posts", "items") if isinstance(answer.get(name), list)), None)
    if views is None:
        raise DamagedPageError("no list of posts")
    return views, untrusted.text(answer.get("next_page"))


def _view(body: bytes) -> object:
    view = untrusted.mapping(untrusted.json_value(body)).get("post_view")
    if not isinstance(view, dict):
        raise DamagedPageError("no post")
    return view


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"lemmy:{argument}"
    return follow(
        spec,
        asking(spec, ACCEPT, context),
        lambda listing: LemmySource(listing, argument, context.communities),
        context,
    )


SPEC: Final = SourceSpec(
    "lemmy:INSTANCE",
    _open,
    communities=True,
    reads="everything an instance knows, newest first; `--communities earthporn@lemmy.world+pics`",
    order="time",
    unknown="licence",
    probe="lemmy:lemmy.world",
    rank=5,
    advice="no account",
)
