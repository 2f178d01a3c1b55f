from pathlib import Path

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.host.homes import gather


def test_what_waits_in_another_places_queue_moves_to_the_first(tmp_path: Path) -> None:
    queues = [SqliteQueue(tmp_path / name / "queue.db") for name in "ab" if not (tmp_path / name).mkdir()]
    queues[0].send([("1", "one")])
    queues[1].send([(str(number), "other") for number in range(250)])
    gather(queues[0], queues[1:])
    assert [queue.depth().ready for queue in queues] == [250, 0]
    assert next(message.body for message in queues[0].receive(250) if message.id == "1") == "one"
    for queue in queues:
        queue.close()
