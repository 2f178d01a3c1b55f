"""The queue's message: one candidate image, versioned JSON.

Everything here crosses a trust boundary: strangers write posts, and others may write to a queue. So
`decode_candidate` is the only way in, and it checks types, lengths and the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from bowerbird.core.errors import InvalidMessageError

# SQS carries 1 MiB; a real candidate is below 4 KiB. Anything larger is not ours.
MAX_MESSAGE_BYTES: Final = 64 * 1024

_STRICT = ConfigDict(extra="forbid", strict=True)

_Url = Annotated[str, Field(min_length=1, max_length=4096)]
_Id = Annotated[str, Field(min_length=1, max_length=512)]
_Text = Annotated[str, Field(max_length=4096)]
_Pixels = Annotated[int, Field(ge=1, le=1_000_000)]
_Words = Annotated[tuple[_Text, ...], Field(max_length=64)]


@dataclass(frozen=True, slots=True)
class Submission:
    """Tells where a candidate came from: what the sidecar, the report and the recheck need of a post.

    `id` is unique within `source` (Reddit: the fullname, `t3_…`). Absent fields are None, because a source
    never invents what it cannot know. `alt` is the author's description of the candidate's picture.
    `languages` are those of the text (BCP 47), and `links` are the links in it. `tags` are without `#`.
    """

    __pydantic_config__ = _STRICT

    source: _Id
    id: _Id
    community: _Text | None = None
    author: _Text | None = None
    title: _Text | None = None
    permalink: _Text | None = None
    url: _Text | None = None
    created_utc: float | None = None
    licence: _Text | None = None
    alt: _Text | None = None
    languages: _Words | None = None
    tags: _Words | None = None
    links: _Words | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A smaller copy of the picture that the host itself offers; width and height in pixels."""

    __pydantic_config__ = _STRICT

    url: _Url
    width: _Pixels
    height: _Pixels


@dataclass(frozen=True, slots=True)
class Candidate:
    """One image to judge.

    `urls` holds the best original first, then fall-backs. `previews` go from small to large. `width` and
    `height` are what the listing declares of the original, in pixels, or None. `id` is stable: the same
    picture of the same submission has the same id in every run.
    """

    __pydantic_config__ = _STRICT

    id: _Id
    urls: Annotated[tuple[_Url, ...], Field(min_length=1, max_length=8)]
    submission: Submission
    previews: Annotated[tuple[Preview, ...], Field(max_length=16)] = ()
    width: _Pixels | None = None
    height: _Pixels | None = None
    host: _Text | None = None


@dataclass(frozen=True, slots=True)
class _Envelope:
    __pydantic_config__ = _STRICT

    version: Literal[1, 2]
    candidate: Candidate


_ADAPTER: Final = TypeAdapter(_Envelope)


def _version(submission: Submission) -> Literal[1, 2]:
    """The first version that can hold a submission. Version 2 added `alt`, `languages`, `tags` and `links`.

    An older filter goes on reading messages of version 1, and sets the others aside by their version.
    """
    return 2 if submission.alt or submission.languages or submission.tags or submission.links else 1


def encode_candidate(candidate: Candidate) -> str:
    """Serialise to the queue's JSON; absent fields are left out.

    ASCII only: SQS refuses characters that XML 1.0 has not, and a title may hold any.
    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    return _ADAPTER.dump_json(
        _Envelope(_version(candidate.submission), candidate),
        exclude_none=True,
        exclude_defaults=True,
        ensure_ascii=True,
    ).decode()


def decode_candidate(body: str) -> Candidate:
    """Parse a queue message.

    Raises:
        InvalidMessageError: not JSON, too large, another version, or a field of the wrong type or length.
    """
    if len(body.encode(errors="replace")) > MAX_MESSAGE_BYTES:
        raise InvalidMessageError(f"message is larger than {MAX_MESSAGE_BYTES} bytes")
    try:
        return _ADAPTER.validate_json(body).candidate
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise InvalidMessageError(f"{where}: {first['msg']} ({error.error_count()} in all)") from None
