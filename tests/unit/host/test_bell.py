"""Messages: once each, again when they did not arrive, and the day's keeps at their hour."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from bowerbird.core.errors import RetryableError
from bowerbird.host.bell import Bell, Ear
from bowerbird.notify.message import Kind, Message
from tests.fakes import FakeStore

EVENING = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
HELLO = Message("sources", "hello", "text")


@dataclass
class FakeChannel:
    fails: int = 0
    got: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        if self.fails:
            self.fails -= 1
            raise RetryableError("nobody there")
        self.got.append(message)


class World:
    def __init__(self, *about: Kind, told_until: datetime | None = None) -> None:
        self.channel, self.said = FakeChannel(), list[str]()
        self.now = EVENING
        self.remembered: dict[str, datetime] = {}
        ear = Ear("ntfy:x", self.channel, frozenset(about), time(20), told_until=told_until)
        self.bell = Bell([ear], lambda: self.now, self.said.append, self.remembered.__setitem__)
        self.store = FakeStore()

    def kept(self, *times: str, keep: bool = True) -> None:
        lines = []
        for at in times:
            image = f"images/ab/{at[-13:-5]}.jpg"
            line = {
                "candidate": at, "keep": keep, "stage": "novelty", "reason": "kept", "bundle": "lite",
                "decided_at": at, "image": image,
                "submission": {"title": f"Title {at[11:16]}", "permalink": "https://x.example/"},
            }  # fmt: skip
            lines.append(json.dumps(line))
            self.store.put(image, b"x", content_type="image/jpeg")
        day = times[0][:10]
        key = f"decisions/day={day}/{times[0][11:13]}.jsonl"
        self.store.put(key, "\n".join(lines).encode(), content_type="x")

    def tell(self) -> list[str]:
        self.bell.tell_keeps([("a place", self.store)])
        self.bell.send()
        return [message.title for message in self.channel.got]


def test_only_those_who_want_to_hear_of_it_do() -> None:
    deaf, eager = World("keeps"), World("sources")
    for world in (deaf, eager):
        world.bell.ring(HELLO)
        world.bell.send()
    assert (deaf.channel.got, eager.channel.got) == ([], [HELLO])


def test_what_did_not_arrive_comes_once_later_and_the_owner_knows() -> None:
    world = World("sources")
    world.channel.fails = 2
    world.bell.ring(HELLO)
    world.bell.send()
    world.bell.send()  # too early
    assert world.channel.fails == 1
    for _ in range(3):
        world.now += timedelta(minutes=5)
        world.bell.send()
    assert world.channel.got == [HELLO]
    assert world.said == ["ntfy:x was not told: nobody there; it is tried again every 5 minutes"]


def test_a_dead_channel_holds_a_bounded_number_of_messages() -> None:
    world = World("sources")
    for number in range(50):
        world.bell.ring(Message("sources", str(number), ""))
    world.bell.send()
    assert [message.title for message in world.channel.got] == [str(number) for number in range(30, 50)]


def test_the_keeps_of_a_day_are_one_message_at_its_hour() -> None:
    world = World("keeps", told_until=EVENING - timedelta(days=1))
    world.kept("2026-11-25T19:59:00.000Z", "2026-11-25T20:30:00.000Z")
    world.kept("2026-11-26T09:00:00.000Z")
    world.now = EVENING - timedelta(minutes=1)
    assert world.tell() == []
    world.now = EVENING
    assert world.tell() == ["Bowerbird kept 2 new pictures"]
    assert world.tell() == ["Bowerbird kept 2 new pictures"]
    assert "- Title 20:30 https://x.example/" in world.channel.got[0].text
    assert world.remembered == {"ntfy:x": EVENING}
    world.now += timedelta(days=1)
    assert len(world.tell()) == 1  # nothing new is no message


def test_a_run_that_was_off_tells_what_was_kept_since() -> None:
    world = World("keeps", told_until=EVENING - timedelta(days=3))
    world.kept("2026-11-24T09:00:00.000Z")
    assert world.tell() == ["Bowerbird kept 1 new picture"]


def test_what_is_gone_by_then_is_not_told() -> None:
    world = World("keeps", told_until=EVENING - timedelta(days=1))
    world.kept("2026-11-26T09:00:00.000Z")
    world.store.delete("images/ab/09:00:00.jpg")
    assert world.tell() == []
