"""Several tastes look at a candidate once, and decide as each would have decided alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from bowerbird import imaging
from bowerbird.assembly import Adapters, Assembly, Settings, assemble, together
from bowerbird.core.decisions import stored
from bowerbird.core.messages import Candidate, Preview, Submission, encode_candidate
from bowerbird.core.ports import Message
from bowerbird.filter.consumer import Outcome
from bowerbird.filter.shape import ShapeRule
from bowerbird.models.bundle import Bundle, load
from tests.fakes import FakeFetcher, FakeLedger, FakeQueue, FakeStore
from tests.pictures import jpeg

WIDE = ShapeRule(min_area=1)
PICTURES = {f"https://a.example/{n}.jpg": jpeg(seed=n) for n in range(3)} | {
    "https://a.example/small.jpg": jpeg(320, 200, seed=5)
}
GONE = "https://a.example/gone.jpg"


class Counting:
    """A network that counts its pictures."""

    def __init__(self, session: Any) -> None:
        self.session, self.seen = session, 0

    def run(self, batch: np.ndarray[Any, Any]) -> Any:
        self.seen += len(batch)
        return self.session.run(batch)

    def outputs(self, batch: np.ndarray[Any, Any]) -> Any:
        self.seen += len(batch)
        return self.session.outputs(batch)


class CountingDecoder:
    """Decodes in this process, and counts."""

    def __init__(self) -> None:
        self.decoded: list[int | None] = []

    def inspect(self, data: bytes) -> Any:
        return imaging.inspect(data)

    def decode(self, data: bytes, *, min_side: int | None = None) -> Any:
        return self.read(data, min_side=min_side)[1]

    def read(self, data: bytes, *, min_side: int | None = None) -> Any:
        self.decoded.append(min_side)
        return imaging.read(data, min_side=min_side)


def taste(threshold: float) -> Bundle:
    """Load lite with another threshold, and networks that count."""
    bundle = load("lite")
    assert bundle.watermark is not None
    return replace(
        bundle,
        encoder=replace(bundle.encoder, session=Counting(bundle.encoder.session)),
        novelty=replace(bundle.novelty, threshold=threshold, preview_margin=None),
        glance=None,
        watermark=replace(bundle.watermark, session=Counting(bundle.watermark.session), threshold=2.0),
    )


def candidates() -> list[Candidate]:
    return [Candidate(url, (url,), Submission("test", url)) for url in (*PICTURES, GONE)]


def run(
    bundles: Sequence[Bundle], shapes: Sequence[ShapeRule], fetcher: FakeFetcher, decoder: CountingDecoder
) -> list[FakeLedger]:
    shared = Adapters(queue=FakeQueue(), fetcher=fetcher, decoder=decoder)
    ledgers = [FakeLedger() for _ in bundles]
    own = zip(bundles, shapes, ledgers, strict=True)
    settle(
        [
            assemble(replace(shared, store=FakeStore(), ledger=ledger, bundle=bundle), Settings(shape=shape))
            for bundle, shape, ledger in own
        ]
    )
    return ledgers


def settle(assemblies: Sequence[Assembly]) -> None:
    consumer = together.consumer(assemblies)
    for each in candidates():
        outcome = consumer.consume(Message(each.id, encode_candidate(each), "receipt", 1))
        assert outcome is Outcome.DECIDED


def decided(ledger: FakeLedger) -> dict[str, dict[str, Any]]:
    """The decisions, without what a clock says."""
    lines = {name: dict(stored(decision)) for name, decision in ledger.decisions.items()}
    for line in lines.values():
        del line["timings"], line["decided_at"]
    return lines


SCORES = [-6.0, 0.0]


def test_each_picture_is_fetched_decoded_and_embedded_once_and_judged_as_ever() -> None:
    shapes = [ShapeRule(), WIDE]
    alone = [
        run([taste(score)], [shape], FakeFetcher(PICTURES), CountingDecoder())[0]
        for score, shape in zip(SCORES, shapes, strict=True)
    ]
    fetcher, decoder, bundles = FakeFetcher(PICTURES), CountingDecoder(), [taste(each) for each in SCORES]
    ledgers = run(bundles, shapes, fetcher, decoder)
    assert sorted(fetcher.asked) == sorted([*PICTURES, GONE])
    assert len(decoder.decoded) == len(PICTURES)
    assert [bundle.encoder.session.seen for bundle in bundles] == [len(PICTURES), 0]
    looks = [bundle.watermark.session.seen for bundle in bundles if bundle.watermark]
    assert looks == [max(looks), 0]
    small = decided(ledgers[0]).pop("https://a.example/small.jpg")
    assert small["reason"].startswith("too-small")
    assert decided(ledgers[1]) == decided(alone[1])
    theirs = decided(alone[0])
    for line in (small, theirs["https://a.example/small.jpg"]):
        del line["facts"]  # read whole, because the other taste takes it
    assert decided(ledgers[0]) | {"https://a.example/small.jpg": small} == theirs
    kept = [sum(decision.keep for decision in ledger.decisions.values()) for ledger in ledgers]
    assert kept[0] != kept[1]


def test_other_encoders_share_bytes_and_decoding_only() -> None:
    bundles = [taste(-1e9), taste(-1e9)]
    manifest = bundles[1].manifest
    artifact = manifest.encoder.artifact.model_copy(update={"sha256": "0" * 64})
    encoder = manifest.encoder.model_copy(update={"artifact": artifact})
    bundles[1] = replace(bundles[1], manifest=manifest.model_copy(update={"encoder": encoder}))
    fetcher, decoder = FakeFetcher(PICTURES), CountingDecoder()
    run(bundles, [WIDE, WIDE], fetcher, decoder)
    assert len(fetcher.asked) == len(PICTURES) + 1
    assert len(decoder.decoded) == len(PICTURES)
    assert [bundle.encoder.session.seen for bundle in bundles] == [len(PICTURES)] * 2
    assert [bundle.watermark.session.seen for bundle in bundles if bundle.watermark] == [len(PICTURES), 0]


def test_a_preview_is_looked_at_once() -> None:
    big, small = jpeg(seed=7), jpeg(800, 600, seed=7)
    urls = "https://a.example/big.jpg", "https://a.example/copy.jpg"
    fetcher, decoder = FakeFetcher(dict(zip(urls, (big, small), strict=True))), CountingDecoder()
    bundles = [taste(1e9), taste(1e9)]
    bundles = [replace(each, novelty=replace(each.novelty, preview_margin=0.1)) for each in bundles]
    shared = Adapters(queue=FakeQueue(), fetcher=fetcher, decoder=decoder)
    ledgers = [FakeLedger(), FakeLedger()]
    assemblies = [
        assemble(replace(shared, store=FakeStore(), ledger=ledger, bundle=bundle), Settings())
        for bundle, ledger in zip(bundles, ledgers, strict=True)
    ]
    seen = Candidate("c", urls[:1], Submission("test", "c"), (Preview(urls[1], 800, 600),), 1600, 1200)
    together.consumer(assemblies).consume(Message("c", encode_candidate(seen), "receipt", 1))
    assert fetcher.asked == [urls[1]]
    assert len(decoder.decoded) == 1
    assert [ledger.decisions["c"].stage for ledger in ledgers] == ["preview", "preview"]


def test_what_one_taste_has_decided_before_is_not_looked_at_again() -> None:
    fetcher = FakeFetcher(PICTURES)
    bundles = [taste(-1e9), taste(-1e9)]
    ledgers = run(bundles, [WIDE, WIDE], fetcher, CountingDecoder())
    del ledgers[1].decisions["https://a.example/0.jpg"]  # killed in between
    before = dict(ledgers[0].decisions)
    fetcher.asked.clear()
    shared = Adapters(queue=FakeQueue(), fetcher=fetcher, decoder=CountingDecoder())
    settle(
        [
            assemble(replace(shared, store=FakeStore(), ledger=ledger, bundle=bundle), Settings(shape=WIDE))
            for bundle, ledger in zip(bundles, ledgers, strict=True)
        ]
    )
    assert fetcher.asked == ["https://a.example/0.jpg"]
    assert ledgers[0].decisions == before
    assert ledgers[1].decisions["https://a.example/0.jpg"].keep


def test_a_single_taste_is_put_together_as_ever() -> None:
    adapters = Adapters(
        store=FakeStore(), queue=FakeQueue(), ledger=FakeLedger(), fetcher=FakeFetcher({}), bundle=taste(0.0)
    )
    assembly = assemble(adapters, Settings())
    assert together.consumer([assembly]) is assembly.consumer


@pytest.mark.parametrize(
    "rules", [(ShapeRule(9, 2.0, 3.0), ShapeRule(5, 4.0, 1.0)), (ShapeRule(5, 4.0, 3.0),)]
)
def test_a_shape_that_any_taste_takes_is_read(rules: tuple[ShapeRule, ...]) -> None:
    assert ShapeRule.of_any(rules) == ShapeRule(5, 4.0, 3.0)


def test_a_glance_of_two_tastes_looks_once() -> None:
    lite = load("lite")
    assert lite.glance is not None
    counted = Counting(lite.glance.encoder.session)
    glance = replace(lite.glance, encoder=replace(lite.glance.encoder, session=counted), margin=0.0)
    bundles = [replace(taste(each), glance=replace(glance)) for each in (50.0, 60.0)]
    run(bundles, [WIDE, WIDE], FakeFetcher(PICTURES), CountingDecoder())
    assert counted.seen == len(PICTURES)
    assert [cast("Counting", each.encoder.session).seen for each in bundles] == [0, 0]
