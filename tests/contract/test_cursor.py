"""What a source remembers between runs, in every store that both hosts keep it in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.ports import ObjectStore
from bowerbird.crawl.following.coverage import Edge, Knowledge, Span
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.pending import MAX_WAITING, Wait, Waiting
from tests.contract.servers import S3_SERVERS


@pytest.fixture(params=["folder", *S3_SERVERS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path)
    cloud = request.getfixturevalue(request.param)
    return S3Store(cloud.client("s3"), cloud.bucket(), "some/prefix")


def found(name: str, rank: int, *given: str) -> Knowledge:
    """A run that read one post, which was not ready."""
    waiting = Waiting({name: Wait(float(rank), 0, given)})
    return Knowledge({name: rank}, (Span(Edge(rank), Edge(rank)),), waiting=waiting)


def test_what_was_read_and_what_waits_survive_a_restart(store: ObjectStore) -> None:
    CursorStore(store, "reddit").join(found("t3_a", 10, "x", "y"))
    again = CursorStore(store, "reddit").load()
    assert again.seen == {"t3_a": 10}
    assert again.waiting.posts == {"t3_a": Wait(10.0, 0, ("x", "y"))}
    assert CursorStore(store, "another").load().waiting == Waiting()


def test_what_is_settled_waits_no_more(store: ObjectStore) -> None:
    cursor = CursorStore(store, "reddit")
    cursor.join(found("t3_a", 10))
    cursor.join(found("t3_b", 11))
    cursor.join(Knowledge(waiting=Waiting({"t3_b": Wait(20.0, 1)}, frozenset({"t3_a"}))))
    assert CursorStore(store, "reddit").load().waiting == Waiting({"t3_b": Wait(20.0, 1)})


def test_runs_that_end_at_once_forget_nobody(store: ObjectStore) -> None:
    def end(number: int) -> None:
        CursorStore(store, "reddit").join(found(f"t3_{number}", number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(end, range(8)))
    known = CursorStore(store, "reddit").load()
    assert set(known.waiting.posts) == set(known.seen) == {f"t3_{number}" for number in range(8)}


def test_a_full_list_is_written_whole_and_stays_bounded(store: ObjectStore) -> None:
    full = {f"t3_{number}": Wait(float(number), 0, ("p" * 13,) * 20) for number in range(MAX_WAITING)}
    CursorStore(store, "reddit").join(Knowledge(waiting=Waiting(full)))
    CursorStore(store, "reddit").join(found("t3_last", 10**6))
    waiting = CursorStore(store, "reddit").load().waiting.posts
    assert len(waiting) == MAX_WAITING
    assert "t3_last" in waiting
    assert len(next(iter(waiting.values())).given) == 20
