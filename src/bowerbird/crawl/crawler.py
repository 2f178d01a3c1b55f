"""Posts to candidates: the rules of submissions first, then what the listing shows, then the host's rule."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import InvalidMessageError, OptedOutError, PermanentError, RetryableError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Candidate, Preview, decode_candidate, encode_candidate
from bowerbird.core.ports import Fetcher
from bowerbird.core.post import Attachment, Post, Source
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import IMAGE, MOVING, Image, Match, NoPictureError
from bowerbird.crawl.owner_lists import NO_LISTS, OwnerLists
from bowerbird.crawl.rules import nothing_shown, skip_reason

_LOG: Final = logging.getLogger(__name__)

# What `bowerbird.core.messages` takes; a rule that finds more keeps the best.
_MAX_URLS: Final = 8
_MAX_PREVIEWS: Final = 16
_MAX_ID: Final = 512

# Somebody may be waiting, and thousands of posts may link to the host that is down.
_ATTEMPTS: Final = 3
_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A submission that gave no candidate, and why."""

    submission: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Crawler:
    """Turns posts into candidates, as far as the owner's `lists` allow.

    What a host does wrong costs only the one post that linked there.
    """

    fetcher: Fetcher
    hosts: Hosts = field(default_factory=Hosts.found)
    sleep: Callable[[float], None] = time.sleep
    lists: OwnerLists = NO_LISTS

    def crawl(self, source: Source) -> Iterator[Candidate | Skipped]:
        """Candidates of every post, or why there is none; raises what `Source.posts` does."""
        for post in source.posts():
            yield from self.look(post)

    def look(self, post: Post) -> Iterator[Candidate | Skipped]:
        """Candidates of one post, each picture once, or why there is none; raises nothing."""
        try:
            yield from self._look(post)
        except Exception as error:  # noqa: BLE001 - one post must not end the stream of posts
            _LOG.info("%s: looking at it failed", post.submission.id, exc_info=True)
            yield Skipped(post.submission.id, Reason(Word.ERROR, type(error).__name__))

    def _look(self, post: Post) -> list[Candidate | Skipped]:
        wanted = skip_reason(post) or self.lists.wanted(post, self.hosts.inside)
        found = wanted if isinstance(wanted, Reason) else self._found(wanted)
        if isinstance(found, Reason):
            return [Skipped(post.submission.id, found)]
        return [self._offered(each) for each in _distinct(found)]

    def _offered(self, found: Candidate) -> Candidate | Skipped:
        candidate = self.lists.offered(found)
        if isinstance(candidate, Reason):
            return Skipped(found.submission.id, candidate)
        return _sound(candidate)

    def _found(self, post: Post) -> list[Candidate] | Reason:
        """What a post is about, then what stands in its text; why there is nothing, if there is nothing."""
        main = self._main(post)
        beside = self._in_text(post)
        if isinstance(beside, Reason):
            return beside if main == Reason(Word.TEXT_ONLY) else main
        return ([] if isinstance(main, Reason) else main) + beside or main

    def _main(self, post: Post) -> list[Candidate] | Reason:
        if not post.attachments:
            whole = Attachment("", (post.link or "",), "", post.previews, post.width, post.height)
            return nothing_shown(post) or self._behind(post, whole)
        return _joined(
            self._behind(_described(post, each), each) if each.linked else [_attached(post, each)]
            for each in post.attachments
        )

    def _in_text(self, post: Post) -> list[Candidate] | Reason:
        """Candidates of the text, or why a link that a rule knows gave none."""
        bare = replace(post, previews=(), is_picture=False)
        links = (Attachment("", (link,), "") for link in post.text_links if self.hosts.match(link))
        linked = _joined(self._behind(bare, each) for each in links)
        pictures = [_attached(post, each) for each in post.text_pictures]
        return pictures or linked if isinstance(linked, Reason) else pictures + linked

    def _behind(self, post: Post, named: Attachment) -> list[Candidate] | Reason:
        """What the host's rule knows of a link: the post's own, or that of a picture the post shows."""
        match = self.hosts.match(named.urls[0])
        if match and match.kind in MOVING and not post.is_picture:
            return Reason(Word(match.kind), match.host)
        if match and match.kind not in MOVING:
            return self._known(post, named, match)
        if post.is_picture or named.linked:
            return [self._itself(post, named)]
        return Reason(Word.NO_RULE, str(urlsplit(named.urls[0]).hostname))

    def _known(self, post: Post, named: Attachment, match: Match) -> list[Candidate] | Reason:
        """What the rule answers. What somebody shows as a picture is one, when its host does not answer."""
        try:
            images = self._ask(match, attempts=1 if named.linked else _ATTEMPTS)
        except NoPictureError as error:
            return Reason(Word.NO_PICTURE, f"{match.host}: {error}")
        except PermanentError as error:
            # Who opts out of such uses (X-Robots-Tag: noai) does not mean one copy only.
            fallback = None if isinstance(error, OptedOutError) else self._without(post, named, match)
            # A rule that found nothing names no word; a fetcher that was blocked does.
            word = error.word or Word.GONE
            return [fallback] if fallback else Reason(word, f"{match.host}: {error.detail}")
        except RetryableError as error:
            if named.linked:
                return [self._itself(post, named)]
            return Reason(Word.HOST_UNAVAILABLE, f"{match.host}: {error}")
        if len(images) == 1:
            return [_linked(post, match, images[0], named)]
        found = [_candidate(post, image, match.host) for image in images]
        return found or Reason(Word.NO_PICTURE, match.host)

    def _without(self, post: Post, named: Attachment, match: Match) -> Candidate | None:
        """Return what is left when a host has nothing at a link."""
        if post.is_picture or named.linked:
            return self._itself(post, named)
        return _preview_only(post, match)

    def _ask(self, match: Match, attempts: int) -> tuple[Image, ...]:
        for attempt in range(1, attempts):
            try:
                return self.hosts.images(match, self.fetcher)
            except RetryableError as error:
                pause = error.retry_after_s if error.retry_after_s is not None else _PAUSE_S * attempt
                if pause > _LONGEST_PAUSE_S:
                    raise
                self.sleep(pause)
        return self.hosts.images(match, self.fetcher)

    def _itself(self, post: Post, named: Attachment) -> Candidate:
        """A picture of which nobody knows more than its link, or the link inside that of a proxy."""
        links = (self.hosts.inside(named.urls[0]), *named.urls, *(each.url for each in named.previews[-1:]))
        urls = tuple(link for link in links if link)
        image = Image(named.id or digest(named.urls[0])[:16], urls, named.previews, named.width, named.height)
        return _candidate(post, image, urlsplit(urls[0]).hostname or "")


