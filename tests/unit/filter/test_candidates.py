"""From message to decision: reasons, idempotence, and what a crash leaves behind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Semaphore
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.decisions import Decision, stored
from bowerbird.core.errors import (
    BowerbirdError,
    InvalidMessageError,
    OptedOutError,
    PermanentError,
    RetryableError,
    StoreError,
)
from bowerbird.core.messages import Candidate, Preview, Submission, encode_candidate
from bowerbird.core.reasons import Word
from bowerbird.core.stream_sample import StreamSample, read_sample
from bowerbird.crawl.hosts import placeholders
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook
from bowerbird.filter.parts import Parts
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.shape import NOMADS
from bowerbird.filter.survivors import Survivors
from bowerbird.models.watermark import Detection
from bowerbird.removal.recheck import Kept, purge
from tests import odd_pictures
from tests.fakes import FakeFetcher, FakeLedger, FakeStore
from tests.pictures import encoded, gradient, jpeg, noise

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
URL, BACKUP = "https://i.redd.it/a.jpg", "https://preview.redd.it/a.jpg?s=1"
HTML = b"<!doctype html><title>404</title>"


@dataclass
class FakeModels:
    """Likes what is as bright as its `taste`; sees a watermark in what is pure white."""

    label: str = "fake@1"
    min_side: int = 64
    preview_side: int = 64
    preview_margin: float | None = None
    threshold: float = 0.5
    taste: float = 1.0
    watermark: "FakeModels | None" = None
    aesthetic: "FakeModels | None" = None
    glance: "FakeModels | None" = None
    margin: float | None = None
    reference: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    embedded: list[tuple[int, int]] = field(default_factory=list)
    fingerprint: str = "fake"

    @property
    def manifest(self) -> "FakeModels":
        return self

    @property
    def encoder(self) -> "FakeModels":
        return self

    @property
    def novelty(self) -> "FakeModels":
        return self

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        self.embedded += [image.size for image in images]
        return np.full((len(images), 1), self.taste, np.float32)

    def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        return embeddings[:, 0]

    def score_of(self, image: Image.Image) -> float:
        return float(self.score(self.embed([image]))[0])

    def detect(self, images: Sequence[Image.Image]) -> list[Detection]:
        return [Detection(self.taste, None)] * len(images)


def queue_policy(bundle: FakeModels, fetcher: FakeFetcher, ledger: FakeLedger, **more: Any) -> Pipeline:
    parts = Parts(
        bundle, Semaphore(1), fetcher, ledger, **{"shape": NOMADS, "placeholders": placeholders()} | more
    )
    return pipeline(parts, Entrance.QUEUE)


@dataclass
class World:
    answers: dict[str, bytes | BowerbirdError]
    models: FakeModels = field(default_factory=FakeModels)
    store: FakeStore = field(default_factory=FakeStore)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    thumbnails: FakeStore = field(default_factory=FakeStore)
    sample: StreamSample | None = None

    def decide(self, candidate: Candidate, *, last_attempt: bool = False) -> Decision:
        self.fetcher = FakeFetcher(self.answers)
        survivors = Survivors(self.store, self.ledger)
        policy = queue_policy(self.models, self.fetcher, self.ledger)
        label = self.models.label
        candidates = CandidateFilter(policy, self.ledger, survivors, label, self.thumbnails, self.sample)
        return candidates.decide(encode_candidate(candidate), last_attempt=last_attempt)


def candidate(
    id_: str = "t3_a/a", *urls: str, width: int | None = None, height: int | None = None
) -> Candidate:
    submission = Submission("reddit", "t3_a", community="EarthPorn", title="Fjord")
    return Candidate(id_, urls or (URL,), submission, width=width, height=height)


def test_a_picture_to_the_owners_taste_is_kept_byte_for_byte() -> None:
    data = jpeg()
    world = World({URL: data})
    decision = world.decide(candidate())
    assert (decision.keep, str(decision.reason), decision.bundle) == (True, "kept", "fake@1")
    assert decision.image is not None
    assert world.store.objects[decision.image] == data
    sidecar = json.loads(world.store.objects[decision.image.replace(".jpg", ".json")])
    assert sidecar["decision"]["scores"] == {"novelty": 1.0}
    assert sidecar["decision"]["submission"]["title"] == "Fjord"
    assert sidecar["candidate"]["urls"] == [URL]
    assert decision.facts["watermark"] == "no model in this bundle"
    assert set(decision.timings) == {
        "declared", "original", "dimensions", "duplicate", "integrity", "novelty", "watermark",
        "advisory",
    }  # fmt: skip
    assert len(world.thumbnails.objects) == 1
    assert min(world.models.embedded[0]) >= world.models.min_side


def test_what_was_purged_is_never_fetched_again() -> None:
    world = World({URL: jpeg()})
    decision = world.decide(candidate())
    kept = Kept(
        "t3_a/a", "reddit", "t3_a", NOW, str(decision.image).replace(".jpg", ".json"), str(decision.image)
    )
    purge(world.store, kept, "deleted", NOW)
    again = world.decide(candidate())
    assert (again, world.fetcher.asked) == (decision, [])
    # Another machine's ledger on the same place, or a lost one: the tombstone tells.
    world.ledger = FakeLedger()
    elsewhere = world.decide(candidate())
    assert (elsewhere.keep, elsewhere.stage, world.fetcher.asked) == (False, "purged", [])
    assert str(elsewhere.reason).startswith("purged: ")
    assert elsewhere.submission == {"source": "reddit", "id": "t3_a"}
    assert world.decide(candidate("t3_b/a")).keep
    assert set(world.store.keys("images/")) == {kept.image, kept.sidecar}


def test_two_deliveries_at_once_commit_what_the_sidecar_says() -> None:
    world = World({URL: jpeg()})

    class Overtaken(FakeModels):
        """While it looks, another delivery of the candidate comes to its end, but for the commit."""

        def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
            other = World(world.answers, FakeModels(taste=0.75), world.store)
            self.other = other.decide(candidate())
            return super().score(embeddings)

    world.models = Overtaken()
    decision = world.decide(candidate())
    assert decision.scores == {"novelty": 0.75}
    assert decision == world.models.other
    sidecar = json.loads(world.store.objects[str(decision.image).replace(".jpg", ".json")])
    assert sidecar["decision"] == stored(decision)


def test_a_jpeg_that_lacks_only_its_end_is_kept_and_says_so() -> None:
    world = World({URL: jpeg()[:-2]})
    decision = world.decide(candidate())
    assert (decision.keep, decision.facts["unfinished"]) == (True, True)
    assert world.store.objects[str(decision.image)] == jpeg()[:-2]
    assert "unfinished" not in World({URL: jpeg()}).decide(candidate()).facts


def ultra_hdr() -> bytes:
    """A JPEG with a gain map behind its end, as phones write them."""
    with_profile = odd_pictures.jpeg_with(
        odd_pictures.jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<hdrgm:Version>1.0</hdrgm:Version>"),
        *odd_pictures.icc_segments(odd_pictures.profile(primaries=odd_pictures.P3, name="Display P3")),
        image=gradient(1600, 1200),
    )
    return with_profile + encoded(gradient(400, 300).convert("L"))


@pytest.mark.parametrize(
    ("data", "ending"),
    [(ultra_hdr(), ".jpg"), (encoded(gradient(1600, 1200), "AVIF"), ".avif")],
    ids=["Ultra HDR in Display P3", "AVIF"],
)
def test_a_survivor_has_the_bytes_that_came(data: bytes, ending: str) -> None:
    world = World({URL: data})
    decision = world.decide(candidate())
    assert (decision.keep, str(decision.image)[-len(ending) :]) == (True, ending)
    assert world.store.objects[str(decision.image)] == data


@pytest.mark.parametrize(
    ("answer", "stage", "word"),
    [
        (PermanentError("404", Word.GONE), "original", "gone"),
        (HTML, "original", "html"),
        (b"", "original", "unknown-format"),
        (encoded(gradient(161, 81), "PNG"), "original", "removed"),
        (jpeg(640, 480), "dimensions", "too-small"),
        (jpeg(4000, 900), "dimensions", "too-wide"),
        (jpeg()[:20000], "integrity", "truncated"),
    ],
)
def test_what_is_no_picture_for_the_gallery_is_rejected_with_its_reason(
    answer: bytes | BowerbirdError, stage: str, word: str
) -> None:
    decision = World({URL: answer}).decide(candidate())
    assert (decision.keep, decision.stage, decision.reason.word) == (False, stage, word)


SMALL = Preview("https://preview.redd.it/a.jpg?width=640", 640, 480)


@pytest.mark.parametrize(
    ("taste", "previews", "stage", "asked"),
    [
        (0.3, (SMALL,), "preview", [SMALL.url]),
        (0.3, (), "scout", [URL]),
        (0.4, (SMALL,), "watermark", [SMALL.url, URL]),
        (0.4, (), "watermark", [URL]),
    ],
    ids=["hopeless preview", "hopeless original", "fair preview", "fair original"],
)
def test_a_scout_looks_once_before_the_bundle_does(
    taste: float, previews: tuple[Preview, ...], stage: str, asked: list[str]
) -> None:
    fetcher = FakeFetcher({URL: jpeg(), SMALL.url: jpeg(640, 480)})
    bundle, scout = FakeModels(preview_margin=0.1), FakeModels(taste=taste)
    policy = queue_policy(bundle, fetcher, FakeLedger(), scout=FirstLook(scout, 0.4, "scout"))
    exam = Examination(replace(candidate(), previews=previews))
    verdict = policy.judge(exam)
    assert (verdict.stage, fetcher.asked) == (stage, asked)
    assert (len(scout.embedded), len(bundle.embedded)) == (1, int(verdict.keep))
    assert exam.scores["scout"] == pytest.approx(taste)
    assert verdict.keep or str(verdict.reason) == "novelty: the scout's 0.3 is below 0.4"


def test_a_bundle_that_knows_no_margin_fetches_no_preview() -> None:
    world = World({URL: jpeg(), SMALL.url: jpeg(640, 480)})
    assert world.decide(replace(candidate(), previews=(SMALL,))).keep
    assert world.fetcher.asked == [URL]


def test_a_declared_thumbnail_costs_no_byte() -> None:
    world = World({URL: jpeg()})
    decision = world.decide(candidate(width=320, height=240))
    assert (decision.stage, world.fetcher.asked) == ("declared", [])


def test_a_picture_of_the_wrong_size_is_not_read_to_its_end() -> None:
    data = encoded(noise(640, 480))
    decision = World({URL: data}).decide(candidate())
    assert (decision.stage, decision.reason.word) == ("dimensions", "too-small")
    assert (decision.facts["width"], decision.facts["height"]) == (640, 480)
    assert "sha256" not in decision.facts


def test_what_is_not_to_the_owners_taste_is_rejected_with_both_numbers() -> None:
    decision = World({URL: jpeg()}, FakeModels(taste=0.25)).decide(candidate())
    assert (decision.stage, str(decision.reason)) == ("novelty", "novelty: 0.25 is below 0.5")
    assert (decision.scores, decision.thresholds) == ({"novelty": 0.25}, {"novelty": 0.5})


def test_a_score_is_placed_among_those_of_held_out_pictures() -> None:
    world = World({URL: jpeg()}, FakeModels(reference={"heldout": np.array([0.2, 0.4, 0.9, 1.0])}))
    assert world.decide(candidate()).facts["novelty_percentile"] == 75.0


def test_a_watermark_rejects() -> None:
    world = World({URL: jpeg()}, FakeModels(watermark=FakeModels(threshold=0.9)))
    decision = world.decide(candidate())
    assert (decision.stage, str(decision.reason)) == ("watermark", "watermark: 1.000 is at or above 0.900")


def test_a_fall_back_is_used_when_the_original_is_gone_and_said_so() -> None:
    decision = World({URL: HTML, BACKUP: jpeg()}).decide(candidate("c", URL, BACKUP))
    assert decision.keep
    assert decision.facts["url"] == BACKUP
    assert decision.facts["instead_of"][0].startswith("html")


def test_who_opts_out_is_not_asked_for_another_copy() -> None:
    world = World({URL: OptedOutError("noai", Word.OPTED_OUT), BACKUP: jpeg()})
    decision = world.decide(candidate("c", URL, BACKUP))
    assert (decision.stage, str(decision.reason), world.fetcher.asked) == (
        "original",
        "opted-out: noai",
        [URL],
    )


def test_a_host_that_is_down_sends_the_candidate_back_rather_than_keep_a_smaller_copy() -> None:
    world = World({URL: RetryableError("503"), BACKUP: jpeg()})
    with pytest.raises(RetryableError):
        world.decide(candidate("c", URL, BACKUP))
    assert world.ledger.decisions == {}


def test_on_the_last_attempt_a_fall_back_is_better_than_nothing() -> None:
    world = World({URL: RetryableError("503"), BACKUP: jpeg()})
    assert world.decide(candidate("c", URL, BACKUP), last_attempt=True).keep


def test_a_host_that_stays_down_ends_in_a_decision() -> None:
    decision = World({URL: RetryableError("503")}).decide(candidate(), last_attempt=True)
    assert (decision.stage, str(decision.reason)) == ("original", "unreachable: 503")


def test_the_same_candidate_twice_is_one_object_and_one_decision() -> None:
    world = World({URL: jpeg()})
    first = world.decide(candidate())
    objects = dict(world.store.objects)
    world.answers = {}
    assert world.decide(candidate()) == first
    assert world.store.objects == objects


def test_the_same_bytes_under_another_candidate_are_a_duplicate() -> None:
    world = World({URL: jpeg(), BACKUP: jpeg()})
    world.decide(candidate("first"))
    second = world.decide(candidate("second", BACKUP))
    assert (second.stage, str(second.reason)) == ("duplicate", "duplicate: the same bytes as first")
    assert len(world.store.objects) == 2


def test_a_rejected_picture_does_not_make_its_twin_a_duplicate() -> None:
    world = World({URL: jpeg()}, FakeModels(taste=0.0))
    world.decide(candidate("first"))
    assert world.decide(candidate("second")).stage == "novelty"


class Killed(BaseException):
    """The process dies here."""


class DyingStore(FakeStore):
    """Dies after so many writes."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes = writes

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        if self.writes == 0:
            raise Killed
        self.writes -= 1
        return super().put(key, data, content_type=content_type, if_absent=if_absent)


