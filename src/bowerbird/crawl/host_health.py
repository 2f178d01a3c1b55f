"""Tells how a host of pictures is, by asking it for one. Blocked is not gone, and neither is busy."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import urlsplit

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.core.ports import Fetcher
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import MOVING

Health = Literal["ok", "throttled", "blocked", "empty", "unreachable", "unusable"]

_ACCEPT: Final = "image/jpeg,image/png,image/webp,image/*;q=0.5"
_BLOCKED: Final = frozenset({Word.FORBIDDEN, Word.OPTED_OUT, Word.REFUSED})


@dataclass(frozen=True, slots=True)
class HostState:
    """A host's health. `detail` says what was met, and until when a throttled host wants to be left alone."""

    host: str
    health: Health
    detail: str = ""


def host_state(link: str, hosts: Hosts, fetcher: Fetcher) -> HostState:
    """Ask for the picture behind a link as a crawl and the filter would."""
    name = urlsplit(link).hostname or link
    match = hosts.match(link)
    if match is None or match.kind in MOVING:
        return HostState(name, "unusable", "no rule finds a picture there; give a post's link to one")
    try:
        images = hosts.images(match, fetcher)
        if not images:
            return HostState(name, "empty", "no picture there")
        answer = fetcher.fetch(images[0].urls[0], accept=_ACCEPT, max_bytes=MAX_PICTURE_BYTES)
    except PermanentError as error:
        return HostState(name, "blocked" if error.word in _BLOCKED else "empty", str(error))
    except RetryableError as error:
        return _not_now(name, error)
    if answer.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return HostState(name, "blocked", f"{answer.url}: a web page instead of a picture")
    return HostState(name, "ok")


def _not_now(name: str, error: RetryableError) -> HostState:
    if error.retry_after_s is None and error.status != HTTPStatus.TOO_MANY_REQUESTS:
        return HostState(name, "unreachable", str(error))
    wait = f": may be asked again in {error.retry_after_s:.0f} s" if error.retry_after_s else ""
    return HostState(name, "throttled", f"{error}{wait}")
