"""What is looked at while the page is open, and what the page gets of it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bowerbird.core.errors import UsageError
from bowerbird.core.keys import thumb_key
from bowerbird.review.label.app import create_app, create_pages
from bowerbird.review.label.lessons import NEAREST, OTHERS, Lessons
from bowerbird.review.label.session import LabelSession, open_session
from tests.fakes import FakeStore
from tests.integration.label.place import Decided, fill
from tests.integration.label.teacher import FakeTeacher

HERE = "http://127.0.0.1:8010"
OURS = {"Origin": HERE}


@pytest.fixture
def session() -> LabelSession:
    store = FakeStore()
    fill(store)
    return open_session(store)


def lessons(session: LabelSession, teacher: FakeTeacher | None = None) -> Lessons:
    return Lessons(session, lambda: teacher or FakeTeacher(), "bowerbird train --feedback here --out taste")


def test_an_answer_changes_the_lesson_at_once(session: LabelSession) -> None:
    taught = lessons(session)
    taught.look_at_all()
    client = TestClient(create_app(session, lessons=taught), base_url=HERE)

    before = client.get("/taste").json()
    client.put("/pictures/0/label", json={"keep": False}, headers=OURS)
    after = client.get("/taste").json()

    # just, near, far, good; another stage decided on the watermarked one.
    assert (before["looked"], before["of"], before["questions"]) == (4, 4, [4, 3, 1, 0])
    assert (before["told"], after["told"]) == ("", "1 answers brought much")
    assert after["questions"] == [4, 3, 1]
    assert set(after["moves"].values()) == {-3.0}
    assert after["command"] == "bowerbird train --feedback here --out taste"


def test_a_word_on_a_picture_that_another_stage_decided_is_learned_too(session: LabelSession) -> None:
    taught = lessons(session)
    taught.look_at_all()
    client = TestClient(create_app(session, lessons=taught), base_url=HERE)

    client.put("/pictures/2/label", json={"keep": True}, headers=OURS)

    assert client.get("/taste").json()["moves"]["2"] == 3.0
    assert 2 not in client.get("/taste").json()["questions"]


def test_words_said_before_there_was_a_teacher_are_learned(session: LabelSession) -> None:
    taught = lessons(session)
    client = TestClient(create_app(session, lessons=taught), base_url=HERE)
    client.put("/pictures/2/label", json={"keep": True}, headers=OURS)
    assert client.get("/taste").json()["looked"] == 0

    taught.look_at_all()

    assert client.get("/taste").json()["told"] == "1 answers brought much"


def test_pictures_that_cannot_be_read_are_left_out(session: LabelSession) -> None:
    broken = session.store.get(thumb_key("t:near")) or b""
    taught = lessons(session, FakeTeacher(broken=frozenset({broken})))

    taught.look_at_all()

    assert taught.told()["looked"] == 4
    assert 1 not in taught.told()["moves"]


def test_what_keeps_it_from_learning_is_told_on_the_page(session: LabelSession) -> None:
    def missing() -> FakeTeacher:
        raise UsageError("no bundle gone")

    taught = Lessons(session, missing, "")
    taught.look_at_all()

    assert taught.told()["problem"] == "no bundle gone"
    assert taught.told()["questions"] == []


def test_of_a_large_place_only_so_many_are_looked_at_and_they_stand_for_all() -> None:
    store = FakeStore()
    decided = [Decided(f"r{number}", keep=False, score=9.9 - number / 100) for number in range(700)]
    decided += [Decided(f"k{number}", keep=True, score=10.1 + number / 100) for number in range(500)]
    fill(store, tuple(decided), picture=False)
    for each in decided:
        store.put(thumb_key(f"t:{each.name}"), b"small", content_type="image/jpeg")
    teacher = FakeTeacher()
    taught = lessons(open_session(store), teacher)

    taught.look_at_all()

    weights = taught.told()["weights"]
    assert len(teacher.looked) == len(weights) == NEAREST + 2 * OTHERS
    assert sum(weights.values()) == pytest.approx(1200)
    assert all(weights[number] == 1.0 for number in range(NEAREST))


def test_without_lessons_there_is_nothing_to_ask(session: LabelSession) -> None:
    client = TestClient(create_app(session), base_url=HERE)

    assert client.get("/taste").status_code == 404
    assert client.get("/pictures").json()["learning"] is False


def test_the_pages_can_be_mounted_under_a_prefix(session: LabelSession) -> None:
    whole = FastAPI()
    whole.mount("/label", create_pages(session))
    client = TestClient(whole)

    page = client.get("/label/").text
    assert client.get("/label/pictures").json()["threshold"] == 10.0
    assert 'href="/' not in page
    assert 'src="/' not in page
