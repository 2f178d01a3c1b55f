"""The units say what they should, are what systemd takes, and run what they were told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError
from bowerbird.host.service import MARK, UNITS, Installed, unit

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
NAMESPACED = ("ProtectSystem=", "ProtectHome=", "PrivateTmp=", "PrivateDevices=", "CapabilityBoundingSet=")


def settings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.parametrize("system", [False, True])
def test_what_every_unit_says(name: str, system: bool) -> None:
    lines = settings(unit(name, Installed("/opt/b", "/etc/b.toml", ["/srv/pictures"]), system=system))
    assert {
        "Restart=on-failure", "RestartPreventExitStatus=2", "NoNewPrivileges=yes", "MemoryMax=2G",
        "KillMode=mixed", "SystemCallFilter=@system-service",
    } <= set(lines)  # fmt: skip
    assert all(any(line.startswith(each) for line in lines) == system for each in NAMESPACED)
    assert ("ReadWritePaths=/srv/pictures" in lines) == system
    assert lines[-1] == f"WantedBy={'multi-user' if system else 'default'}.target"


@needs_systemd
@pytest.mark.parametrize("system", [False, True])
@pytest.mark.parametrize(
    "folder",
    ["plain", "with space", "100% 'quoted' \"twice\"", "back\\slash", "$HOME and ${x}", "Größe 日本"],
)
def test_systemd_reads_back_every_path(tmp_path: Path, folder: str, system: bool) -> None:
    assert ANALYZE is not None
    place = tmp_path / folder
    place.mkdir()
    program = tmp_path / "bower bird"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = unit("bowerbird.service", Installed(str(program), f"{place}/b.toml", [str(place)]), system=system)
    path = tmp_path / "bowerbird.service"
    path.write_text(text.replace("User=bowerbird\n", ""))
    command = [ANALYZE, *([] if system else ["--user"]), "verify", "--man=no", str(path)]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (told.returncode, "bowerbird.service" in told.stderr) == (0, False), told.stderr


@needs_systemd
def test_the_systems_unit_is_hardened(tmp_path: Path) -> None:
    assert ANALYZE is not None
    path = tmp_path / "bowerbird.service"
    path.write_text(unit("bowerbird.service", Installed("/bin/true", "/etc/b.toml"), system=True))
    command = [ANALYZE, "security", "--offline=true", "--threshold=20", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-200:]  # 2.0 of 10, where 10 is exposed to everything


def test_a_path_that_a_unit_cannot_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="rename it"):
        unit("bowerbird.service", Installed("/opt/b", "/etc/new\nline.toml"), system=False)


def test_a_place_at_home_can_be_written_to() -> None:
    lines = settings(unit("bowerbird.service", Installed("/opt/b", "/c", ["/home/ann/p"]), system=True))
    assert "ProtectHome=read-only" in lines


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config" / "systemd" / "user"


def test_install_and_uninstall_may_be_repeated(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install"]) == 2
    assert "run `bowerbird init` first" in capsys.readouterr().err
    Path("bowerbird.toml").write_text('[[taste]]\nplace = "p"\n')
    assert main(["service", "install", "--user"]) == 0
    told = capsys.readouterr().out
    assert "systemctl --user enable --now bowerbird" in told
    assert "loginctl enable-linger" in told
    assert "has no `every`" in told
    assert {path.name for path in units.iterdir()} == set(UNITS)
    written = (units / "bowerbird.service").read_text()
    assert f"mine --config {Path('bowerbird.toml').absolute()}\n" in written
    assert main(["service", "install"]) == 0
    assert "is as it should be" in capsys.readouterr().out
    (units / "bowerbird.service").write_text(f"{MARK}\nold")
    assert main(["service", "status"]) == 1
    assert "not as `service install` would write it now" in capsys.readouterr().out
    assert main(["service", "install"]) == 0
    assert (units / "bowerbird.service").read_text() == written
    for _ in range(2):
        assert main(["service", "uninstall"]) == 0
    assert list(units.iterdir()) == []
    assert "no unit is installed" in capsys.readouterr().out
    assert main(["service", "status"]) == 1


@pytest.mark.parametrize("do", ["install", "uninstall"])
def test_a_unit_of_somebody_else_stays(units: Path, do: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bowerbird.toml").write_text('[[taste]]\nplace = "p"\n')
    units.mkdir(parents=True)
    (units / "bowerbird.service").write_text("[Unit]\n")
    assert main(["service", do]) == 2
    assert "was not written by bowerbird" in capsys.readouterr().err
    assert [path.name for path in units.iterdir()] == ["bowerbird.service"]


def test_only_root_installs_units_of_the_system(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install", "--system"]) == 2
    assert "bowerbird service print --system" in capsys.readouterr().err
    assert not units.exists()
