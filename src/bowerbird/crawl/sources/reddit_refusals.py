"""Tells what Reddit means by an answer that is no listing: Reddit's word for it, and what its user can do.

The reasons are those that Reddit gives as `reason` in the body of a 403 or 404.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from operator import ge
from typing import Final
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import BowerbirdError, SourceBlockedError, UsageError
from bowerbird.core.post import Post
from bowerbird.crawl.sources.listing import Answer

#: What to read in place of r/all: pictures of places, each with its own listing.
COMMUNITIES: Final = "EarthPorn+SkyPorn+WaterPorn+LakePorn+CityPorn+itookapicture"

_LISTING: Final = re.compile(r"(?P<of>/(?:r|user/[^/]+/m)/[^/]+)/new(?:/.*)?", re.IGNORECASE)
_SEARCH: Final = re.compile(r"(?:/subreddits)?/search(?:[/.].*)?", re.IGNORECASE)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_WORD: Final = 80

_AS_OWNER: Final = "with a refresh token of that account (BOWERBIRD_REDDIT_REFRESH_TOKEN)"
_ADVICE: Final = {
    "private": f"ask its moderators to let your account in and read {_AS_OWNER}, or leave it out",
    "quarantined": f"open it once in a browser, signed in, confirm, and read {_AS_OWNER}, or leave it out",
    "gold_only": f"only members of Reddit Premium see it: read {_AS_OWNER} if yours is one, or leave it out",
    "gold_restricted": f"only members of Reddit Premium see it: read {_AS_OWNER} if yours is one, "
    "or leave it out",
    "banned": "Reddit has closed it: leave it out",
}

# This many posts of r/all in a row never come from one community alone, and never in any order but their own.
_ENOUGH: Final = 25
_IN_ORDER: Final = 0.75

_NOT_THERE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def explained(source: str, url: str, answer: Answer) -> BowerbirdError | None:
    """What an answer to one of Reddit's sources means; see `bowerbird.crawl.sources.listing.Explain`."""
    listing = _LISTING.fullmatch(urlsplit(url).path)
    of = listing["of"].removeprefix("/") if listing else ""
    reason = _reason(answer.body) if answer.status >= HTTPStatus.BAD_REQUEST else None
    elsewhere = _elsewhere(url, answer)
    if elsewhere and _SEARCH.fullmatch(elsewhere):
        return UsageError(f"{source}: there is no {of}, Reddit searches for its name instead: check the name")
    if of.lower() == "r/all" and (why := _not_all(answer, reason, elsewhere)):
        return _no_longer_all(source, why)
    if of and reason:
        return _closed(f"{source}: {of} cannot be read", reason, answer.status)
    if answer.status == HTTPStatus.FORBIDDEN:
        return _forbidden(source, of, answer)
    # Without its query, where a feed has its token.
    address = url.partition("?")[0]
    return UsageError(f"{source}: nothing is at {address}: check the name") if _missing(answer) else None


def check_all(source: str, posts: Sequence[Post]) -> None:
    """Look at the first page of what should be r/all, newest first.

    Raises:
        SourceBlockedError: it is something else.
    """
    told = [post.submission for post in posts if not post.unreadable]
    communities = {each.community for each in told}
    times = [each.created_utc for each in told if each.created_utc is not None]
    if len(told) >= _ENOUGH and len(communities) == 1 and None not in communities:
        raise _no_longer_all(source, f"answers with posts of r/{communities.pop()} alone")
    if len(times) >= _ENOUGH and sum(map(ge, times, times[1:])) < _IN_ORDER * (len(times) - 1):
        raise _no_longer_all(source, "answers with posts that are not the newest first")


def _no_longer_all(source: str, why: str) -> SourceBlockedError:
    return SourceBlockedError(
        f"{source}: r/all {why}, so there is no listing of everything any more: name communities, "
        f"such as --communities {COMMUNITIES}, or read another site, such as --source bluesky"
    )


def _not_all(answer: Answer, reason: str | None, elsewhere: str | None) -> str | None:
    if elsewhere and elsewhere != "/login":
        return f"leads to {elsewhere}"
    if reason:
        return f"is {reason!r}"
    return f"is not there ({answer.status})" if _missing(answer) else None


def _missing(answer: Answer) -> bool:
    return answer.status in _NOT_THERE


def _closed(what: str, reason: str, status: int) -> BowerbirdError:
    text = f"{what}, Reddit says {reason!r}: {_ADVICE.get(reason, 'leave it out')}"
    return UsageError(text) if status in _NOT_THERE else SourceBlockedError(text)


def _forbidden(source: str, of: str, answer: Answer) -> SourceBlockedError:
    """The API says so in JSON; a page comes from what stands before it."""
    refused = f"{source}: refused with 403 Forbidden: "
    if untrusted.mapping(_json(answer.body)).get("error") == HTTPStatus.FORBIDDEN:
        return SourceBlockedError(
            f"{refused}this app or account may not read {of or 'what was asked for'}: "
            "check that its token has the scope `read`, or use another source"
        )
    return SourceBlockedError(
        f"{refused}Reddit blocks this address, as it does many of clouds and VPNs, or this User-Agent: "
        "try from a connection at home, under a User-Agent with your contact, or use another source, "
        "such as bluesky"
    )


def _elsewhere(url: str, answer: Answer) -> str | None:
    """The path that an answer comes from, or points to, when it is not the one that was asked for."""
    to = answer.headers.get("location", "") if answer.status in _REDIRECTS else answer.url
    try:
        path = urlsplit(to).path.rstrip("/").lower()
    except ValueError:
        return None
    same = not to or path == urlsplit(url).path.rstrip("/").lower()
    return None if same else untrusted.text(path[:_MAX_WORD]) or "/"


def _reason(body: bytes) -> str | None:
    text = untrusted.text(untrusted.mapping(_json(body)).get("reason"))
    return text[:_MAX_WORD] if text else None


def _json(body: bytes) -> object:
    try:
        return untrusted.json_value(body)
    except ValueError:
        return None
