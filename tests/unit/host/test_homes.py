from pathlib import Path

import pytest

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import StoreError
from bowerbird.host.homes import Ledgers, gather
from tests.fakes import FakeLedger
from tests.unit.filter.test_consumer import DECISION


class Full(FakeLedger):
    def flush(self) -> int:
        raise StoreError("full")


def test_a_candidate_is_decided_when_all_tastes_have_decided_it() -> None:
    one, two = FakeLedger(), FakeLedger()
    both = Ledgers([one, two])
    one.commit(DECISION)
    assert not both.knows("c")
    two.commit(DECISION)
    assert both.knows("c")


def test_a_place_that_is_full_keeps_no_other_from_writing_its_lines() -> None:
    other = FakeLedger()
    with pytest.raises(StoreError, match="full"):
        Ledgers([Full(), other]).flush()
    assert other.flushes == 1


def test_what_waits_in_another_places_queue_moves_to_the_first(tmp_path: Path) -> None:
    queues = [SqliteQueue(tmp_path / name / "queue.db") for name in "ab" if not (tmp_path / name).mkdir()]
    queues[0].send([("1", "one")])
    queues[1].send([(str(number), "other") for number in range(250)])
    gather(queues[0], queues[1:])
    assert [queue.depth().ready for queue in queues] == [250, 0]
    assert next(message.body for message in queues[0].receive(250) if message.id == "1") == "one"
    for queue in queues:
        queue.close()
