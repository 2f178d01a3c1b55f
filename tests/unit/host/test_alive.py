import os
import time
from pathlib import Path

import pytest

from bowerbird.cli.main import main
from bowerbird.host.alive import beat, rest, silence


def test_a_run_is_alive_until_it_ends_or_falls_silent(tmp_path: Path) -> None:
    assert "nothing runs here" in str(silence(tmp_path))
    beat(tmp_path)
    assert silence(tmp_path) is None
    for odd in (-120, 3600):  # long ago, and in a future that a clock was set back from
        os.utime(tmp_path / "alive", (time.time() + odd,) * 2)
        assert "no sign of life" in str(silence(tmp_path))
    rest(tmp_path)
    assert "nothing runs here" in str(silence(tmp_path))
    rest(tmp_path)
    beat(tmp_path / "nowhere")


def test_the_doctor_tells_it_by_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "place"
    assert main(["doctor", "--alive", str(place)]) == 1
    assert not place.exists()  # a look makes no place
    (place / ".bowerbird").mkdir(parents=True)
    beat(place / ".bowerbird")
    assert main(["doctor", "--alive", str(place)]) == 0
    capsys.readouterr()


def test_the_doctor_knows_the_places_of_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bowerbird.toml"
    file.write_text('[[taste]]\nplace = "one"\n[[taste]]\nplace = "two"\n')
    for name, status in (("one", 1), ("two", 0)):
        (tmp_path / name / ".bowerbird").mkdir(parents=True)
        beat(tmp_path / name / ".bowerbird")
        assert main(["doctor", "--config", str(file), "--alive"]) == status
    capsys.readouterr()