def _joined(found: Iterable[list[Candidate] | Reason]) -> list[Candidate] | Reason:
    """All candidates; without any, the first reason, if there is one."""
    results = list(found)
    candidates = [candidate for each in results if not isinstance(each, Reason) for candidate in each]
    return candidates or next((each for each in results if isinstance(each, Reason)), [])


def _attached(post: Post, each: Attachment) -> Candidate:
    image = Image(each.id, each.urls, each.previews, each.width, each.height)
    return _candidate(_described(post, each), image, each.host)


def _described(post: Post, each: Attachment) -> Post:
    return replace(post, submission=replace(post.submission, alt=each.alt)) if each.alt else post


def _linked(post: Post, match: Match, image: Image, named: Attachment) -> Candidate:
    """The one picture behind a link. The listing's own copies serve as previews and fall-backs.

    The listing's size is that of the file it was shown. It is the original's only when the link leads to the
    file itself.
    """
    exact = match.kind == IMAGE
    size = (named.width, named.height) if exact else (None, None)
    declared = (image.width, image.height) if image.width and image.height else size
    previews, fallbacks = named.previews, tuple(each.url for each in named.previews[-1:])
    if named.linked:
        copy = None if exact else untrusted.preview(named.urls[0], named.width, named.height)
        previews += (copy,) if copy else ()
        fallbacks = named.urls + fallbacks
    # Either may have the one that is just large enough.
    both = sorted(dict.fromkeys(previews + image.previews), key=lambda each: each.width * each.height)
    whole = Image(named.id or image.id, image.urls + fallbacks, tuple(both), *declared)
    return _candidate(post, whole, match.host)


def _preview_only(post: Post, match: Match) -> Candidate | None:
    """What is left when the outside host is gone: the copy Reddit signed for everybody to see."""
    if not post.previews:
        return None
    best: Preview = post.previews[-1]
    image = Image(match.id, (best.url,), post.previews[:-1], best.width, best.height)
    return _candidate(post, image, match.host)


def _candidate(post: Post, image: Image, host: str) -> Candidate:
    name = f"{post.submission.id}/{image.id}" if image.id else post.submission.id
    if ":" in post.submission.source:  # such as lemmy:INSTANCE, of which each counts its posts from 1
        name = f"{post.submission.source}/{name}"
    return Candidate(
        id=name if len(name) <= _MAX_ID else digest(name),
        urls=tuple(dict.fromkeys(image.urls))[:_MAX_URLS],
        submission=post.submission,
        previews=image.previews[-_MAX_PREVIEWS:],
        width=image.width,
        height=image.height,
        host=host,
    )


def _sound(candidate: Candidate) -> Candidate | Skipped:
    """The candidate, if the queue can carry it. One that it cannot carry would end the whole batch."""
    try:
        decode_candidate(encode_candidate(candidate))
    except (InvalidMessageError, ValueError) as error:  # ValueError: pydantic's, on a lone surrogate
        return Skipped(candidate.submission.id, Reason(Word.UNSOUND, str(error)))
    return candidate


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """Return each picture of a submission once, told by id and by its best link."""
    by_id = {each.id: each for each in reversed(candidates)}
    by_link = {each.urls[0]: each for each in by_id.values()}
    kept = set(map(id, by_link.values()))
    return [each for each in candidates if id(each) in kept]
