from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import BowerbirdError, OptedOutError, PermanentError, RetryableError
from bowerbird.core.ports import Fetched
from bowerbird.core.reasons import Word
from bowerbird.net import HttpFetcher
from bowerbird.net.atproto import AtprotoFetcher, document_url, self_labels, server_of
from tests.fakes import FakeFetcher

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
CID = "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"
PLC = f"https://plc.directory/{DID}"
PATH = f"/xrpc/com.atproto.sync.getBlob?did={DID}&cid={CID}"
LINK = f"at://{DID}{PATH}"
PROFILE = f"/xrpc/com.atproto.repo.getRecord?repo={DID}&collection=app.bsky.actor.profile&rkey=self"
PDS = "https://pds.example"
COPY = f"https://cdn.bsky.app/img/feed_fullsize/plain/{DID}/{CID}@jpeg"
SMALL = f"https://cdn.bsky.app/img/feed_thumbnail/plain/{DID}/{CID}@jpeg"


def document(endpoint: object = PDS, did: str = DID, **service: Any) -> dict[str, Any]:
    entry = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint}
    other = {"id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": "https://l.example"}
    return {"id": did, "service": [other, entry | service]}


def profile(*labels: str) -> bytes:
    return json.dumps({"value": {"labels": {"values": [{"val": label} for label in labels]}}}).encode()


def world(**answers: bytes | BowerbirdError) -> dict[str, bytes | BowerbirdError]:
    return {
        PLC: json.dumps(document()).encode(),
        PDS + PATH: b"the original",
        COPY: b"a copy",
        SMALL: b"a small copy",
    } | answers


def fetch(fetcher: AtprotoFetcher, url: str = LINK) -> Fetched:
    return fetcher.fetch(url, accept="image/*", max_bytes=1000)


def test_the_original_comes_from_the_authors_own_server() -> None:
    web = FakeFetcher(world())
    fetched = fetch(AtprotoFetcher(web))
    assert (fetched.url, fetched.body) == (PDS + PATH, b"the original")
    assert web.asked == [PLC, PDS + PROFILE, PDS + PATH]


def test_an_author_is_asked_for_once_an_hour() -> None:
    web, now = FakeFetcher(world()), [0.0]
    fetcher = AtprotoFetcher(web, clock=lambda: now[0])
    fetch(fetcher)
    fetch(fetcher)
    assert web.asked.count(PLC) == 1
    now[0] = 3601
    fetch(fetcher)
    assert web.asked.count(PLC) == 2


def test_authors_are_forgotten_beyond_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bowerbird.net.atproto._AUTHORS", 2)
    dids = [f"did:web:{name}.example" for name in "abc"]
    answers: dict[str, bytes | BowerbirdError] = {
        document_url(did): json.dumps(document(did=did)).encode() for did in dids
    }
    answers |= {f"{PDS}/xrpc/x": b"x"}
    web = FakeFetcher(answers)
    fetcher = AtprotoFetcher(web)
    for did in (*dids, dids[0]):
        fetch(fetcher, f"at://{did}/xrpc/x")
    assert web.asked.count(document_url(dids[0])) == 2


@pytest.mark.parametrize("url", [LINK, COPY])
@pytest.mark.parametrize(
    ("labels", "word"), [(["!no-unauthenticated"], "opted-out"), (["bot", "porn"], "over-18")]
)
def test_an_authors_wishes_hold_for_every_copy_that_could_be_kept(
    url: str, labels: list[str], word: str
) -> None:
    web = FakeFetcher(world(**{PDS + PROFILE: profile(*labels)}))
    with pytest.raises(OptedOutError, match=f"^{word}:"):
        fetch(AtprotoFetcher(web), url)
    assert url not in web.asked
    assert PDS + PATH not in web.asked


@pytest.mark.parametrize("url", [SMALL, "https://i.redd.it/a.jpg"])
def test_other_links_are_the_fetchers_own_business(url: str) -> None:
    web = FakeFetcher({url: b"x"})
    assert fetch(AtprotoFetcher(web), url).body == b"x"
    assert web.asked == [url]


@pytest.mark.parametrize("labels", [[], ["bot"]])
def test_an_author_who_says_nothing_is_shown(labels: list[str]) -> None:
    assert fetch(AtprotoFetcher(FakeFetcher(world(**{PDS + PROFILE: profile(*labels)})))).body


@pytest.mark.parametrize("trouble", [RetryableError("503", Word.BUSY), PermanentError("403", Word.FORBIDDEN)])
def test_wishes_that_cannot_be_known_are_not_guessed(trouble: BowerbirdError) -> None:
    for url in (LINK, COPY):
        with pytest.raises(type(trouble)):
            fetch(AtprotoFetcher(FakeFetcher(world(**{PDS + PROFILE: trouble}))), url)


@pytest.mark.parametrize(
    "answer", [PermanentError("404", Word.GONE), PermanentError("x answered 400", Word.STATUS, status=400)]
)
def test_what_the_authors_server_no_longer_has_has_no_stand_in(answer: PermanentError) -> None:
    web = FakeFetcher(world(**{PDS + PATH: answer}))
    with pytest.raises(OptedOutError, match=r"^gone: the author's server no longer has it"):
        fetch(AtprotoFetcher(web))
    assert web.asked.count(PLC) == 2  # the author might have moved


def test_an_author_who_moved_is_found_again() -> None:
    web = FakeFetcher(world())
    fetcher = AtprotoFetcher(web)
    fetch(fetcher)
    web.answers |= {
        PLC: json.dumps(document("https://new.example")).encode(),
        "https://new.example" + PATH: b"moved",
    }
    del web.answers[PDS + PATH]
    assert fetch(fetcher).body == b"moved"


