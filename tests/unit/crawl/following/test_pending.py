"""Posts whose pictures are not ready: who waits, for how long, and what is handed out when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bowerbird.core.messages import Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.following.pending import MAX_WAITING, WAITS, Looks, Wait, Waiting

NOW = 1_700_000_000.0


def post(*ready: str, pending: int = 0, name: str = "t3_a", age: float | None = 20.0) -> Post:
    born = None if age is None else NOW - age
    pictures = tuple(Attachment(each, (f"https://i.redd.it/{each}.jpg",), "reddit") for each in ready)
    return Post(Submission("reddit", name, created_utc=born), attachments=pictures, pending=pending)


def looks(waiting: Mapping[str, Wait] | None = None, *, possible: bool = True, now: float = NOW) -> Looks:
    return Looks(waiting or {}, possible=possible, clock=lambda: now)


def handed_out(made: Looks, met: Post) -> Post:
    shown = made.met(met)
    made.handed_out(shown)
    return shown


def again(wait: Wait, answer: Post | None) -> tuple[list[str] | None, Looks]:
    """The pictures handed out after a look, None when nothing was; and what the run changed."""
    made = looks({"t3_a": wait})
    shown = made.shows("t3_a", answer)
    made.looked("t3_a", answer)
    return (None if shown is None else [each.id for each in shown.attachments]), made


def test_each_wait_is_longer_than_the_one_before() -> None:
    assert list(WAITS) == sorted(set(WAITS))
    for number, seconds in enumerate(WAITS):
        assert not Wait(NOW, number).due(NOW + seconds - 1)
        assert Wait(NOW, number).due(NOW + seconds)


def test_a_clock_that_was_set_back_makes_nobody_wait_for_it() -> None:
    assert Wait(NOW).due(NOW - 400 * 86400)
    assert not Wait(NOW).due(NOW - 1)


def test_a_half_ready_post_waits_with_what_it_gave() -> None:
    made = looks()
    shown = handed_out(made, post("x", "y", pending=2))
    assert not shown.final
    assert made.done().posts == {"t3_a": Wait(NOW, 0, ("x", "y"))}
    assert made.given_up == 0


@pytest.mark.parametrize("finished", [post("x"), post(pending=1), post("x", pending=1)])
def test_who_is_not_wanted_does_not_wait(finished: Post) -> None:
    made = looks()
    handed_out(made, replace(finished, over_18=True))
    handed_out(made, replace(finished, removed="moderator"))
    handed_out(made, replace(finished, is_video=True))
    assert made.done() == Waiting()


def test_an_old_post_has_had_its_time() -> None:
    made = looks()
    assert handed_out(made, post("x", pending=1, age=sum(WAITS))).final
    assert made.done() == Waiting()
    assert made.given_up == 1
    assert not handed_out(made, post("x", pending=1, age=None)).final


def test_no_more_wait_than_are_remembered() -> None:
    made = looks({f"t3_{number}": Wait(NOW) for number in range(MAX_WAITING - 1)})
    assert not handed_out(made, post(pending=1, name="t3_last")).final
    assert handed_out(made, post(pending=1, name="t3_more")).final
    assert list(made.done().posts) == ["t3_last"]


def test_where_nobody_can_look_again_nothing_waits() -> None:
    made = looks(possible=False)
    assert not handed_out(made, post(pending=1)).final
    assert made.done() == Waiting()


def test_those_are_due_first_that_have_waited_longest() -> None:
    waiting = {"t3_b": Wait(NOW - 200), "t3_young": Wait(NOW - 20), "t3_a": Wait(NOW - 300)}
    made = looks(waiting)
    assert made.due() == ["t3_a", "t3_b"]
    made.looked("t3_a", None)
    assert made.due() == ["t3_b"]


def test_what_came_good_gives_only_what_is_new() -> None:
    given, made = again(Wait(NOW - 120, 0, ("x",)), post("x", "y"))
    assert given == ["y"]
    assert made.done() == Waiting({}, frozenset({"t3_a"}))
    assert (made.came_good, made.given_up) == (1, 0)


def test_what_came_half_good_waits_on() -> None:
    given, made = again(Wait(NOW - 120, 0, ("x",)), post("x", "y", pending=1))
    assert given == ["y"]
    assert made.done().posts == {"t3_a": Wait(NOW, 1, ("x", "y"))}
    assert (made.came_good, made.given_up) == (0, 0)


@pytest.mark.parametrize("answer", [None, post("x", pending=1)])
def test_what_is_as_it_was_waits_on_and_is_not_handed_out(answer: Post | None) -> None:
    given, made = again(Wait(NOW - 120, 0, ("x",)), answer)
    assert given is None
    assert made.done().posts == {"t3_a": Wait(NOW, 1, ("x",))}


def test_what_never_came_is_said_once_at_the_end() -> None:
    last = Wait(NOW - WAITS[-1], len(WAITS) - 1)
    made = looks({"t3_a": last})
    shown = made.shows("t3_a", post(pending=2))
    assert shown == replace(post(pending=2), final=True)
    made.looked("t3_a", post(pending=2))
    assert made.done() == Waiting({}, frozenset({"t3_a"}))
    assert (made.came_good, made.given_up) == (0, 1)


@pytest.mark.parametrize("answer", [None, post("x", pending=1)])
def test_a_post_that_gave_some_ends_in_silence(answer: Post | None) -> None:
    given, made = again(Wait(NOW - WAITS[-1], len(WAITS) - 1, ("x",)), answer)
    assert given is None
    assert made.done().settled == {"t3_a"}
    assert made.given_up == 1


def test_what_was_removed_meanwhile_is_settled_and_not_good() -> None:
    given, made = again(Wait(NOW - 120), replace(post(pending=1), removed="deleted"))
    assert given == []
    assert made.done().settled == {"t3_a"}
    assert (made.came_good, made.given_up) == (0, 1)


def test_what_turned_out_to_move_is_handed_out_to_be_named() -> None:
    given, made = again(Wait(NOW - 120), replace(post(), moving="animation"))
    assert given == []
    assert made.done().settled == {"t3_a"}


def test_a_run_adds_moves_on_and_settles() -> None:
    known = Waiting({"t3_a": Wait(NOW - 9), "t3_b": Wait(NOW - 8), "t3_c": Wait(NOW - 7, 2)})
    run = Waiting({"t3_b": Wait(NOW, 1), "t3_c": Wait(NOW, 1), "t3_d": Wait(NOW)}, frozenset({"t3_a"}))
    joined = known.joined(run)
    assert joined == Waiting({"t3_b": Wait(NOW, 1), "t3_c": Wait(NOW - 7, 2), "t3_d": Wait(NOW)})
    assert joined.joined(run) == joined


def test_it_stays_bounded_and_the_newest_stay() -> None:
    many = Waiting({f"t3_{number}": Wait(NOW + number) for number in range(MAX_WAITING)})
    joined = many.joined(Waiting({"t3_x": Wait(NOW + MAX_WAITING)}))
    assert len(joined.posts) == MAX_WAITING
    assert "t3_x" in joined.posts
    assert "t3_0" not in joined.posts


def test_it_is_written_as_it_is_read() -> None:
    waiting = Waiting({"t3_a": Wait(NOW, 1, ("x", "y")), "t3_b": Wait(NOW)})
    assert Waiting.decoded(json.loads(json.dumps(waiting.encoded()))) == waiting


def test_they_are_asked_for_by_the_hundred_as_long_as_it_is_allowed() -> None:
    waiting = {f"t3_{number:03}": Wait(NOW - 200) for number in range(250)}
    asked: list[int] = []

    def by_id(names: Sequence[str]) -> list[Post]:
        asked.append(len(names))
        return [post("x", name=name) for name in names]

    made = looks(waiting)
    assert len(list(made.again(by_id, lambda: len(asked) < 2))) == 200
    assert asked == [100, 100]
    assert len(list(made.again(by_id, lambda: True))) == 50
    assert asked == [100, 100, 50]
    assert made.came_good == 250


def test_who_stops_half_way_has_not_used_the_last_one() -> None:
    made = looks({"t3_a": Wait(NOW - 300), "t3_b": Wait(NOW - 200)})
    shown = made.again(lambda names: [post("x", name=name) for name in names], lambda: True)
    assert [next(shown).submission.id, next(shown).submission.id] == ["t3_a", "t3_b"]
    shown.close()
    assert made.done().settled == {"t3_a"}
