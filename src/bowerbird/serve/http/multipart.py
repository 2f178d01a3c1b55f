"""Reads pictures from a multipart/form-data body, one at a time, while the rest is still on its way.

Source: https://www.rfc-editor.org/rfc/rfc7578
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from bowerbird.serve.http.problems import malformed, too_large
from bowerbird.serve.http.quotas import Limits

_MAX_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: the name its sender gave it (only ever shown, never a path) and its bytes."""

    name: str
    data: bytes


async def uploads(
    body: AsyncIterator[bytes], content_type: str | None, limits: Limits
) -> AsyncIterator[Upload]:
    """The files of a form, in order.

    Raises:
        Problem: 400 when the form is malformed, cut short or empty, or has a field that is no file; 413 when
            it has too many files, or files that are too large.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise malformed("Content-Type has no boundary; let the HTTP library set it.")
    form, count = _Form(limits.picture_bytes), 0
    try:
        parser = form.parser(boundary)
        async for chunk in body:
            parser.write(chunk)
            while form.complete:
                count += 1
                if count > limits.pictures:
                    raise too_large(f"More than {limits.pictures} pictures; send smaller batches.")
                yield form.complete.popleft()
    except FormParserError as error:
        raise malformed(f"The form cannot be read: {error}") from None
    if not form.ended:
        raise malformed("The form ends early: its last boundary is missing.")
    if not count:
        raise malformed("The form holds no file; add pictures as files, in any field.")


class _Form:
    """Collects what the parser finds."""

    def __init__(self, max_bytes: int) -> None:
        self.complete: deque[Upload] = deque()
        self.ended = False
        self._max_bytes = max_bytes
        self._field, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._data = bytearray()

    def parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    def _begin(self) -> None:
        self._headers, self._data = {}, bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if b"filename" not in options:
            field = options.get(b"name", b"").decode(errors="replace")[:_MAX_NAME]
            raise malformed(f"The field {field!r} is no file; send pictures as files and nothing else.")
        self._name = options[b"filename"].decode(errors="replace")[:_MAX_NAME]

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if len(self._data) + end - start > self._max_bytes:
            raise too_large(f"{self._name!r} has more than {self._max_bytes} bytes.")
        self._data += memoryview(data)[start:end]

    def _part_end(self) -> None:
        self.complete.append(Upload(self._name, bytes(self._data)))
        self._data = bytearray()

    def _end(self) -> None:
        self.ended = True
