"""What was deleted in scenery comes back as labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.keys import label_key, sidecar_key
from bowerbird.core.labels import Label, read_labels, remove_label, write_label
from tests.fakes import FakeStore


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "place")
    for number, state in ((7, "imported"), (8, "already"), (9, "similar")):
        key = f"images/aa/{number:064x}.jpg"
        sidecar = {
            "image": key,
            "deliveries": {"https://scenery.example": {"state": state, "ids": [number]}},
            "decision": {
                "candidate": f"c{number}",
                "facts": {"url": f"https://i.example/{number}.jpg"},
                "submission": {"permalink": f"https://example.org/post/{number}"},
            },
        }
        store.put(sidecar_key(key), json.dumps(sidecar).encode(), content_type="application/json")
    store.put("images/aa/broken.json", b"{", content_type="application/json")
    return store


def bring(store: FolderStore, tmp_path: Path, text: str) -> int:
    assert store is not None
    (tmp_path / "deleted.txt").write_text(text)
    return main(["labels", "import", str(tmp_path / "deleted.txt"), "--into", str(tmp_path / "place")])


@pytest.mark.parametrize(
    "line",
    [
        "7",
        " 7 ",
        "https://scenery.example/image/7",
        "https://scenery.example/images/7.jpg",
        "https://example.org/post/7",
        "https://i.example/7.jpg",
    ],
)
def test_a_deletion_is_found_by_id_by_page_and_by_post(store: FolderStore, tmp_path: Path, line: str) -> None:
    assert bring(store, tmp_path, f"# deleted in May\n\n{line}\n") == 0
    (label,) = read_labels(store)
    assert (label.candidate, label.keep, label.origin) == ("c7", False, "scenery")
    assert label.image == f"images/aa/{7:064x}.jpg"


def test_the_id_of_a_picture_it_only_resembles_is_not_its_own(store: FolderStore, tmp_path: Path) -> None:
    assert bring(store, tmp_path, "9\n8\n") == 0
    assert [label.candidate for label in read_labels(store)] == ["c8"]


def test_lines_without_a_survivor_are_told(
    store: FolderStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(store, tmp_path, "1234\n") == 1
    output = capsys.readouterr()
    assert output.out == "0 labelled as rejects, 1 lines match no survivor here\n"
    assert "no survivor: '1234'" in output.err


def test_a_file_that_is_not_there_is_wrong_usage(store: FolderStore, tmp_path: Path) -> None:
    assert store is not None
    assert main(["labels", "import", str(tmp_path / "none"), "--into", str(tmp_path / "place")]) == 2


def test_labels_read_back_as_written_and_can_be_removed() -> None:
    store = FakeStore()
    one = Label(
        "a<b>", keep=True, labelled_at="2026-03-01T00:00:00.000Z", origin="label", image="images/aa/a.jpg"
    )
    other = Label("ü", keep=False, labelled_at="2026-03-01T00:00:00.000Z", origin="scenery")
    for label in (one, other):
        write_label(store, label)
    assert sorted(read_labels(store), key=lambda label: label.candidate) == [one, other]
    remove_label(store, "ü")
    assert list(read_labels(store)) == [one]


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version":2,"candidate":"a","keep":true,"labelled_at":"","origin":""}',
     '{"version":1,"candidate":"a","keep":"yes","labelled_at":"","origin":""}'],
)  # fmt: skip
def test_a_damaged_label_is_named(text: str) -> None:
    store = FakeStore()
    store.objects[label_key("a")] = text.encode()
    with pytest.raises(InvalidMessageError, match=r"labels/.*is not a label of version 1"):
        list(read_labels(store))
