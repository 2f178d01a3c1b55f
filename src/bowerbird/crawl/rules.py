"""Tells which submissions are not worth a look, and why, from the listing alone."""

from __future__ import annotations

from typing import Final

from bowerbird.core.post import Post
from bowerbird.core.reasons import Reason, Word

#: The longest kind of exception that is counted by name: it may be a stranger's.
MAX_KIND: Final = 64


def counted_as(reason: Reason) -> str:
    """Return what a reason is counted under: its word, and for an error the exception's kind, too."""
    return str(Reason(reason.word, reason.detail[:MAX_KIND])) if reason.word == Word.ERROR else reason.kind


def skip_reason(post: Post) -> Reason | None:
    """Why this post gives no candidate, or None."""
    if post.unreadable:
        return Reason(Word.ERROR, post.unreadable)
    if post.removed:
        return Reason(Word.REMOVED, post.removed)
    if post.over_18:
        return Reason(Word.OVER_18)
    if post.signed_in_only:
        return Reason(Word.SIGNED_IN_ONLY)
    if post.is_video:
        return Reason(Word.VIDEO)
    return None if post.attachments or post.text_pictures or post.text_links else nothing_shown(post)


def nothing_shown(post: Post) -> Reason | None:
    """Why there is no picture in what a post without attachments is about, told from the listing alone."""
    if post.pending:
        word = Word.NEVER_READY if post.final else Word.PENDING
        return Reason(word, f"pictures that the site has not made ready: {post.pending}")
    if post.moving:
        return Reason(Word(post.moving), "the gallery holds no still picture")
    if post.link:
        return None
    return Reason(Word.TEXT_ONLY if post.is_self else Word.NO_LINK)
