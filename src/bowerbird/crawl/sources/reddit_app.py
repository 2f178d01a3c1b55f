"""The owner's credentials for Reddit. They are plain values, so code that carries them needs no library."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RedditApp:
    """An app registered with Reddit; its secrets never show in a log or an error.

    `user_agent` is `<platform>:<app id>:<version> (by /u/<name>)`, never a lie. With a `refresh_token` the
    app reads as its owner, without one as nobody.
    """

    client_id: str
    client_secret: str = field(repr=False)
    user_agent: str
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FeedToken:
    """The owner's personal feed token, from https://www.reddit.com/prefs/feeds; it reads as its owner."""

    user: str
    token: str = field(repr=False)
