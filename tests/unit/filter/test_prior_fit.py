"""A model of posts learns from decisions, and turns posts down only where hardly anything is lost."""

import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core import prior
from bowerbird.core.decision_log import CONTENT_TYPE, decisions_key, log_file
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter import prior_fit
from bowerbird.filter.examination import Examination
from bowerbird.filter.prior_fit import allowed, examples, fit
from bowerbird.filter.stages.prior import Prior as Stage
from bowerbird.host.daily import Daily
from bowerbird.host.post_prior import PostPrior, likeliest
from bowerbird.review.report.unseen import Unseen, read_unseen
from tests.fakes import FakeStore

GOOD = ("lake", "mountain", "sunrise", "valley", "glacier")
BAD = ("meme", "cat", "politics", "selfie", "trailer")


def decision(number: int, chance: random.Random, *, keep: bool, stage: str = "novelty") -> Decision:
    """Nine titles of ten have a word that fits: a good one if the picture is kept, else a bad one."""
    usual = chance.random() < 0.9
    word = chance.choice(GOOD if keep is usual else BAD)
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Decision(
        f"c{number}", keep=keep, stage=stage, reason=Reason(Word.KEPT if keep else Word.NOVELTY),
        bundle="lite@1", decided_at=at.isoformat().replace("+00:00", "Z"),
        facts={"host": "reddit", "declared": [4000, 3000]},
        submission={"source": "reddit", "id": f"t{number}", "community": f"c{chance.randrange(900)}",
                    "title": f"a {word} in {chance.randrange(2000)}"},
    )  # fmt: skip


def stream(count: int, *, kept_share: float, seed: int = 0) -> list[Decision]:
    chance = random.Random(seed)
    return [decision(number, chance, keep=chance.random() < kept_share) for number in range(count)]


def test_the_bound_is_the_binomials() -> None:
    assert (allowed(597), allowed(598)) == (-1, 0)
    for count, below in ((1000, allowed(1000)), (3000, allowed(3000))):
        chance = [math.comb(count, k) * 0.005**k * 0.995 ** (count - k) for k in range(below + 2)]
        assert sum(chance[:-1]) <= 0.05 < sum(chance)


def test_too_few_kept_pictures_teach_nothing_and_a_few_only_order() -> None:
    assert fit(examples(stream(400, kept_share=0.03), look=0.05)) is None
    some = fit(examples(stream(2000, kept_share=0.1), look=0.05))
    assert some is not None
    assert some.floor is None
    good, bad = (prior.traits({"title": title}, None, None) for title in ("a lake", "a meme"))
    assert some.score(good) > some.score(bad) + 1


def test_what_it_loses_of_later_kept_pictures_is_within_the_bound() -> None:
    model = fit(examples(stream(12_000, kept_share=0.15), look=0.05))
    assert model is not None
    assert model.floor is not None
    assert "from " in model.chosen
    later = examples(stream(12_000, kept_share=0.15, seed=1), look=0.05)
    kept = [model.score(each.traits) for each in later if each.kept]
    assert sum(score < model.floor for score in kept) / len(kept) <= 0.01


def test_a_stream_that_can_be_told_apart_is_turned_down_in_part() -> None:
    chance = random.Random(5)
    told = []
    for number in range(8000):
        keep = chance.random() < 0.2
        each = decision(number, chance, keep=keep)
        each.submission["title"] = (
            f"{chance.choice(GOOD if keep else BAD)} {chance.choice(GOOD if keep else BAD)}"
        )
        told.append(each)
    model = fit(examples(told, look=0.05))
    assert model is not None
    assert model.floor is not None
    down = [model.score(each.traits) < model.floor for each in examples(told, look=0.05) if not each.kept]
    assert sum(down) / len(down) > 0.9


def test_a_kept_picture_that_was_spared_stands_for_all_of_its_kind() -> None:
    spared = decision(1, random.Random(0), keep=True)
    spared.facts["looked_anyway"] = True

    (found,) = examples([spared], look=0.05)

    assert found.weight == 20


def test_only_what_taste_looked_at_teaches_and_the_owners_word_counts_most() -> None:
    chance = random.Random(0)
    found = [
        decision(1, chance, keep=False, stage="declared"),
        decision(2, chance, keep=False, stage="original"),
        decision(3, chance, keep=False, stage="glance"),
        decision(4, chance, keep=True),
    ]

    told = examples(found, {"c4": False, "c2": True}, look=0.05)

    assert [each.kept for each in told] == [True, False, False]


@pytest.mark.parametrize("title", [None, 7, "", "x" * 100_000, "\ud800", "🏔️ Šumava — 4K!", ["a"]])
def test_any_title_has_traits(title: object) -> None:
    found = prior.traits(
        {"title": title, "tags": title, "url": "http://[", "created_utc": math.inf}, None, (1, 9)
    )

    assert found == tuple(sorted(set(found)))
    assert all(0 <= each < prior.BUCKETS for each in found)


