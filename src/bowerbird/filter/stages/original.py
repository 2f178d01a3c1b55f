"""The file itself: the best copy that is really there, or what somebody handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird import imaging
from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.placeholders import NO_PLACEHOLDERS, Placeholders
from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import File, Upload
from bowerbird.filter.examination import Examination
from bowerbird.filter.shape import ShapeRule
from bowerbird.imaging import ImageInfo
from bowerbird.imaging.isolated import Decoder

# i.redd.it serves an HTML page to a client whose Accept header prefers one.
ACCEPT = "image/jpeg,image/png,image/webp,image/*;q=0.5"


@dataclass(frozen=True, slots=True)
class Original:
    """Tries the candidate's URLs, best first, and keeps the first that is a picture of a kind we know.

    When the header already says that `shape` will reject the picture, the stage does not fetch the rest. The
    picture that a host serves in place of a removed one, as `placeholders` know it, does not count.
    """

    fetcher: Fetcher
    max_bytes: int
    decoder: Decoder = imaging
    shape: ShapeRule | None = None
    placeholders: Placeholders = NO_PLACEHOLDERS
    name: ClassVar[str] = "original"
    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[tuple[type, ...]] = (File, ImageInfo)

    def examine(self, exam: Examination) -> Reason | None:
        """Reject when no URL has a picture; the reason is the first URL's.

        When a host is merely down, the candidate goes back to the queue: the original may be there in a
        minute, and a fall-back is a smaller copy. On the last attempt a fall-back is better than nothing.
        """
        reasons: list[Reason] = []
        for url in exam.candidate.urls:
            header = _Header(self.decoder, self.shape)
            try:
                fetched = self.fetcher.fetch(
                    url, accept=ACCEPT, max_bytes=self.max_bytes, enough=header.misshapen
                )
                info = header.info or self.decoder.inspect(fetched.body)
                self._check_there(fetched, info)
            except OptedOutError as error:
                return error.reason
            except PermanentError as error:
                reasons.append(error.reason)
                continue
            except RetryableError as error:
                if not exam.last_attempt:
                    raise
                reasons.append(Reason(Word.UNREACHABLE, str(error)))
                continue
            exam.facts["url"] = fetched.url
            _take(exam, fetched.body, info, whole=fetched.whole)
            if reasons:
                exam.facts["instead_of"] = [str(reason) for reason in reasons]
            return None
        return reasons[0]

    def _check_there(self, fetched: Fetched, info: ImageInfo) -> None:
        """Refuse a host's "this picture was removed": it is not a picture."""
        size = (info.width, info.height)
        if self.placeholders.host_of(fetched.body, url=fetched.url, image_format=info.format, size=size):
            raise PermanentError(f"{fetched.url} is the host's placeholder", Word.REMOVED)


@dataclass(frozen=True, slots=True)
class Given:
    """Stands where `Original` stands when somebody has handed the bytes in."""

    decoder: Decoder = imaging
    name: ClassVar[str] = "original"
    needs: ClassVar[tuple[type, ...]] = (Upload,)
    gives: ClassVar[tuple[type, ...]] = (File, ImageInfo)

    def examine(self, exam: Examination) -> Reason | None:
        """Read the header; what is no picture of a kind we know raises its reason."""
        data = exam[Upload].data
        _take(exam, data, self.decoder.inspect(data), whole=True)
        return None


def _take(exam: Examination, data: bytes, info: ImageInfo, *, whole: bool) -> None:
    """Note the picture's bytes and what its header says; half a picture has a header only."""
    exam.give(info)
    if whole:
        file = File.of(data)
        exam.give(file)
        exam.facts |= {"bytes": len(data), "sha256": file.sha256}
    exam.facts |= {"format": info.format, "width": info.width, "height": info.height}


@dataclass(slots=True)
class _Header:
    """Reads a picture's header as soon as enough of it has come, and only once."""

    decoder: Decoder
    shape: ShapeRule | None
    info: ImageInfo | None = None

    def misshapen(self, beginning: bytes) -> bool:
        """Tell whether a picture that begins so will be rejected for its shape."""
        if self.info is None:
            try:
                self.info = self.decoder.inspect(beginning)
            except PermanentError:  # the header is longer, or this is no picture: the whole file will tell
                return False
        return self.shape is not None and self.shape.reason(self.info.width, self.info.height) is not None
