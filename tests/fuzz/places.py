"""Fuzzes what an owner writes, and what a place holds beside its log: samples, the prior, finished days."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from bowerbird import imaging
from bowerbird.config.reading import read
from bowerbird.core import prior
from bowerbird.core.compaction import compact
from bowerbird.core.decision_log import decisions_key, each_line, packed_key
from bowerbird.core.decisions import encode_decision
from bowerbird.core.errors import StoreError, UsageError
from bowerbird.core.messages import Submission
from bowerbird.core.stream_sample import Look, StreamSample, decode_look, encode_look, read_sample
from bowerbird.deliver.about import about
from bowerbird.deliver.described import packet
from bowerbird.deliver.naming import MAX_BYTES, NameRule
from bowerbird.imaging.embedding import embedded
from bowerbird.models import eight_bits
from tests.fakes import FakeStore
from tests.fuzz import seeds
from tests.fuzz.stored import folder
from tests.integration.label.place import STANDARD, decision_of

_DAY = "2026-03-01"
_DIM = 16
_KEY = f"images/aa/{'a' * 64}.jpg"


def toml(data: bytes) -> str:
    """The owner's file; a refusal says where, in one line."""
    path = folder() / "bowerbird.toml"
    path.write_bytes(data)
    try:
        read(path)
    except UsageError as error:
        return _refused(str(error))
    return "configuration"


def _refused(words: str) -> str:
    assert words.isprintable(), words
    return "refused"


def sample(data: bytes) -> str:
    """A row of the stream's sample: read, unpacked, written again."""
    store = FakeStore()
    rows = StreamSample(store, "encoder")
    rows.offer(_LOOK, Submission("reddit", "t3_1"))
    (key,) = store.keys("stream/")
    store.put(key, data, content_type="-")
    found = read_sample(store, "encoder")
    vectors = eight_bits.unpack((look.numbers for look in found), _DIM)
    assert np.isfinite(vectors).all()
    for look in found:
        assert decode_look(encode_look(look)) == look
    return "row" if len(vectors) else "none"


def packed(data: bytes) -> str:
    """Numbers of 8 bits, read and packed again."""
    vectors = eight_bits.unpack([data[:_DIM]], _DIM)
    assert np.isfinite(vectors).all()
    for vector in vectors:
        again = eight_bits.unpack([eight_bits.pack(vector)], _DIM)[0]
        assert not vector.any() or float(again @ vector) > 0.99
    return "vector" if len(vectors) else "none"


def model(data: bytes) -> str:
    """The prior, asked of one post."""
    store = FakeStore()
    store.put(prior.KEY, data, content_type="-")
    found = prior.read_prior(store)
    assert found is not None
    traits = prior.traits(
        {"title": data.decode(errors="replace"), "url": "https://["}, "reddit", (4000, 3000)
    )
    assert isinstance(found.score(traits), float)
    prior.write_prior(store, found)
    return "prior"


def day(data: bytes) -> str:
    """A finished day, in one of two files; nothing that could be read is lost."""
    store = FakeStore()
    store.put(decisions_key(_DAY, "a"), encode_decision(decision_of(STANDARD[0])).encode(), content_type="-")
    key = packed_key(_DAY) if data[:1] == b"\x1f" else decisions_key(_DAY, "b")
    store.put(key, data, content_type="-")
    before = {line.candidate for line in each_line(store) if line}
    try:
        list(compact(store, date(2026, 3, 9)))
    except StoreError:
        return "damaged"
    assert list(store.keys("decisions/")) == [packed_key(_DAY)]
    after = [line for line in each_line(store) if line]
    assert {line.candidate for line in after} == before
    assert list(compact(store, date(2026, 3, 9))) == []
    return "compacted" if len(after) > 1 else "one line"


