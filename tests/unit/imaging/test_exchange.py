"""What goes through the pipe between a decoder and its worker."""

import io

import pytest

from bowerbird.imaging.exchange import receive, send


def sent(body: bytes) -> bytes:
    pipe = io.BytesIO()
    send(pipe, {"do": "decode"}, body)
    return pipe.getvalue()


def test_a_message_comes_as_it_was_sent() -> None:
    assert receive(io.BytesIO(sent(b"pixels")), max_body=6) == ({"do": "decode"}, b"pixels")


def test_a_message_that_ends_early_is_none() -> None:
    whole = sent(b"pixels")
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            receive(io.BytesIO(whole[:length]), max_body=6)


def test_a_body_larger_than_allowed_is_refused() -> None:
    with pytest.raises(ValueError, match="7 bytes"):
        receive(io.BytesIO(sent(b"7 bytes")), max_body=6)