@pytest.mark.parametrize("writes", [0, 1])
def test_a_death_while_storing_is_healed_by_the_next_delivery(writes: int) -> None:
    world = World({URL: jpeg()}, store=DyingStore(writes))
    with pytest.raises(Killed):
        world.decide(candidate())
    healthy = FakeStore()
    healthy.objects = world.store.objects
    again = replace(world, store=healthy)
    assert again.decide(candidate()).keep
    assert len(healthy.objects) == 2


class ForgetfulLedger(FakeLedger):
    """Dies before the first commit."""

    died = False

    def commit(self, decision: Decision) -> Decision:
        if not self.died:
            self.died = True
            raise Killed
        return super().commit(decision)


def test_a_death_before_the_commit_is_healed_even_when_the_original_is_gone_by_then() -> None:
    world = World({URL: jpeg()}, ledger=ForgetfulLedger())
    with pytest.raises(Killed):
        world.decide(candidate())
    world.answers = {}
    decision = world.decide(candidate())
    assert decision.keep
    assert world.fetcher.asked == []


def test_poison_is_not_a_decision() -> None:
    world = World({})
    candidates = CandidateFilter(
        queue_policy(world.models, FakeFetcher({}), world.ledger), world.ledger,
        Survivors(world.store, world.ledger), "fake@1",
    )  # fmt: skip
    with pytest.raises(InvalidMessageError):
        candidates.decide("not a message")
    assert world.ledger.decisions == {}


