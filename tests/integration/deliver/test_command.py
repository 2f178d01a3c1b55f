"""`bowerbird deliver`, in this process, from a folder to a loopback scenery."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from tests.integration.deliver.scenery_server import Scenery, serving
from tests.unit.deliver.survivors import keep, record


@pytest.fixture
def scenery() -> Iterator[Scenery]:
    with serving(Scenery()) as running:
        yield running


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_SCENERY_PASSWORD", "opensesame")


def deliver(place: Path, url: str) -> int:
    return main(["deliver", "--from", str(place), "--to", url])


def test_everything_is_delivered_once(
    tmp_path: Path, scenery: Scenery, capsys: pytest.CaptureFixture[str]
) -> None:
    store = FolderStore(tmp_path)
    keys = [keep(store, seed=seed) for seed in range(3)]
    assert deliver(tmp_path, scenery.url) == 0
    assert capsys.readouterr().out == "3 imported\n"
    assert {record(store, key, scenery.url)["state"] for key in keys} == {"imported"}
    assert {image.tags for image in scenery.images} == {
        ("from_bowerbird", "community:EarthPorn", "horizontal")
    }
    assert deliver(tmp_path, scenery.url) == 0
    assert capsys.readouterr().out == "3 delivered before\n"
    assert scenery.requests == 3


def test_what_the_gallery_has_already_counts_as_delivered(
    tmp_path: Path, scenery: Scenery, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("first", "second"):
        keep(FolderStore(tmp_path / place))
        assert deliver(tmp_path / place, scenery.url) == 0
    assert capsys.readouterr().out == "1 imported\n1 there already\n"
    assert len(scenery.images) == 1


def test_a_failure_is_told_and_gives_status_1(
    tmp_path: Path, scenery: Scenery, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(FolderStore(tmp_path))
    scenery.next_answers = [(500, b"")]
    assert deliver(tmp_path, scenery.url) == 1
    assert "status 500" in capsys.readouterr().err
    assert deliver(tmp_path, scenery.url) == 0


def test_what_ambience_has_is_not_offered_and_an_answer_that_is_none_is_told(
    tmp_path: Path, scenery: Scenery, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    key = keep(store)
    with serving(Scenery()) as ambience:
        monkeypatch.setenv("BOWERBIRD_AMBIENCE_URL", ambience.url)
        ambience.next_answers = [(200, b'{"phash": [], "text": []}')]
        assert deliver(tmp_path, scenery.url) == 1
        said = capsys.readouterr()
        assert "neither duplicate nor local_features_res, but 'phash', 'text'" in said.err
        assert said.out == "nothing was delivered\n"
        ambience.next_answers = [(200, b'{"duplicate": [{"image_id": 17, "distance": 6}]}')]
        assert deliver(tmp_path, scenery.url) == 0
    assert capsys.readouterr().out == "1 similar to one there\n"
    found = record(store, key, scenery.url)
    assert (found["state"], found["ids"]) == ("similar", [17])
    assert scenery.requests == 0


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", "set BOWERBIRD_SCENERY_PASSWORD"),
        ("wrong-secret", "the password is wrong"),
        ("long" * 300, "longer than the 1000 bytes"),
    ],
)
def test_without_the_password_it_says_so_and_never_shows_it(
    tmp_path: Path, password: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(FolderStore(tmp_path))
    monkeypatch.setenv("BOWERBIRD_SCENERY_PASSWORD", password)
    said = io.StringIO()
    with serving(Scenery()) as scenery, redirect_stdout(said), redirect_stderr(said):
        assert deliver(tmp_path, scenery.url) == 2
    assert expected in said.getvalue()
    assert not password or password[:8] not in said.getvalue()


def test_a_place_that_is_not_there_is_wrong_usage(tmp_path: Path, scenery: Scenery) -> None:
    assert deliver(tmp_path / "none", scenery.url) == 2


def test_an_empty_place_has_nothing_to_deliver(
    tmp_path: Path, scenery: Scenery, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deliver(tmp_path, scenery.url) == 0
    assert capsys.readouterr().out == "nothing to deliver\n"
