"""What every object store promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.ports import ObjectStore
from tests.contract.servers import S3_SERVERS

TEXT = "text/plain"
EVERY_BYTE = bytes(range(256)) * 3


@pytest.fixture(params=["folder", *S3_SERVERS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path)
    cloud = request.getfixturevalue(request.param)
    return S3Store(cloud.client("s3"), cloud.bucket(), "some/prefix")


def test_reads_back_the_bytes_it_was_given(store: ObjectStore) -> None:
    assert store.put("images/ab/x.jpg", EVERY_BYTE, content_type="image/jpeg") is True
    assert store.get("images/ab/x.jpg") == EVERY_BYTE
    assert store.exists("images/ab/x.jpg")


def test_an_absent_object_is_none(store: ObjectStore) -> None:
    assert store.get("images/none.jpg") is None
    assert store.get_versioned("images/none.jpg") is None
    assert not store.exists("images/none.jpg")


def test_holds_an_empty_object(store: ObjectStore) -> None:
    assert store.put("empty", b"", content_type=TEXT, if_absent=True) is True
    assert store.get("empty") == b""


def test_a_put_replaces(store: ObjectStore) -> None:
    store.put("a", b"1", content_type=TEXT)
    assert store.put("a", b"2", content_type=TEXT) is True
    assert store.get("a") == b"2"


def test_if_absent_leaves_what_is_there(store: ObjectStore) -> None:
    assert store.put("a", b"1", content_type=TEXT, if_absent=True) is True
    assert store.put("a", b"2", content_type=TEXT, if_absent=True) is False
    assert store.get("a") == b"1"


def test_of_many_writers_if_absent_one_wins(store: ObjectStore) -> None:
    def write(n: int) -> bool:
        return store.put("raced", str(n).encode(), content_type=TEXT, if_absent=True)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(8)))
    assert won.count(True) == 1
    assert store.get("raced") == str(won.index(True)).encode()


def test_replaces_only_the_version_that_was_read(store: ObjectStore) -> None:
    assert store.replace("cursor", b"1", content_type=TEXT, version=None) is True
    assert store.replace("cursor", b"again", content_type=TEXT, version=None) is False
    found = store.get_versioned("cursor")
    assert found is not None
    data, version = found
    assert data == b"1"
    assert store.replace("cursor", b"2", content_type=TEXT, version=version) is True
    assert store.replace("cursor", b"3", content_type=TEXT, version=version) is False
    assert store.get("cursor") == b"2"


def test_does_not_replace_what_was_deleted(store: ObjectStore) -> None:
    store.put("cursor", b"1", content_type=TEXT)
    found = store.get_versioned("cursor")
    assert found is not None
    store.delete("cursor")
    assert store.replace("cursor", b"2", content_type=TEXT, version=found[1]) is False
    assert store.get("cursor") is None


def test_racing_replacements_lose_no_update(store: ObjectStore) -> None:
    store.put("count", b"0", content_type=TEXT)

    def add_one(_: int) -> None:
        for _attempt in range(200):
            found = store.get_versioned("count")
            assert found is not None
            if store.replace("count", b"%d" % (int(found[0]) + 1), content_type=TEXT, version=found[1]):
                return
        pytest.fail("never got a turn")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(12)))
    assert store.get("count") == b"12"


def test_lists_keys_of_a_prefix_in_order(store: ObjectStore) -> None:
    keys = ["decisions/day=2026-01-02/b.jsonl", "decisions/day=2026-01-02/a.jsonl", "images/aa/1.jpg"]
    for key in [*keys, "decisions/day=2026-01-01/z.jsonl"]:
        store.put(key, b"x", content_type=TEXT)
    assert list(store.keys("decisions/")) == ["decisions/day=2026-01-01/z.jsonl", *sorted(keys[:2])]
    assert list(store.keys("decisions/day=2026-01-02/a")) == [keys[1]]
    assert list(store.keys("none/")) == []
    assert len(list(store.keys(""))) == 4


def test_deletes_and_does_not_mind_twice(store: ObjectStore) -> None:
    store.put("a", b"1", content_type=TEXT)
    store.delete("a")
    store.delete("a")
    assert store.get("a") is None
    assert list(store.keys("")) == []


@pytest.fixture(params=S3_SERVERS)
def keeping(request: pytest.FixtureRequest) -> tuple[Any, str]:
    """A client, and a bucket that keeps old versions."""
    cloud = request.getfixturevalue(request.param)
    client, bucket = cloud.client("s3"), cloud.bucket()
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return client, bucket


def versions(client: Any, bucket: str) -> list[str]:
    """The key of every version that still holds bytes."""
    found = client.list_object_versions(Bucket=bucket)
    return [each["Key"] for each in found.get("Versions", [])]


def test_a_function_can_hide_a_picture_and_not_destroy_it(keeping: tuple[Any, str]) -> None:
    store = S3Store(*keeping)
    store.put("images/ab/x.jpg", b"1", content_type=TEXT)
    store.put("images/ab/x.jpg", b"2", content_type=TEXT)
    store.delete("images/ab/x.jpg")
    assert not store.exists("images/ab/x.jpg")
    assert versions(*keeping) == ["images/ab/x.jpg"] * 2


def test_what_the_owner_takes_back_leaves_no_version(keeping: tuple[Any, str]) -> None:
    store = S3Store(*keeping, "some", forget=True)
    for key in ("a", "a.json"):
        store.put(key, b"1", content_type=TEXT)
        store.put(key, b"2", content_type=TEXT)
    store.delete("a")
    assert versions(*keeping) == ["some/a.json"] * 2
    assert list(store.keys("")) == ["a.json"]
    assert keeping[0].list_object_versions(Bucket=keeping[1]).get("DeleteMarkers", []) == []
    assert store.put("a", b"3", content_type=TEXT, if_absent=True)  # as if it had never been there
