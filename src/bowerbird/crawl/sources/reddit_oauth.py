"""Reddit by its API, with the owner's own app.

https://www.reddit.com/dev/api. prawcore keeps the token; the requests take their turn at the project's
limiter like all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import RetryableError, SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.core.post import Post
from bowerbird.core.reasons import Word
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.listing import Answer, DamagedPageError, Listing
from bowerbird.crawl.sources.live import communities, follow
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.crawl.sources.reddit_post import fullname_of, parse_post
from bowerbird.crawl.sources.reddit_refusals import check_all, explained
from bowerbird.crawl.sources.subreddits import ALL, is_of, listing_path
from bowerbird.net.limiter import Limit, Limiter

API: Final = "https://oauth.reddit.com"
WWW: Final = "https://www.reddit.com"

#: The most a listing gives in one answer, and how deep it goes: https://www.reddit.com/dev/api#listings
PAGE: Final = 100
DEPTH: Final = 1000

#: Tokens come from the host of the feeds, but are no feeds: they are counted for themselves.
TOKENS: Final = "{host} (tokens)"

#: The most ids `/api/info` takes: https://www.reddit.com/dev/api#GET_api_info
IDS: Final = 100

#: A listing continues after a post. When that post has been deleted meanwhile, one just before it is tried.
_ANCHORS: Final = 3


class RedditSource:
    """`/new` of r/all, of subreddits joined by `+`, or of a multireddit; newest first."""

    name = "reddit"
    order = "id"
    authoritative = True

    def __init__(self, listing: Listing, communities: Sequence[str] = (), *, api: str = API) -> None:
        self._listing = listing
        self._api = api
        self._communities = communities
        self._path = listing_path(communities)

    def posts(self) -> Iterator[Post]:
        """Page back as deep as the listing goes and the budget allows; errors as for `Source.posts`."""
        anchors: list[str] = []
        read = 0
        while read < DEPTH and self._listing.open:
            children, more = self._after(anchors, read)
            read += len(children)
            if anchors and not children:
                raise SourceUnreachableError("reddit: the listing broke off, the next run reads on")
            posts = list(_posts(children))
            if not anchors and self._path == ALL:
                check_all(self.name, posts)
            yield from posts
            anchors = [post.submission.id for post in posts if not post.unreadable][-_ANCHORS:]
            if not (anchors and more):
                return

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """The posts that still exist among these fullnames, of any subreddit; errors as for `posts`."""
        for start in range(0, len(ids), IDS):
            if not self._listing.open:
                return
            url = f"{self._api}/api/info?" + urlencode(
                {"id": ",".join(ids[start : start + IDS]), "raw_json": 1}
            )
            yield from _posts(self._listing.page(url, _page)[0])

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission has a fullname: all of Reddit's sources name a post alike."""
        del source
        return submission.startswith("t3_")

    def reads(self, post: Post) -> bool:
        """Tell whether a post is of these subreddits."""
        return is_of(post, self._communities)

    def _after(self, anchors: list[str], read: int) -> tuple[list[object], bool]:
        """The page after the newest anchor that still has one."""
        page: tuple[list[object], bool] = ([], False)
        for anchor in reversed(anchors or [""]):
            query: dict[str, str | int] = {"limit": PAGE, "raw_json": 1}
            if anchor:
                query |= {"after": anchor, "count": read}
            page = self._listing.page(f"{self._api}{self._path}/new?{urlencode(query)}", _page)
            if page[0] or not self._listing.open:
                break
        return page


class RedditSession:
    """Asks Reddit with a token that is fetched when needed, and anew when refused; an `Ask`."""

    def __init__(  # noqa: PLR0913 - one choice each, and all but two have a default
        self,
        app: RedditApp,
        limiter: Limiter,
        *,
        api: str = API,
        www: str = WWW,
        gateway: str | None = None,
        timeout_s: float = 16.0,
    ) -> None:
        # Every run knows every source, and few are Reddit's: prawcore waits until it is needed.
        import prawcore  # noqa: PLC0415

        self._limiter = limiter
        self._tokens = TOKENS.format(host=urlsplit(www).netloc)
        self._requestor = prawcore.Requestor(
            user_agent=app.user_agent,
            oauth_url=api,
            reddit_url=www,
            timeout=timeout_s,
            session=_to(gateway) if gateway else None,
        )
        authenticator = prawcore.TrustedAuthenticator(
            requestor=self._requestor, client_id=app.client_id, client_secret=app.client_secret
        )
        self._authorizer = (
            prawcore.Authorizer(authenticator=authenticator, refresh_token=app.refresh_token)
            if app.refresh_token
            else prawcore.ReadOnlyAuthorizer(authenticator=authenticator)
        )

    def __call__(self, url: str) -> Answer:
        """GET with the token; see `Ask`."""
        import prawcore  # noqa: PLC0415 - as above

        fresh = not self._authorizer.is_valid()
        if fresh:
            self._fetch_token()
        try:
            response = self._requestor.request(
                "GET",
                url,
                allow_redirects=False,
                headers={"Authorization": f"bearer {self._authorizer.access_token}"},
            )
        except prawcore.RequestException as error:
            # The exception holds the request's headers, so it must not travel further.
            raise RetryableError(f"{error.original_exception}", Word.NETWORK) from None
        if response.status_code == HTTPStatus.UNAUTHORIZED and not fresh:
            self._authorizer.access_token = None
            raise RetryableError("the token was refused before its time; a new one is fetched")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.content)

    def _fetch_token(self) -> None:
        import prawcore  # noqa: PLC0415 - as above

        with self._limiter.turn(self._tokens) as turn:
            try:
                self._authorizer.refresh()
            except prawcore.RequestException as error:
                raise RetryableError(f"{error.original_exception}", Word.NETWORK) from None
            except prawcore.ResponseException as error:
                status = error.response.status_code
                turn.answered(status, error.response.headers)
                if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise RetryableError(f"Reddit gave {status} for a token") from None
                raise _no_token(status, _said(error.response)) from None
            except prawcore.OAuthException as error:
                turn.answered(HTTPStatus.OK, {})
                raise _no_token(HTTPStatus.OK, untrusted.text(error.error) or "") from None
            except (ValueError, KeyError):
                turn.answered(HTTPStatus.OK, {})
                raise _no_token(HTTPStatus.OK, "a page that is no token") from None
            turn.answered(HTTPStatus.OK, {})


