import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import (
    MAX_MESSAGE_BYTES,
    Candidate,
    Preview,
    Submission,
    decode_candidate,
    encode_candidate,
)

FULL = Candidate(
    id="t3_abc/xyz",
    urls=("https://i.redd.it/xyz.jpg", "https://preview.redd.it/xyz.jpg?s=1"),
    submission=Submission("reddit", "t3_abc", community="EarthPorn", title="Fjord ⛰", created_utc=1.5),
    previews=(Preview("https://preview.redd.it/xyz.jpg?width=108&s=2", 108, 81),),
    width=4000,
    height=3000,
    host="reddit",
)
BARE = Candidate(id="x", urls=("https://example.com/a.png",), submission=Submission("urls", "x"))


@pytest.mark.parametrize("candidate", [FULL, BARE])
def test_a_candidate_survives_the_queue(candidate: Candidate) -> None:
    assert decode_candidate(encode_candidate(candidate)) == candidate


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ({}, 1),
        ({"title": "Fjord"}, 1),
        ({"alt": "A fjord"}, 2),
        ({"languages": ("nb-NO",)}, 2),
        ({"tags": ("fjord", "norway")}, 2),
        ({"links": ("https://example.com/",)}, 2),
    ],
)
def test_only_what_needs_the_second_version_has_it(told: dict[str, Any], version: int) -> None:
    candidate = Candidate("x", ("https://example.com/a.png",), Submission("bluesky", "x", **told))
    body = encode_candidate(candidate)
    assert json.loads(body)["version"] == version
    assert decode_candidate(body) == candidate


def test_a_message_is_ascii_whatever_the_title() -> None:
    submission = Submission(source="reddit", id="t3_a", title="\uffff \x0b \U0001f426")
    candidate = Candidate(id="a", urls=("https://i.redd.it/a.jpg",), submission=submission)
    body = encode_candidate(candidate)
    assert body.isascii()
    assert body.isprintable()
    assert decode_candidate(body) == candidate


def test_absent_fields_are_left_out() -> None:
    assert json.loads(encode_candidate(BARE)) == {
        "version": 1,
        "candidate": {
            "id": "x",
            "urls": ["https://example.com/a.png"],
            "submission": {"source": "urls", "id": "x"},
        },
    }


def message(**changes: Any) -> str:
    content = json.loads(encode_candidate(FULL))
    content["candidate"] |= changes
    return json.dumps(content)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "Invalid JSON"),
        ("{", "Invalid JSON"),
        ("[]", "object"),
        ("null", "object"),
        ('{"version": 1}', "candidate: Field required"),
        ('{"version": 3, "candidate": {}}', "version: Input should be 1 or 2"),
        (message(id=""), "candidate.id: String should have at least 1 character"),
        (message(id=7), "candidate.id: Input should be a valid string"),
        (message(urls=[]), "candidate.urls"),
        (message(urls="https://example.com"), "candidate.urls"),
        (message(urls=["u"] * 9), "candidate.urls"),
        (message(width=-1), "candidate.width"),
        (message(width="4000"), "candidate.width: Input should be a valid integer"),
        (message(width=True), "candidate.width"),
        (message(extra=1), "candidate.extra: Unexpected keyword argument"),
        (message(submission={"source": "x"}), "candidate.submission.id: Field required"),
        (message(host="x" * 5000), "candidate.host: String should have at most 4096"),
        ('{"version":1,"candidate":' + "[" * 20000 + "]" * 20000 + "}", "Invalid JSON"),
        (" " * (MAX_MESSAGE_BYTES + 1), "larger than"),
        (message(id="\ud800"), "Invalid JSON"),
    ],
)
def test_what_is_not_a_candidate_says_why(body: str, reason: str) -> None:
    with pytest.raises(InvalidMessageError) as caught:
        decode_candidate(body)
    assert reason in str(caught.value)


@given(
    st.text()
    | st.recursive(st.none() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)).map(
        json.dumps
    )
)
def test_nothing_else_ever_comes_out(body: str) -> None:
    with pytest.raises(InvalidMessageError):
        decode_candidate(body)
