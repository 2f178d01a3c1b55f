import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import Place
from bowerbird.core.errors import StoreError
from bowerbird.host.homes import Home
from bowerbird.host.paused import is_paused, pause, resume
from bowerbird.host.rounds import Rounds, RunOptions


def test_a_pause_lasts_until_it_is_ended(tmp_path: Path) -> None:
    state = tmp_path / "place" / ".bowerbird"
    assert not is_paused(state)
    pause(state)
    pause(state)
    assert is_paused(state)
    resume(state)
    resume(state)
    assert not is_paused(state)


def test_where_nothing_can_be_written_the_owner_hears_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        pause(tmp_path / "file")


@dataclass
class Host:
    """As much of the host as the rounds touch."""

    homes: tuple[Home, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    is_open: Any = None
    on_pause: Any = None


def test_a_pause_at_any_of_the_places_holds_the_whole_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [Place(str(tmp_path / n), FolderStore(tmp_path / n), tmp_path / n / ".bowerbird") for n in "ab"]
    host = Host(tuple(Home(place, None) for place in places))  # type: ignore[arg-type]
    Rounds(host, None, RunOptions())  # type: ignore[arg-type]
    assert host.is_open()
    pause(places[1].state)
    assert not host.is_open()
    host.on_pause()
    assert "going on when somebody resumes it on the page" in capsys.readouterr().err
    resume(places[1].state)
    assert host.is_open()
