"""Bad command lines: each is refused before a picture is decoded or a network is asked."""

import socket
from pathlib import Path

import pytest

from bowerbird.adapters.beforehand import bundle_name, folder_to_write, pictures_of
from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError

# No picture is in these files: whoever decoded one would say so instead of what is asserted.
_FOLDERS = {"few": 19, "same": 30, "enough": 25, "empty": 0, "place": 0}


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with folders of files that are called like pictures."""
    for name, count in _FOLDERS.items():
        (tmp_path / name).mkdir()
        for number in range(count):
            text = "one" if name == "same" else f"{number}"
            (tmp_path / name / f"{number:02}.jpg").write_text(text)
    (tmp_path / "file").write_text("a file")
    monkeypatch.chdir(tmp_path)
    return tmp_path


TRAIN = "train --cache cache.db --good "
MINE = "mine --source folder:enough --out new "
BAD = [
    (TRAIN + "few --out new", "--good: 19 pictures were found; give at least 20"),
    (TRAIN + "same --out new", "30 pictures were found, and only 1 of them differ; give at least 20"),
    (TRAIN + "nowhere --out new", "nowhere does not exist"),
    (TRAIN + "empty --out new", "empty holds no picture"),
    (TRAIN + "enough --reject empty --out new", "empty holds no picture"),
    (TRAIN + "enough --reject nowhere --out new", "nowhere does not exist"),
    (TRAIN + "enough --out file", "file cannot be written: file is no folder"),
    (TRAIN + "enough --out file/new", "is no folder"),
    (TRAIN + "enough --out ___", "a bundle is called as its folder"),
    (TRAIN + "enough --out new --encoder nowhere", "no bundle nowhere"),
    (TRAIN + "enough --out new --mixture 21:full", "25 pictures serve 20 components at most"),
    (TRAIN + "enough --out new --mixture 16", "write K:COVARIANCE"),
    (TRAIN + "enough --out new --bundle-version one", "three numbers as in 1.0.0"),
    (TRAIN + "enough --out new --keep-rate 2", "a share from 0.5"),
    (TRAIN + "enough --out new --feedback place", "no label can be read; give some with"),
    (TRAIN + "enough --out new --feedback nowhere", "nowhere: no such folder"),
    ("train --good enough --out new --cache file", "file cannot hold embeddings"),
    ("train --good enough --out new --cache place", "place cannot hold embeddings"),
    ("train --feedback place --out ___ --cache cache.db", "a bundle is called as its folder"),
    ("calibrate nowhere --keep-rate 0.9", "no bundle nowhere"),
    ("calibrate lite --good enough --reject nowhere --out new", "nowhere does not exist"),
    ("calibrate lite --good empty --reject enough --out new", "empty holds no picture"),
    ("calibrate lite --good enough --reject few --out file", "file cannot be written"),
    ("calibrate lite --good enough --scout nowhere --out new", "no bundle nowhere"),
    ("calibrate lite --previews few --out new", "19 pictures were found; give at least 29"),
    ("calibrate lite --keep-rate 0.9 --out ___", "a bundle is called as its folder"),
    ("calibrate lite --per-day nan --from place --out new", "a number above 0, not nan"),
    ("calibrate lite --per-day 3 --from nowhere --out new", "nowhere: no such folder"),
    (MINE + "--bundle nowhere", "no bundle nowhere"),
    (MINE + "--scout nowhere", "no bundle nowhere"),
    (MINE + "--min-area -1", "a whole number of 0 or more"),
    (MINE + "--max-wide nan", "a number above 0, not nan"),
    (MINE + "--max-tall 0", "a number above 0, not 0"),
    (MINE + "--gateway nonsense", "gateway 'nonsense'"),
    ("score empty", "empty holds no picture"),
    ("score enough --bundle nowhere", "no bundle nowhere"),
    ("deliver --from nowhere --to http://127.0.0.1:9", "nowhere: no such folder"),
    ("label nowhere", "nowhere: no such folder"),
    ("browse enough", "enough: `bowerbird mine` never wrote here; give the --out of a `bowerbird mine` run"),
    ("compact enough", "never wrote here"),
    ("serve --port 99999", "a port from 0 to 65535, not 99999"),
    ("serve --port 0 --bundle nowhere", "no bundle nowhere"),
    ("sheet place --out file", "file cannot be written"),
    ("report place --out nowhere/page.html", "there is no folder nowhere"),
    ("report place --out empty", "empty is a folder; name a file"),
    ("train --stream nowhere --out new", "nowhere: no such folder"),
    ("train --stream enough --good enough --background enough --out new", "--stream is the background"),
    ("recheck --source lemmy:127.0.0.1 --out nowhere", "nowhere: no such folder"),
    ("redrive --out nowhere", "nowhere: no such folder"),
    ("redrive --queue nonsense", "give the queue's URL"),
    ("models pull clip --to file", "file cannot be written"),
    ("models pull clip --published nowhere", "nowhere is not a table"),
    ("models export lite nowhere/lite.zip", "there is no folder nowhere"),
    ("models export lite empty", "empty is a folder; name a file"),
    ("models export nowhere lite.zip", "no bundle nowhere"),
    ("demo --out file", "file: cannot be used as a place"),
    ("demo --out new --bundle nowhere", "no bundle nowhere"),
    ("candidates --source folder:enough --limit 0", "a whole number of 1 or more"),
]


def written(folder: Path) -> set[Path]:
    """All files but the memory of embeddings."""
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("cache.db")}


@pytest.mark.parametrize(("line", "told"), BAD, ids=[line for line, _ in BAD])
def test_a_bad_command_line_is_refused_before_any_work(
    at: Path, line: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket.socket, "connect", asked)
    monkeypatch.setenv("BOWERBIRD_CONTACT", "me@example.org")
    before = written(at)

    try:
        status = main(line.split())
    except SystemExit as stopped:  # argparse's own
        status = stopped.code

    assert status == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert "left out" not in shown.err  # what `train` says of a file that it tried to decode
    assert written(at) == before


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("mine", "mine"),
        ("b_anime", "b-anime"),
        ("Für Oma", "fur-oma"),
        ("v1.5", "v1-5"),
        ("a" * 99, "a" * 64),
    ],
)
def test_a_bundle_is_called_as_its_folder_in_letters_it_may_have(folder: str, name: str) -> None:
    assert bundle_name(Path("/somewhere", folder)) == name


@pytest.mark.parametrize("folder", ["___", "山", "/"])
def test_a_folder_without_such_letters_names_no_bundle(folder: str) -> None:
    with pytest.raises(UsageError, match="a bundle is called as its folder"):
        bundle_name(Path("/somewhere") / folder)


def test_a_folder_must_have_room(tmp_path: Path) -> None:
    folder_to_write(tmp_path / "deep/new", room=1)
    with pytest.raises(UsageError, match=r"MB are needed, \d+ MB are free"):
        folder_to_write(tmp_path / "deep/new", room=10**18)
    assert not (tmp_path / "deep").exists()


def test_enough_pictures_are_handed_on(at: Path) -> None:
    assert len(pictures_of([at / "enough", at / "few"], "--good", 20)) == 44