def description(data: bytes) -> str:
    """What a stranger said of a picture: XMP that any parser reads, and a name that any disk takes."""
    try:
        told = about(_KEY, json.loads(data))
    except (ValueError, RecursionError, AttributeError):
        return "no sidecar"
    said = packet(told, ("owner's",))
    root = ET.fromstring(said)  # noqa: S314 - our own text, which is the question
    assert sum(1 for each in root.iter() if each.tag.endswith("}Description")) == 1
    for part in NameRule.parse("{community}/{author} {title} {hash}").path(told).split("/"):
        assert 0 < len(part.encode()) <= MAX_BYTES
        assert part not in {".", ".."}
        assert part.isprintable()
    return "described"


def picture(data: bytes) -> str:
    """A file that gets a description: what was a picture stays the same one."""
    copy = embedded(data, packet(about(_KEY, {})))
    if copy is None:
        return "no place"
    assert len(copy) <= len(data) + 66_000
    assert imaging.sniff(copy) == imaging.sniff(data)
    return "embedded"


_LOOK = Look(
    "t3_1/x", "reddit", "t3_1", _DAY, "mine@1", 0.5, kept=True, of="preview", numbers=bytes(range(_DIM))
)


def files() -> list[bytes]:
    """A short file, and one with every table."""
    short = 'contact = "you@example.org"\n[[stream]]\nsource = "bluesky"\n'
    long = (
        'every = "10m"\nhours = "22:00-06:00"\ndownloads = 4\n[[stream]]\nsource = "reddit"\n'
        'communities = ["EarthPorn"]\n[[taste]]\nplace = "a"\nkeep_rate = 0.8\n[never]\nwords = ["spam"]\n'
        '[[deliver]]\nto = "immich:http://photos.lan:2283"\n[[notify]]\nto = "ntfy:https://ntfy.sh/x"\n'
        '[space]\nat_least = "1 GB"\n'
    )
    return [short.encode(), long.encode(), long.partition("[[deliver]]")[0].encode()]


def rows() -> list[bytes]:
    """A row."""
    return [encode_look(_LOOK)]


def vectors() -> list[bytes]:
    """Sixteen numbers, and the extremes."""
    return [bytes(range(_DIM)), bytes([128, 127] * (_DIM // 2)), bytes(_DIM)]


def priors() -> list[bytes]:
    """A model of three words."""
    store = FakeStore()
    prior.write_prior(store, prior.Prior({1: 0.5, 7: -0.25, 8191: 2.0}, -1.0, -3.0, "by hand"))
    return [store.objects[prior.KEY]]


def days() -> list[bytes]:
    """Lines, plain and packed."""
    lines = "".join(encode_decision(decision_of(each)) + "\n" for each in STANDARD).encode()
    return [b"\n" + lines, gzip.compress(lines, mtime=0)]


def sidecars() -> list[bytes]:
    """A sidecar with everything that is described."""
    told = json.loads(encode_decision(decision_of(STANDARD[3])))
    told["submission"] |= {"author": "ünn", "tags": ["fog", "]]>"], "licence": "CC0", "created_utc": 1.7e9}
    told["facts"] = {
        "url": "https://p.example/a.jpg",
        "novelty_percentile": 99.5,
        "width": 4000,
        "height": 3000,
    }
    return [json.dumps({"version": 1, "decision": told, "candidate": {"host": "con.txt"}}).encode()]


TARGETS: Mapping[str, tuple[Callable[[bytes], str], Callable[[], list[bytes]]]] = {
    "toml": (toml, files),
    "sample": (sample, rows),
    "eight-bits": (packed, vectors),
    "prior": (model, priors),
    "compaction": (day, days),
    "description": (description, sidecars),
    "embedding": (picture, seeds.images),
}
#: What the sound ones come to.
ACCEPTED: Mapping[str, str] = {
    "toml": "configuration",
    "sample": "row",
    "eight-bits": "vector",
    "prior": "prior",
    "compaction": "compacted",
    "description": "described",
    "embedding": "embedded",
}
