"""Makes submission objects with the fields that Reddit's API gives a stranger, in their usual state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.demo.previews import name_of

_WWW = "https://www.reddit.com"


#: What a listing says of a post of which there is nothing to say. Nothing in it may be changed in place.
_USUAL: Final[Mapping[str, Any]] = {
    "selftext": "",
    "selftext_html": None,
    "is_self": False,
    "is_video": False,
    "is_reddit_media_domain": False,
    "is_original_content": False,
    "is_meta": False,
    "is_crosspostable": True,
    "is_robot_indexable": True,
    "over_18": False,
    "spoiler": False,
    "locked": False,
    "stickied": False,
    "archived": False,
    "hidden": False,
    "quarantine": False,
    "pinned": False,
    "edited": False,
    "distinguished": None,
    "removed_by_category": None,
    "removed_by": None,
    "banned_by": None,
    "approved_by": None,
    "link_flair_text": None,
    "author_flair_text": None,
    "thumbnail": "default",
    "thumbnail_width": None,
    "thumbnail_height": None,
    "media": None,
    "media_embed": {},
    "secure_media": None,
    "secure_media_embed": {},
    "num_comments": 0,
    "num_crossposts": 0,
    "num_reports": None,
    "score": 1,
    "ups": 1,
    "downs": 0,
    "upvote_ratio": 1.0,
    "likes": None,
    "gilded": 0,
    "all_awardings": [],
    "total_awards_received": 0,
    "hide_score": True,
    "view_count": None,
    "whitelist_status": "all_ads",
}


def submission(number: int, created_utc: float, community: str, author: str, title: str) -> dict[str, Any]:
    """Make a post without content. `number` becomes its base-36 id."""
    short = base36(number)
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50].strip("_") or short
    permalink = f"/r/{community}/comments/{short}/{slug}/"
    return {
        "id": short,
        "name": f"t3_{short}",
        "title": title,
        "author": author,
        "author_fullname": None if author == "[deleted]" else f"t2_{name_of(author, 10)}",
        "subreddit": community,
        "subreddit_id": f"t5_{name_of(community, 5)}",
        "subreddit_name_prefixed": f"r/{community}",
        "subreddit_type": "public",
        "permalink": permalink,
        "url": _WWW + permalink,
        "domain": f"self.{community}",
        "created": created_utc,
        "created_utc": created_utc,
        **_USUAL,
    }


def link_fields(url: str) -> dict[str, Any]:
    """Give the fields that a link post has and a text post lacks."""
    domain = (urlsplit(url).hostname or "").removeprefix("www.")
    return {
        "url": url,
        "url_overridden_by_dest": url,
        "domain": domain,
        "is_reddit_media_domain": domain in {"i.redd.it", "v.redd.it"},
    }


def text_fields(text: str) -> dict[str, Any]:
    """Give the fields of a text post."""
    html = f'<!-- SC_OFF --><div class="md"><p>{text}</p>\n</div><!-- SC_ON -->'
    return {"is_self": True, "selftext": text, "selftext_html": html, "thumbnail": "self"}


def removed_fields(category: str) -> dict[str, Any]:
    """Give the fields left after somebody took a post down. The author stays unless the author deleted it."""
    gone = {"selftext": "[deleted]"} if category == "deleted" else {"selftext": "[removed]"}
    return {
        "removed_by_category": category,
        "is_robot_indexable": False,
        "is_crosspostable": False,
        "thumbnail": "default",
        **gone,
    }


def video_fields(media_id: str, width: int, height: int, seconds: int) -> dict[str, Any]:
    """Give the fields of a video on Reddit's own host."""
    base = f"https://v.redd.it/{media_id}"
    video = {
        "reddit_video": {
            "bitrate_kbps": 2400,
            "fallback_url": f"{base}/CMAF_720.mp4?source=fallback",
            "has_audio": True,
            "height": height,
            "width": width,
            "scrubber_media_url": f"{base}/CMAF_96.mp4",
            "dash_url": f"{base}/DASHPlaylist.mpd",
            "duration": seconds,
            "hls_url": f"{base}/HLSPlaylist.m3u8",
            "is_gif": False,
            "transcoding_status": "completed",
        }
    }
    return {"is_video": True, "post_hint": "hosted:video", "media": video, "secure_media": video}


def embed_fields(provider: str, title: str) -> dict[str, Any]:
    """Give the fields of another site's player."""
    embed = {
        "type": provider,
        "oembed": {
            "provider_name": provider.partition(".")[0].title(),
            "type": "video",
            "version": "1.0",
            "title": title,
        },
    }
    return {"post_hint": "rich:video", "media": embed, "secure_media": embed}


def base36(number: int) -> str:
    """Write a number as Reddit writes its ids."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text
