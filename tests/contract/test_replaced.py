"""What a better copy replaces can come back from every kind of store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.keys import image_key, replaced_key, sidecar_key
from bowerbird.core.ports import ObjectStore
from bowerbird.filter.replaced import Replaced
from tests.contract.servers import S3_SERVERS

KEY, BETTER = image_key("a" * 64, "PNG"), image_key("b" * 64, "JPEG")
PICTURE = bytes(range(256)) * 3


@pytest.fixture(params=["folder", *S3_SERVERS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path)
    cloud = request.getfixturevalue(request.param)
    return S3Store(cloud.client("s3"), cloud.bucket(), "some/prefix")


def test_taken_listed_restored_taken_away(store: ObjectStore) -> None:
    now = datetime.now(UTC)
    for key in (KEY, BETTER):
        sidecar = json.dumps({"decision": {"candidate": key, "facts": {"bytes": len(PICTURE)}}}).encode()
        store.put(key, PICTURE, content_type="image/png")
        store.put(sidecar_key(key), sidecar, content_type="application/json")
    replaced = Replaced(store, lambda: now)
    assert replaced.take(KEY, BETTER, "larger")
    assert [(each.image, each.size) for each in replaced.waiting()] == [(KEY, len(PICTURE))]
    assert not store.exists(KEY)
    assert replaced.restore(KEY) == PICTURE
    assert store.get(KEY) == PICTURE
    assert not store.exists(replaced_key(KEY))
    assert replaced.take(BETTER, KEY, "larger")
    assert Replaced(store, lambda: now + timedelta(days=31)).expire(30) == 1
    assert list(store.keys("replaced/")) == []
