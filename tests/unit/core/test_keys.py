"""Keys come from hashes: nothing that a stranger typed becomes a file name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.errors import PermanentError
from bowerbird.core.keys import image_key, sidecar_key, thumb_key, tombstone_key

HOSTILE = [
    "../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\boot.ini",
    "a\x00b",
    ".bowerbird/queue.db",
    "\u202egpj.exe",
    "\ud800",
    "CON",
    "a" * 512,
    "%2e%2e%2f",
    "<script>alert(1)</script>",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("make", [thumb_key, tombstone_key])
def test_a_hostile_id_gives_a_key_like_any_other(make: object, name: str) -> None:
    assert callable(make)
    assert re.fullmatch(r"(thumbs|tombstones)/[0-9a-f]{2}/[0-9a-f]{64}\.(jpg|json)", make(name))


@given(st.text(min_size=1, max_size=512, alphabet=st.characters()))
def test_any_id_gives_a_key_like_any_other(name: str) -> None:
    assert re.fullmatch(r"thumbs/[0-9a-f]{2}/[0-9a-f]{64}\.jpg", thumb_key(name))


def test_a_pictures_key_is_its_hash() -> None:
    assert image_key("ab" * 32, "JPEG") == f"images/ab/{'ab' * 32}.jpg"
    assert sidecar_key(image_key("ab" * 32, "PNG")) == f"images/ab/{'ab' * 32}.json"


@pytest.mark.parametrize("key", ["../x", "/x", "a/../../x", "a\x00b", ""])
def test_a_folder_takes_no_key_that_leads_out_of_it(tmp_path: Path, key: str) -> None:
    store = FolderStore(tmp_path / "place")
    for act in (store.get, store.exists, store.delete):
        with pytest.raises(PermanentError, match="not an object key"):
            act(key)
    with pytest.raises(PermanentError, match="not an object key"):
        store.put(key, b"x", content_type="text/plain")
    assert [path.name for path in tmp_path.iterdir()] == ["place"]