@pytest.mark.parametrize("answer", [RetryableError("503", Word.BUSY), PermanentError("much", Word.TOO_LARGE)])
def test_a_server_in_trouble_says_so(answer: BowerbirdError) -> None:
    with pytest.raises(type(answer), match=str(answer)):
        fetch(AtprotoFetcher(FakeFetcher(world(**{PDS + PATH: answer}))))


def test_an_author_who_has_gone_has_no_pictures() -> None:
    web = FakeFetcher(world(**{PLC: PermanentError("410", Word.GONE)}))
    for url in (LINK, COPY):
        with pytest.raises(OptedOutError, match="gone: the author has gone"):
            fetch(AtprotoFetcher(web), url)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        (DID, PLC),
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        ("did:web:a-b.example.org", "https://a-b.example.org/.well-known/did.json"),
    ],
)
def test_a_document_lies_where_its_method_says(did: str, url: str) -> None:
    assert document_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        *("did:plc:short", "did:plc:" + "A" * 24, "did:key:z6Mk", "did:web:", "did:web:a.example:path"),
        *("did:web:a.example%3A8443", "did:web:a.example/x", "did:web:user@a.example", "did:web:-a"),
        *("did:web:a.example?x", "did:web:a.example#x", "did:web:a b", "did:plc:" + "a" * 24 + "/../x"),
    ],
)
def test_other_dids_are_refused(did: str) -> None:
    with pytest.raises(PermanentError, match="refused"):
        document_url(did)
    web = FakeFetcher({})
    with pytest.raises(PermanentError, match="refused"):
        fetch(AtprotoFetcher(web), f"at://{did}/xrpc/x")
    assert web.asked == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (document(did="did:plc:" + "b" * 24), "of another"),
        ({}, "of another"),
        ({"id": DID}, "names no server"),
        ({"id": DID, "service": {"0": {}}}, "names no server"),
        ({"id": DID, "service": [None, 5, "x"]}, "names no server"),
        (document(id="#other"), "names no server"),
        (document(id=["#atproto_pds"]), "names no server"),
        (document(type="Other"), "names no server"),
        (document(["https://a.example"]), "names no server"),
        (document({"uri": "https://a.example"}), "names no server"),
        (document("http://pds.example"), "only https://host"),
        (document("https://pds.example/path"), "only https://host"),
        (document("https://pds.example:8443"), "only https://host"),
        (document("https://user@pds.example"), "only https://host"),
        (document("https://pds.example?x"), "only https://host"),
        (document("https://pds.example\n"), "only https://host"),
        (document("file:///etc/passwd"), "only https://host"),
        (document("https://[::1]"), "only https://host"),
    ],
)
def test_a_document_is_read_as_a_strangers(told: dict[str, Any], words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        server_of(told, DID)


@pytest.mark.parametrize("id_", ["#atproto_pds", f"{DID}#atproto_pds"])
@pytest.mark.parametrize("endpoint", ["https://pds.example", "https://pds.example/"])
def test_a_server_is_named_in_two_ways(id_: str, endpoint: str) -> None:
    assert server_of(document(endpoint, id=id_), DID) == PDS


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"[" * 20_000, b"\xff"])
def test_a_document_that_is_none_may_be_one_later(body: bytes) -> None:
    with pytest.raises(RetryableError, match="not a JSON object"):
        fetch(AtprotoFetcher(FakeFetcher(world(**{PLC: body}))))


def test_a_document_is_no_larger_than_documents_are() -> None:
    with pytest.raises(PermanentError, match="too-large"):
        fetch(AtprotoFetcher(FakeFetcher(world(**{PLC: b" " * 65_537}))))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("127.0.0.1", "127.0.0.1"),
        ("metadata.example", "169.254.169.254"),
        ("home.example", "192.168.1.1"),
        ("printer.local", "93.184.216.34"),
        ("2130706433", "127.0.0.1"),
    ],
)
def test_a_server_inside_our_own_network_is_never_asked(host: str, address: str) -> None:
    told = document(f"https://{host}")

    class Directory(FakeFetcher):
        """The directory answers; everything else goes out for real, through the guard."""

        def fetch(self, url: str, **options: Any) -> Fetched:
            if url == PLC:
                return Fetched(url, 200, {}, json.dumps(told).encode())
            with HttpFetcher(user_agent="t", resolver=lambda _: [address]) as http:
                return http.fetch(url, **options)

    with pytest.raises(PermanentError, match="refused"):
        fetch(AtprotoFetcher(Directory({})))


@pytest.mark.parametrize("downgraded", [PLC, PDS + PROFILE, PDS + PATH])
def test_what_is_redirected_to_plain_http_is_refused(downgraded: str) -> None:
    class Downgraded(FakeFetcher):
        def fetch(self, url: str, **options: Any) -> Fetched:
            body = profile() if url == PDS + PROFILE else super().fetch(url, **options).body
            return Fetched(url, 200, {}, body, plain=url == downgraded)

    with pytest.raises(PermanentError, match="without TLS"):
        fetch(AtprotoFetcher(Downgraded(world())))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "type", "values", "val"]), inner),
    max_leaves=5,
)


@given(told=JSON)
def test_labels_of_any_record_are_words(told: object) -> None:
    assert all(isinstance(label, str) for label in self_labels({"labels": told}) | self_labels(told))
