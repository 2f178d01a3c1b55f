"""The sample of the stream, on every store: many writers, one bound, and gone with its posts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.core.stream_sample import StreamSample, forget, posts, read_sample
from tests.contract.servers import S3_SERVERS
from tests.unit.core.test_stream_sample import look, offer

MOST = 8


@pytest.fixture(params=["folder", *S3_SERVERS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path)
    cloud = request.getfixturevalue(request.param)
    return S3Store(cloud.client("s3"), cloud.bucket(), "some/prefix")


def test_many_functions_at_once_fill_one_sample(store: ObjectStore) -> None:
    def function(at: int) -> None:
        offer(StreamSample(store, "lite", MOST), *range(at, 40, 4))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(function, range(4)))
    offer(StreamSample(store, "lite", MOST), 0)  # a cold start takes out what is beyond the bound
    wanted = sorted((look(number) for number in range(40)), key=lambda each: digest(each.candidate))[:MOST]
    assert read_sample(store, "lite", MOST) == wanted
    assert len(list(store.keys("stream/"))) == MOST
    assert forget(store, "reddit", {wanted[0].submission}) == 1
    assert posts(store) == {(each.source, each.submission) for each in wanted[1:]}
