"""`bowerbird restore`: what a better copy replaced comes back, from a real place, by the real command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.cli.main import main
from bowerbird.core.keys import image_key, sidecar_key
from bowerbird.filter.replaced import Replaced
from bowerbird.host.daily import Daily
from bowerbird.host.replaced_pictures import Expiry, told_waiting
from tests.pictures import jpeg

ONE, TWO, BETTER = (image_key(digit * 64, "JPEG") for digit in "abc")
PICTURE = jpeg(640, 480, 1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two pictures that were replaced."""
    store = FolderStore(tmp_path)
    for key in (ONE, TWO):
        sidecar = {"decision": {"candidate": f"of {key}", "facts": {"bytes": len(PICTURE)}}}
        store.put(key, PICTURE, content_type="image/jpeg")
        store.put(sidecar_key(key), json.dumps(sidecar).encode(), content_type="application/json")
        Replaced(store).take(key, BETTER, "larger, 2000x1500 against 640x480")
    return tmp_path


def test_the_list_says_what_waits_and_why(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(place), "--list"]) == 0
    out = capsys.readouterr().out
    assert f"{ONE}  {len(PICTURE) / 1000:.1f} kB, since 20" in out
    assert f"replaced by {BETTER}: larger, 2000x1500 against 640x480" in out
    assert not (place / ONE).exists()


@pytest.mark.parametrize("name", ["aaaa", ONE, f"replaced/aa/{'a' * 64}.jpg", "A" * 64])
def test_one_comes_back_by_any_of_its_names_and_is_known_again(
    place: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(place), name]) == 0
    assert capsys.readouterr().out == f"{ONE} is back\n"
    assert (place / ONE).read_bytes() == PICTURE
    assert not (place / TWO).exists()
    index = SqliteLikenesses(place / ".bowerbird" / "likenesses.db")
    assert (index.holds(ONE), index.holds(TWO)) == (True, False)
    index.close()


def test_all_come_back_and_a_second_time_there_is_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(place), "--all"]) == 0
    assert main(["restore", str(place), "--all"]) == 0
    assert capsys.readouterr().out == f"{ONE} is back\n{TWO} is back\nnothing waits in replaced/\n"
    assert (place / TWO).read_bytes() == PICTURE


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "name the pictures to bring back, or say --all"),
        (["aaaa", "ffff"], "ffff: no such picture waits in replaced/"),
        ([".jpg"], ".jpg: no such picture waits"),
    ],
)
def test_a_wrong_name_is_said_before_anything_is_done(
    place: Path, more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(place), *more]) == 2
    assert told in capsys.readouterr().err
    assert not (place / ONE).exists()


def test_what_waits_is_counted_and_goes_once_its_days_are_over(place: Path) -> None:
    store = FolderStore(place)
    assert (told_waiting(store) or "").startswith("2 pictures that a better copy replaced: ")
    now = [datetime.now(UTC)]
    expiry = Expiry(store, 2, Daily(lambda: now[0]))
    assert expiry() == 0
    now[0] += timedelta(days=3)
    assert (expiry(), expiry()) == (2, 0)
    assert told_waiting(store) is None
    assert main(["restore", str(place), "--all"]) == 0
