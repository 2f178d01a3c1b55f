"""Which submissions are not worth a look, and why; told from the listing alone."""

from __future__ import annotations

from typing import Final

from bowerbird.core.post import Post

_MAX_KIND: Final = 64


def counted_as(reason: str) -> str:
    """What a reason is counted under: its first word, and of an error the exception's kind, too."""
    word, _, rest = reason.partition(":")
    return f"error: {rest.strip()[:_MAX_KIND]}" if word == "error" else word.strip()[:_MAX_KIND]


def skip_reason(post: Post) -> str | None:
    """Why this post gives no candidate, or None; starts with a short machine-readable word."""
    if post.unreadable:
        return f"error: {post.unreadable}"
    if post.removed:
        return f"removed: {post.removed}"
    if post.over_18:
        return "over-18"
    if post.signed_in_only:
        return "signed-in-only"
    if post.is_video:
        return "video"
    return None if post.attachments or post.text_pictures or post.text_links else nothing_shown(post)


def nothing_shown(post: Post) -> str | None:
    """Why there is no picture in what a post without attachments is about, told from the listing alone."""
    if post.pending:
        word = "never-ready" if post.final else "pending"
        return f"{word}: pictures that the site has not made ready: {post.pending}"
    if post.moving:
        return f"{post.moving}: the gallery holds no still picture"
    if post.link:
        return None
    return "text-only" if post.is_self else "no-link"
