"""Forms however they are cut, and whatever strangers send instead of one."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.serve.http.multipart import Upload, uploads
from bowerbird.serve.http.problems import Problem
from bowerbird.serve.http.quotas import Limits

LIMITS = Limits(pictures=3, picture_bytes=100)
TYPE = "multipart/form-data; boundary=XX"


def form(*files: tuple[str, bytes]) -> bytes:
    parts = [
        b'--XX\r\nContent-Disposition: form-data; name="p"; filename="%b"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%b\r\n" % (name.encode(), data)
        for name, data in files
    ]
    return b"".join(parts) + b"--XX--\r\n"


def read(body: bytes, size: int = 65536, content_type: str | None = TYPE) -> list[Upload]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    async def collect() -> list[Upload]:
        return [upload async for upload in uploads(chunks(), content_type, LIMITS)]

    return asyncio.run(collect())


@given(
    st.lists(
        st.tuples(st.sampled_from(["a.jpg", "føto.png", ""]), st.binary(max_size=100)), min_size=1, max_size=3
    ),
    st.integers(1, 200),
)
def test_files_come_out_as_they_went_in_however_the_body_is_cut(
    files: list[tuple[str, bytes]], size: int
) -> None:
    assert [(upload.name, upload.data) for upload in read(form(*files), size)] == files


@given(st.binary(max_size=400), st.booleans())
def test_hostile_bytes_are_a_problem_and_nothing_else(noise: bytes, inside: bool) -> None:
    body = form(("a", b"x"))[:-8] + noise if inside else noise
    try:
        read(body, 7)
    except Problem as problem:
        assert problem.status_code in {400, 413}  # noqa: PT017 - most noise is refused, some is a form


@pytest.mark.parametrize("content_type", [None, "", "multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_says_what_to_do(content_type: str | None) -> None:
    with pytest.raises(Problem, match="no boundary"):
        read(form(("a", b"x")), content_type=content_type)


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (form(*[("a", b"x")] * 4), 413, "More than 3 pictures"),
        (form(("big", bytes(101))), 413, "'big' has more than 100 bytes"),
        (form(), 400, "holds no file"),
        (form(("a", b"x"))[:-10], 400, "ends early"),
        (b'--XX\r\nContent-Disposition: form-data; name="tags"\r\n\r\n1\r\n--XX--', 400, "'tags' is no file"),
        (b"--XX\r\n" + b"x: y\r\n" * 1000, 400, "cannot be read"),
        (b"--XX\r\nx: " + b"y" * 100_000, 400, "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, status: int, detail: str) -> None:
    with pytest.raises(Problem, match=detail) as raised:
        read(body)
    assert raised.value.status_code == status


def test_a_name_is_never_long() -> None:
    assert len(read(form(("n" * 4000, b"x")))[0].name) == 255
