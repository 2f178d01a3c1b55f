from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.crawl.jetstream import DamagedEventError, decode, subscription

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
TIME = 1_795_000_000_000_000


def told(**fields: Any) -> str:
    return json.dumps({"did": DID, "time_us": TIME, "kind": "commit"} | fields)


def commit(**fields: Any) -> str:
    return told(commit={"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k"} | fields)


def test_a_post_has_a_name_and_a_record() -> None:
    event = decode(commit(record={"text": "hello"}))
    assert (event.uri, event.time_us) == (f"at://{DID}/app.bsky.feed.post/3k", TIME)
    assert (event.operation, event.record) == ("create", {"text": "hello"})


def test_a_deletion_has_no_record() -> None:
    event = decode(commit(operation="delete", record={"text": "hello"}))
    assert (event.operation, event.record) == ("delete", None)


@pytest.mark.parametrize(
    ("account", "state"),
    [
        ({"active": True}, "active"),
        ({"active": True, "status": "deleted"}, "active"),
        ({"active": False, "status": "deleted"}, "deleted"),
        ({"active": False, "status": "takendown"}, "takendown"),
        ({"active": False, "status": "suspended"}, "suspended"),
        ({"active": False, "status": "deactivated"}, "deactivated"),
        ({"active": False, "status": "desynchronized"}, None),
        ({"active": False, "status": "throttled"}, None),
        ({"active": False}, None),
        ({"active": False, "status": ["deleted"]}, None),
        ({"active": "false", "status": "deleted"}, "deleted"),
        ("deleted", None),
    ],
)
def test_an_account_is_shown_or_says_why_not(account: object, state: str | None) -> None:
    assert decode(told(kind="account", account=account)).account == state


@pytest.mark.parametrize(
    "message",
    [
        commit(collection="app.bsky.feed.like", record={}),
        told(kind="identity", identity={"handle": "x.example", "seq": 5}),
        told(kind="of the future"),
        told(cursor=12345),
    ],
)
def test_others_only_tell_the_time(message: str) -> None:
    if "cursor" in message:
        message = message.replace('"commit"', '"identity"', 1)
    event = decode(message)
    assert (event.time_us, event.operation, event.account) == (TIME, None, None)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "of nobody"),
        (told(did="did:plc:short"), "of nobody"),
        (told(did="did:web:a.example/path"), "of nobody"),
        (told(did=None), "of nobody"),
        (told(time_us="1795000000000000"), "at no time"),
        (told(time_us=True), "at no time"),
        (told(time_us=24_647_190_112), "at no time"),  # a seq of version 2
        (told(time_us=1e16), "at no time"),
        (commit(rkey="../3k", record={}), "without a key"),
        (commit(rkey=5, record={}), "without a key"),
        (commit(), "without a record"),
        (commit(record=[]), "without a record"),
        (commit(operation="rename", record={}), "nothing happened"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd, unasked"),
        (b"{}", "binary"),
    ],
)
def test_what_is_no_event_says_why(message: str | bytes, why: str) -> None:
    with pytest.raises(DamagedEventError, match=why):
        decode(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(fields=st.dictionaries(st.sampled_from(["did", "time_us", "kind", "commit", "account"]), JSON))
def test_whatever_comes_is_an_event_or_none(fields: dict[str, Any]) -> None:
    with suppress(DamagedEventError):
        assert decode(told(**fields)).did == fields.get("did", DID)


def test_the_subscription_says_what_is_wanted() -> None:
    url = subscription("jetstream.example", TIME)
    assert url.startswith("wss://jetstream.example/subscribe?wantedCollections=app.bsky.feed.post&")
    assert url.endswith(f"&cursor={TIME}")
    assert "cursor" not in subscription("jetstream.example", None)


def test_a_count_is_never_sent_as_a_time() -> None:
    with pytest.raises(ValueError, match="no time in microseconds"):
        subscription("jetstream.example", 24_647_190_112)
