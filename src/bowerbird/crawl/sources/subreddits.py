"""How subreddits are named on the command line: `all`, `EarthPorn+SkyPorn`, `user/NAME/m/MULTI`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.core.post import Post

#: The path of the listing of everything.
ALL: Final = "/r/all"

# https://github.com/reddit-archive/reddit/blob/master/r2/r2/models/subreddit.py: 2 to 21 word characters.
_NAME: Final = re.compile(r"(?:r/)?(?P<name>[A-Za-z0-9_]{2,21})")
_MULTI: Final = re.compile(r"(?:user|u)/(?P<user>[A-Za-z0-9_-]{3,20})/m/(?P<multi>[A-Za-z0-9_]{2,50})")


def subreddits(communities: Sequence[str]) -> tuple[str, ...]:
    """The subreddit names in a list whose items may themselves be joined by `+`; none means `all`.

    Raises:
        UsageError: an item is no subreddit's name.
    """
    names = []
    for item in "+".join(communities).strip("/").split("+"):
        match = _NAME.fullmatch(item.strip().strip("/"))
        if match:
            names.append(match["name"])
        elif item.strip():
            raise UsageError(f"{item!r} is no subreddit: write EarthPorn, or EarthPorn+SkyPorn")
    return tuple(dict.fromkeys(names)) or ("all",)


def listing_path(communities: Sequence[str]) -> str:
    """The path of a listing: `/r/all`, `/r/EarthPorn+SkyPorn` or a multireddit's.

    Raises:
        UsageError: an item is no subreddit's name.
    """
    if len(communities) == 1 and (multi := _MULTI.fullmatch(communities[0].strip().strip("/"))):
        return f"/user/{multi['user']}/m/{multi['multi']}"
    return "/r/" + "+".join(subreddits(communities))


def is_of(post: Post, communities: Sequence[str]) -> bool:
    """Whether a post is of these subreddits, because Reddit's ids are counted across all of them.

    Raises:
        UsageError: a multireddit's subreddits are not known from its name.
    """
    wanted = {name.lower() for name in subreddits(communities)}
    return "all" in wanted or (post.submission.community or "").lower() in wanted