def _to(gateway: str) -> Any:
    from bowerbird.net.gateway_session import GatewaySession  # noqa: PLC0415 - as late as prawcore

    return GatewaySession(gateway)


def _said(response: Any) -> str:
    """The word for what is wrong, as https://www.rfc-editor.org/rfc/rfc6749#section-5.2 lists them."""
    try:
        return untrusted.text(untrusted.mapping(untrusted.json_value(response.content)).get("error")) or ""
    except ValueError:
        return ""


def _no_token(status: int, said: str) -> SourceBlockedError:
    why = " ".join(filter(None, (str(status) if status != HTTPStatus.OK else "", said[:80])))
    if status == HTTPStatus.UNAUTHORIZED or said in {"invalid_client", "unauthorized_client"}:
        advice = (
            "Reddit does not know this app, or has revoked it, as many since June 2026: check the client id "
            "and secret at https://www.reddit.com/prefs/apps"
        )
    elif said == "invalid_grant":
        advice = "the refresh token is not valid, or no longer: authorise the app again"
    elif status == HTTPStatus.FORBIDDEN:
        advice = (
            "Reddit blocks this address or User-Agent: try from a connection at home, with your contact set"
        )
    else:
        advice = "check the app's client id, secret and refresh token"
    return SourceBlockedError(
        f"reddit: no token ({why}): {advice}; or use another source, such as bluesky, which needs no account"
    )


def _posts(children: Sequence[object]) -> Iterator[Post]:
    found = [child.get("data") for child in map(untrusted.mapping, children) if child.get("kind") == "t3"]
    return read_each(
        RedditSource.name, found, lambda data: parse_post(data, source=RedditSource.name), fullname_of
    )


def _page(body: bytes) -> tuple[list[object], bool]:
    """The children of a listing, and whether it says that more follow."""
    listing = untrusted.mapping(untrusted.json_value(body))
    data = listing.get("data")
    if listing.get("kind") != "Listing" or not isinstance(data, dict):
        raise DamagedPageError("not a listing")
    return untrusted.sequence(data.get("children")), bool(data.get("after"))


def _open(argument: str, context: Context) -> FollowedSource:
    if context.reddit is None:
        raise UsageError(
            "reddit needs an app of your own: set BOWERBIRD_REDDIT_CLIENT_ID and "
            "BOWERBIRD_REDDIT_CLIENT_SECRET; without one, use bluesky, lemmy:lemmy.world, rss or arctic-shift"
        )
    names = communities(argument, context)
    session = RedditSession(context.reddit, context.limiter, gateway=context.gateway)
    return follow(
        "reddit", session, lambda listing: RedditSource(listing, names), context, partial(explained, "reddit")
    )


SPEC: Final = SourceSpec(
    "reddit[:SUBREDDITS]",
    _open,
    communities=True,
    reads="`/new` of r/all, of `EarthPorn+SkyPorn`, or of `user/NAME/m/MULTI`",
    needs="your own app; new ones are rarely approved, and many old ones were revoked",
    order="id",
    a_day="r/all: about 240,000, by eleven recorded seconds of January 2021",
    unknown="licence",
    family="reddit",
    limits={
        # 100 a minute a client, averaged over ten minutes:
        # https://support.reddithelp.com/hc/en-us/articles/16160319875092
        "oauth.reddit.com": Limit(100, 60),
        TOKENS.format(host="www.reddit.com"): Limit(10, 60),
    },
    probe="reddit",
    rank=2,
    advice="your own app, if you have one that still works: new ones need an approval that is rarely given, "
    "and many old ones have been revoked since June 2026",
)