def test_a_model_is_read_back_and_a_broken_one_is_told_by_name() -> None:
    store = FakeStore()
    made = prior.Prior({3: 0.25, 77: -1.5}, -0.5, -2.0, "why")
    prior.write_prior(store, made)
    assert prior.read_prior(store) == made
    for data in (
        b"",
        b"[]",
        b'{"version": 2}',
        b'{"weights": {"9999999": 1}, "bias": 0, "floor": null, "chosen": ""}',
    ):
        store.objects[prior.KEY] = data
        with pytest.raises(InvalidMessageError, match=r"prior/model\.json is no model"):
            prior.read_prior(store)
        assert PostPrior(store, rejects=True, look=0.05)() is None


def candidate(name: str, title: str) -> Candidate:
    return Candidate(
        name, ("https://i.redd.it/a.jpg",), Submission("reddit", name, title=title), (), 4000, 3000
    )


def judged(stage: Stage, name: str, title: str = "a meme") -> tuple[Reason | None, Examination]:
    exam = Examination(candidate(name, title))
    return stage.examine(exam), exam


def model_against(word: str, floor: float | None) -> prior.Prior:
    trait = (set(prior.traits({"title": word}, None, None)) - set(prior.traits({}, None, None))).pop()
    return prior.Prior({trait: -5.0}, 0.0, floor)


def test_the_stage_turns_down_below_the_floor_and_looks_at_a_few_all_the_same() -> None:
    stage = Stage(lambda: model_against("meme", -2.0), 0.05)
    outcomes = [judged(stage, f"p{number}") for number in range(2000)]

    spared = [exam for reason, exam in outcomes if reason is None]
    assert 60 < len(spared) < 140
    assert all(exam.facts["looked_anyway"] for exam in spared)
    reason, exam = next(each for each in outcomes if each[0])
    assert str(reason) == "unlikely: -5.00 < -2.00"
    assert (exam.scores, exam.thresholds) == ({"prior": -5.0}, {"prior": -2.0})
    assert judged(stage, "p1", "a lake")[0] is None
    for nothing in (None, model_against("meme", None)):
        reason, exam = judged(Stage(lambda nothing=nothing: nothing, 0.05), "p1")
        assert (reason, exam.scores, exam.facts) == (None, {}, {"declared": [4000, 3000]})


def test_the_likeliest_come_first() -> None:
    store = FakeStore()
    assert likeliest([PostPrior(store, rejects=True, look=0.05)]) is None
    prior.write_prior(store, model_against("meme", None))
    rank = likeliest([PostPrior(store, rejects=False, look=0.05)])
    assert rank is not None
    assert rank(candidate("a", "a lake")) > rank(candidate("b", "a meme"))


def test_a_place_learns_once_a_day(tmp_path: Path) -> None:
    store, now = FolderStore(tmp_path), datetime(2026, 11, 26, 8, tzinfo=UTC)
    found = stream(8000, kept_share=0.2)
    store.put(decisions_key("2026-11-01", "a"), log_file(found), content_type=CONTENT_TYPE)
    own = PostPrior(store, rejects=True, look=0.05, daily=Daily(lambda: now))

    own.refit()

    model = own()
    assert model is not None
    assert model.floor is not None
    assert PostPrior(store, rejects=True, look=0.05)() == prior.read_prior(store)
    only_orders = PostPrior(store, rejects=False, look=0.05)()
    assert only_orders is not None
    assert only_orders.floor is None
    store.delete(prior.KEY)
    own.refit()
    assert not store.exists(prior.KEY), "it was fitted twice on one day"


def test_the_report_says_what_turning_down_unseen_loses() -> None:
    store = FakeStore()
    chance = random.Random(0)
    down = [decision(n, chance, keep=False, stage="prior") for n in range(1900)]
    looked = [decision(2000 + n, chance, keep=n == 0) for n in range(100)]
    for each in looked:
        each.facts["looked_anyway"] = True
    kept = [decision(3000 + n, chance, keep=True) for n in range(50)]
    store.put(decisions_key("2026-11-01", "a"), log_file([*down, *looked, *kept]), content_type=CONTENT_TYPE)

    found = read_unseen(store)

    assert found == Unseen(turned_down=1900, looked=100, found=1, kept=51)
    assert found.lost == pytest.approx((19.0, 3.4, 103.4), abs=0.5)
    assert "So about 19 pictures were lost (3 to 104 with 95 % confidence)" in (found.line() or "")
    assert read_unseen(FakeStore()).line() is None


def test_the_numbers_named_in_help_and_documents_are_these() -> None:
    assert prior_fit.FEWEST_KEPT + 598 == 628
