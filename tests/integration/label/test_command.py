"""`bowerbird label`: what keeps it from starting."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from tests.integration.label.place import Decided, fill


def test_a_place_without_pictures_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(FolderStore(tmp_path), (Decided("gone", keep=False, score=None, picture=False),))
    assert main(["label", str(tmp_path)]) == 2
    assert "no decision has a picture" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(FolderStore(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["label", str(tmp_path), "--port", str(taken.getsockname()[1])]) == 2
    assert "choose another --port" in capsys.readouterr().err