def test_what_the_encoder_saw_goes_into_the_sample_whatever_was_decided() -> None:
    store = FakeStore()
    world = World(
        {URL: jpeg(), BACKUP: encoded(noise(1600, 1200), "JPEG")}, sample=StreamSample(store, "fake")
    )
    assert world.decide(candidate("t3_a/a")).keep
    world.models.taste = 0.25
    assert not world.decide(candidate("t3_a/b", BACKUP)).keep
    assert not world.decide(candidate("t3_a/c", width=10, height=10)).keep  # nobody looked at it
    rows = {row.candidate: row for row in read_sample(store, "fake")}
    assert {name: (row.kept, row.score, row.of) for name, row in rows.items()} == {
        "t3_a/a": (True, 1.0, "original"),
        "t3_a/b": (False, 0.25, "original"),
    }
    assert (rows["t3_a/a"].submission, rows["t3_a/a"].source) == ("t3_a", "reddit")
    assert (rows["t3_a/a"].day, rows["t3_a/a"].bundle) == (world.decide(candidate()).day, "fake@1")
    before = dict(store.objects)
    world.decide(candidate("t3_a/b", BACKUP))
    assert store.objects == before


def test_a_preview_that_settles_it_is_what_the_sample_gets() -> None:
    store = FakeStore()
    models = FakeModels(taste=0.1, preview_margin=0.2)
    copy = "https://preview.redd.it/a.jpg?width=640"
    world = World({URL: jpeg(), copy: jpeg()}, models, sample=StreamSample(store, "fake"))
    asked = replace(candidate(width=4000, height=3000), previews=(Preview(copy, 640, 480),))
    assert world.decide(asked).stage == "preview"
    assert [row.of for row in read_sample(store, "fake")] == ["preview"]


def test_a_sample_that_cannot_be_written_costs_no_decision(caplog: pytest.LogCaptureFixture) -> None:
    class Full(FakeStore):
        def put(self, *_: Any, **__: Any) -> bool:
            raise StoreError("the disk is full")

    world = World({URL: jpeg()}, sample=StreamSample(Full(), "fake"))
    assert world.decide(candidate()).keep
    assert "the sample of the stream goes without t3_a/a: the disk is full" in caplog.text
