"""Defines what a source yields: a submission with the fields the rules need, from any site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bowerbird.core.messages import Preview, Submission


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that the listing itself carries, such as one item of a Reddit gallery.

    `id` is stable within the submission. `urls` holds the best original first. `previews` go from small to
    large. `width` and `height` are the original's, in pixels, or None when the listing does not say. `alt` is
    the author's description of the picture.

    `linked` says that somebody named the picture by the first link, and that the host's rule may know a
    better copy. Then `width` and `height` are those of the file at that link.
    """

    id: str
    urls: tuple[str, ...]
    host: str
    previews: tuple[Preview, ...] = ()
    width: int | None = None
    height: int | None = None
    alt: str | None = None
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One post.

    - `link` is what the post points at. `previews` (small to large) and the declared `width` and `height`
      describe the picture behind it. `is_picture` says that the listing calls that a picture, whatever the
      link looks like.
    - `attachments` are in the author's order. `moving` is the kind of what a gallery holds beside still
      pictures: `animation` or `video`.
    - `removed` says why the post is gone; None when it is not. `signed_in_only` says that its author shows it
      only to people who have signed in.
    - `pending` counts pictures that the site has not made ready yet. `final` says that nobody will look
    again.
    - `text_pictures` and `text_links` are in the post's text, beside what it is about. A link gives a
      candidate when a host rule knows it.
    - `unreadable` is the kind of exception that ended the reading of the post. Then only its submission's id
      is known. A post without an id gets one that is made up.
    """

    submission: Submission
    link: str | None = None
    attachments: tuple[Attachment, ...] = ()
    previews: tuple[Preview, ...] = ()
    width: int | None = None
    height: int | None = None
    over_18: bool = False
    is_picture: bool = False
    is_video: bool = False
    is_self: bool = False
    removed: str | None = None
    pending: int = 0
    final: bool = False
    moving: str | None = None
    unreadable: str | None = None
    signed_in_only: bool = False
    text_pictures: tuple[Attachment, ...] = ()
    text_links: tuple[str, ...] = ()

    @property
    def unfinished(self) -> bool:
        """Tell whether another look may find more of the wanted pictures."""
        return bool(self.pending) and not (self.removed or self.over_18 or self.is_video)


class Source(Protocol):
    """Gives posts."""

    @property
    def name(self) -> str:
        """Return the source's name in submissions, metrics and the doctor's report."""
        ...

    def posts(self) -> Iterator[Post]:
        """Yield posts once, newest first or in file order.

        Raises:
            SourceBlockedError: the source refused us.
            SourceUnreachableError: the source could not be reached.
            UsageError: the specification names nothing that can be read.
        """
        ...


@runtime_checkable
class Lookup(Protocol):
    """Gives posts by id, when asked for them."""

    @property
    def authoritative(self) -> bool:
        """Tell whether a missing post is gone; an archive may merely not have archived it."""
        ...

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission, of any source, has a name that means something here."""
        ...

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Yield those of these posts that exist, of whatever community; errors as for `Source.posts`."""
        ...


@runtime_checkable
class Telling(Protocol):
    """Says how the source is: blocked is not quiet."""

    def told(self) -> str:
        """Return one line about the last run; empty before one."""
        ...


@runtime_checkable
class Committing(Protocol):
    """Remembers how far the source came, so that the next run goes on from there."""

    def commit(self) -> None:
        """Remember; called when everything yielded so far is safely on the queue, never before."""
        ...


@dataclass(frozen=True, slots=True)
class Removals:
    """Keeps what a stream has told of posts that are gone: why, by submission id and by author."""

    posts: Mapping[str, str]
    authors: Mapping[str, str]


@runtime_checkable
class Removing(Protocol):
    """Tells by itself, without being asked, what was removed."""

    @property
    def name(self) -> str:
        """Return the source's name in submissions."""
        ...

    def removed(self) -> Removals:
        """Return all that was told of late, by this run and those before it."""
        ...
