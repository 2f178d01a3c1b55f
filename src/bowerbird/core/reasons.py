"""Says why a post gave no candidate, or why a candidate was turned down.

A reason is one word of a fixed list, and then what was seen.

docs/reasons.md is made from this list: `make docs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

_LONGEST: Final = 64


class Word(StrEnum):
    """Holds the words, each with its `meaning`."""

    meaning: str

    def __new__(cls, word: str, meaning: str = "") -> Self:
        """A word is its own text, so that it can be counted, stored and compared as one."""
        member = str.__new__(cls, word)
        member._value_, member.meaning = word, meaning
        return member

    KEPT = "kept", "The picture passed every stage."

    # The listing says this of a post.
    REMOVED = "removed", 'The post was removed, or the host shows its "removed" picture.'
    OVER_18 = "over-18", "The listing marks the post as not for minors."
    VIDEO = "video", "The post or its link is a video."
    ANIMATION = "animation", "The link is an animation."
    TEXT_ONLY = "text-only", "The post is text."
    NO_LINK = "no-link", "The post links to nothing."
    ONLY = "only", "The owner's list `[only]` does not name the post's community, author, domain or words."
    NEVER = "never", "The owner's list `[never]` names the post's community, author, domain or a word of it."
    SIGNED_IN_ONLY = "signed-in-only", "The author shows the post only to those who are signed in."
    PENDING = "pending", "The site has not made the post's pictures ready; a later run asks again."
    NEVER_READY = "never-ready", "The site did not make the post's pictures ready in all the time we asked."
    NO_LOOKUP = "no-lookup", "This source does not show what a gallery holds. Another source may."
    UNSOUND = "unsound", "What was found does not fit a queue message: a link or a field breaks its rules."
    NO_RULE = "no-rule", "No host rule knows where the link goes."
    NO_PICTURE = "no-picture", "The link works and shows no still picture."
    HOST_UNAVAILABLE = "host-unavailable", "The picture's host did not answer while the post was read."
    ERROR = "error", "A host rule or a stage failed; the log says how."

    # The transfer met this.
    GONE = "gone", "The picture or its page is not there any more."
    FORBIDDEN = "forbidden", "The host refuses to show it (401, 402, 403, 451)."
    OPTED_OUT = "opted-out", "The host asks that its pictures are not used by programs like this one."
    REFUSED = "refused", "Bowerbird does not ask this address: it is not on the public internet, or not safe."
    REDIRECTS = "redirects", "The address redirects too often, or where no redirect is followed."
    STATUS = "status", "The host answered with an HTTP status that brings no picture."
    TOO_LARGE = "too-large", "The file has more bytes than Bowerbird reads."
    ENCODING = "encoding", "The host compressed the answer in a way we did not ask for."
    UNREACHABLE = "unreachable", "The host did not answer at any attempt."
    BUSY = "busy", "The host asks us to wait, or has a fault of its own (408, 425, 429, 5xx)."
    DNS = "dns", "The host's name has no address now."
    NETWORK = "network", "The connection failed."
    TLS = "tls", "The host's certificate is not valid, or no safe connection was possible."
    TIMEOUT = "timeout", "The host did not answer in time."
    SLOW = "slow", "The host sends too slowly."

    # The file is like this.
    HTML = "html", "The answer is a web page, not a picture."
    UNKNOWN_FORMAT = "unknown-format", "The file does not begin like any format that we know."
    FORMAT = "format", "We know the format, but do not keep it, or the gallery does not take it."
    ANIMATED = "animated", "The picture moves."
    TOO_MANY_PIXELS = "too-many-pixels", "The picture has more pixels than Bowerbird reads."
    TRUNCATED = "truncated", "The file ends before the picture does."
    UNDECODABLE = "undecodable", "The file is damaged."
    MEMORY = "memory", "Decoding would take more memory than is allowed."
    HANG = "hang", "Decoding took too long and was ended."
    CRASH = "crash", "The file crashed the decoder. Nothing else was harmed."
    DECODER = "decoder", "Bowerbird could not start the process that decodes pictures."

    # The picture is like this.
    UNLIKELY = "unlikely", "Posts like this one hardly ever bring a picture that the owner keeps."
    TOO_SMALL = "too-small", "The picture has fewer pixels than the gallery wants."
    TOO_WIDE = "too-wide", "The picture is wider, for its height, than the gallery wants."
    TOO_TALL = "too-tall", "The picture is taller, for its width, than the gallery wants."
    DUPLICATE = "duplicate", "The same bytes were kept before."
    NEAR_DUPLICATE = "near-duplicate", "Another copy of the picture, at least as good, was kept."
    NOVELTY = "novelty", "The picture is not enough like those that the owner loves."
    WATERMARK = "watermark", "The picture carries somebody's mark."
    PURGED = "purged", "The picture was kept, and then its post was removed."

    # The owner's own rules name this.
    SHARPNESS = "sharpness", "An owner's rule (`--reject-if`) names how sharp the picture is."
    BRIGHTNESS = "brightness", "An owner's rule names how bright it is."
    CRUSHED = "crushed", "An owner's rule names how much of it is black."
    BLOWN = "blown", "An owner's rule names how much of it is white."
    SYNTHETIC = "synthetic", "The file says that a generator made it, and an owner's rule rejects that."
    AESTHETIC = "aesthetic", "An owner's rule names the score of the bundle's aesthetic head."
    DETAIL = "detail", "An owner's rule names how much detail the picture holds for its size."
    QUALITY = "quality", "An owner's rule names how free the picture is from noise, blur and other faults."
    NSFW = "nsfw", "An owner's rule names how likely the picture is unsafe for work."


@dataclass(frozen=True, slots=True)
class Reason:
    """A word and what was seen; its text, `word: detail`, is what decisions store and people read.

    `word` is a `Word`, or plain text where a decision that another version wrote is read back.
    """

    word: str
    detail: str = ""

    @property
    def kind(self) -> str:
        """Return the word as it is counted: at most 64 characters, whoever wrote it."""
        return self.word[:_LONGEST]

    def __str__(self) -> str:
        return f"{self.word}: {self.detail}" if self.detail else self.word

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a stored reason back. Only code that reads stored text may call this."""
        word, _, detail = text.partition(":")
        return cls(_known(word.strip()), detail.removeprefix(" "))


def _known(word: str) -> str:
    try:
        return Word(word)
    except ValueError:
        return word
