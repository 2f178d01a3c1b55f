"""Posts to candidates: the rules of submissions first, then what the listing shows, then the host's rule."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from bowerbird.core.errors import InvalidMessageError, OptedOutError, PermanentError, RetryableError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Candidate, Preview, decode_candidate, encode_candidate
from bowerbird.core.ports import Fetcher
from bowerbird.core.post import Attachment, Post, Source
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import IMAGE, MOVING, Image, Match, NoPictureError
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
    """Contains what a host does wrong: it costs the one post that linked there."""

    fetcher: Fetcher
    hosts: Hosts = field(default_factory=Hosts.found)
    sleep: Callable[[float], None] = time.sleep

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
        reason = skip_reason(post)
        found = reason or self._found(post)
        if isinstance(found, Reason):
            return [Skipped(post.submission.id, found)]
        return [_sound(each) for each in _distinct(found)]

    def _found(self, post: Post) -> list[Candidate] | Reason:
        """What a post is about, then what stands in its text; why there is nothing, if there is nothing."""
        main = self._main(post)
        beside = self._in_text(post)
        if isinstance(beside, Reason):
            return beside if main == Reason(Word.TEXT_ONLY) else main
        return ([] if isinstance(main, Reason) else main) + beside or main

    def _main(self, post: Post) -> list[Candidate] | Reason:
        if post.attachments:
            return [_attached(post, each) for each in post.attachments]
        if post.link and post.is_picture and not self.hosts.match(post.link):
            return [_file(post, post.link)]
        return nothing_shown(post) or self._behind(post, post.link or "")

    def _in_text(self, post: Post) -> list[Candidate] | Reason:
        """Candidates of the text, or why a link that a rule knows gave none."""
        bare = replace(post, previews=(), width=None, height=None, is_picture=False)
        links = [self._behind(bare, link) for link in post.text_links if self.hosts.match(link)]
        found = [each for links_own in links if not isinstance(links_own, Reason) for each in links_own]
        failed = [each for each in links if isinstance(each, Reason)]
        pictures = [_attached(post, each) for each in post.text_pictures]
        return pictures + found or (failed[0] if failed else [])

    def _behind(self, post: Post, link: str) -> list[Candidate] | Reason:
        match = self.hosts.match(link)
        if match is None or match.kind in MOVING:
            unknown = Reason(Word.NO_RULE, str(urlsplit(link).hostname))
            return Reason(Word(match.kind), match.host) if match else unknown
        try:
            images = self._ask(match)
        except NoPictureError as error:
            return Reason(Word.NO_PICTURE, f"{match.host}: {error}")
        except PermanentError as error:
            # Who opts out of such uses (X-Robots-Tag: noai) does not mean one copy only.
            fallback = None if isinstance(error, OptedOutError) else _preview_only(post, match)
            # A rule that found nothing names no word; a fetcher that was blocked does.
            word = error.word or Word.GONE
            return [fallback] if fallback else Reason(word, f"{match.host}: {error.detail}")
        except RetryableError as error:
            return Reason(Word.HOST_UNAVAILABLE, f"{match.host}: {error}")
        if len(images) == 1:
            return [_linked(post, match, images[0])]
        found = [_candidate(post, image, match.host) for image in images]
        return found or Reason(Word.NO_PICTURE, match.host)

    def _ask(self, match: Match) -> tuple[Image, ...]:
        for attempt in range(1, _ATTEMPTS):
            try:
                return self.hosts.images(match, self.fetcher)
            except RetryableError as error:
                pause = error.retry_after_s if error.retry_after_s is not None else _PAUSE_S * attempt
                if pause > _LONGEST_PAUSE_S:
                    raise
                self.sleep(pause)
        return self.hosts.images(match, self.fetcher)


def _attached(post: Post, each: Attachment) -> Candidate:
    if each.alt:
        post = replace(post, submission=replace(post.submission, alt=each.alt))
    return _candidate(post, Image(each.id, each.urls, each.previews, each.width, each.height), each.host)


def _file(post: Post, link: str) -> Candidate:
    """A link that the site calls a picture, though no rule knows it: what it answers will tell."""
    match = Match(urlsplit(link).hostname or "", IMAGE, digest(link)[:16], link)
    return _linked(post, match, Image(match.id, (link,)))


def _linked(post: Post, match: Match, image: Image) -> Candidate:
    """The one picture behind a link: the listing's previews are of it, the full-size one a fall-back.

    The listing's size is that of what it was shown: the original's only when the link is the very file.
    """
    size = (post.width, post.height) if match.kind == IMAGE else (None, None)
    declared = (image.width, image.height) if image.width and image.height else size
    fallbacks = tuple(each.url for each in post.previews[-1:])
    whole = Image(image.id, image.urls + fallbacks, image.previews or post.previews, *declared)
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
    """The candidate when the queue carries it; otherwise it would end the whole batch it is sent in."""
    try:
        decode_candidate(encode_candidate(candidate))
    except (InvalidMessageError, ValueError) as error:  # ValueError: pydantic's, on a lone surrogate
        return Skipped(candidate.submission.id, Reason(Word.UNSOUND, str(error)))
    return candidate


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """Each picture of a submission once, told by id and by its best link."""
    by_id = {each.id: each for each in reversed(candidates)}
    by_link = {each.urls[0]: each for each in by_id.values()}
    kept = set(map(id, by_link.values()))
    return [each for each in candidates if id(each) in kept]
