"""Which submissions are not worth a look, and why; told from the listing alone."""

from __future__ import annotations

from functions.crawl.post import Post


def skip_reason(post: Post) -> str | None:
    """Why this post gives no candidate, or None; starts with a short machine-readable word."""
    if post.removed:
        return f"removed: {post.removed}"
    if post.over_18:
        return "over-18"
    if post.signed_in_only:
        return "signed-in-only"
    if post.is_video:
        return "video"
    if post.attachments or post.link:
        return None
    return "text-only" if post.is_self else "no-link"
