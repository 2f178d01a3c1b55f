import pytest

from bowerbird.core.json_text import parsed


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_a_text_nested_beyond_reason_is_no_json(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="nested beyond reason"):
        parsed(text)


def test_digits_are_read_as_told() -> None:
    assert parsed('{"a": [12, 3.5]}', whole=len) == {"a": [2, 3.5]}


@pytest.mark.parametrize("text", ["", "nonsense", b"\xff\xfe\xfa", "{"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
