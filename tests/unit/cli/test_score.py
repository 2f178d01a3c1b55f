"""`bowerbird score`: whatever a file is called, and whatever it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bowerbird.cli.main import main
from tests.pictures import jpeg


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_name_that_the_terminal_has_no_letters_for(tmp_path: Path, encoding: str) -> None:
    picture = tmp_path / "fog 🏔 \u202egpj.jpg"
    picture.write_bytes(jpeg(80, 60))
    command = [sys.executable, "-m", "bowerbird.cli.main", "score", str(picture)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    told = subprocess.run([*command, "--json"], capture_output=True, check=True, env=environment).stdout
    assert json.loads(told.decode(encoding))["path"] == str(picture)
    said = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    assert "fog" in said.decode(encoding)


def test_what_is_no_file_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    for odd in (tmp_path / "a.jpg", Path(os.devnull)):
        assert main(["score", str(odd)]) == 2  # a reader of the pipe would wait for ever
        assert "neither a file nor a folder" in capsys.readouterr().err
