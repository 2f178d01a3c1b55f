"""`bowerbird service install | uninstall | status | print`: the systemd units that keep `mine` running."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.host.service import Installed


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("service", help="let systemd run `mine`, and restart it after a failure")
    parser.add_argument(
        "do",
        choices=("install", "uninstall", "status", "print"),
        metavar="ACTION",
        help="install (write the units), uninstall, status, or print (only show them)",
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--user", action="store_true", help="units of your own, without root (the default)")
    who.add_argument(
        "--system", action="store_true", help="with print: units of the system, hardened further"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Do it. The exit status of `status` is 1 when `mine` is not installed or does not run."""
    if args.system and args.do != "print":
        raise UsageError(
            f"only you can {args.do} units of the system, as root: "
            "see what `bowerbird service print --system` shows, and infra/home/README.md"
        )
    do = {"install": _install, "uninstall": _uninstall, "status": _status, "print": _print}[args.do]
    return do(args)


def _folder() -> Path:
    from bowerbird.config.settings import config_home

    return config_home() / "systemd" / "user"


def _installed(args: argparse.Namespace) -> Installed:
    """What the units run: this very command, with the configuration that it found."""
    from bowerbird.host.service import Installed

    if args.configuration is None:
        raise UsageError("there is no bowerbird.toml for a service to read: run `bowerbird init` first")
    own = Path(sys.executable).parent / "bowerbird"
    program = str(own) if own.is_file() else shutil.which("bowerbird")
    if program is None:
        raise UsageError("the command bowerbird is not on the PATH: install it with pip install .")
    config = args.configuration.config
    places = [taste.place for taste in config.taste if "://" not in taste.place]
    galleries = [each.folder for each in config.deliver if each.folder]
    return Installed(program, str(args.configuration.path), [*places, *galleries])


def _units(args: argparse.Namespace) -> dict[str, str]:
    from bowerbird.host.service import UNITS, unit

    installed = _installed(args)
    return {name: unit(name, installed, system=args.system) for name in UNITS}


def _install(args: argparse.Namespace) -> int:
    from bowerbird.core.whole import write_whole

    units, folder = _units(args), _folder()
    for name in units:
        _refuse_foreign(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        path = folder / name
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        if not same:
            write_whole(path, text.encode())
        print(shown(f"{path} {'is as it should be' if same else 'is written'}"))
    if args.configuration.config.every is None:
        print('bowerbird.toml has no `every`, so the service crawls once and ends: add every = "10m"')
    print(
        "next:",
        "  systemctl --user daemon-reload",
        "  systemctl --user enable --now bowerbird         # the page, too: bowerbird-page",
        "  loginctl enable-linger                          # go on while you are signed out",
        "  journalctl --user -u bowerbird -f               # what it says",
        sep="\n",
    )
    return 0


def _uninstall(args: argparse.Namespace) -> int:
    from bowerbird.host.service import UNITS

    del args
    there = [path for name in UNITS if (path := _folder() / name).is_file()]
    for path in there:
        _refuse_foreign(path)
    for path in there:
        _asked("disable", "--now", path.name)  # while systemd still knows it
        path.unlink()
        print(shown(f"{path} is removed"))
    if there:
        _asked("daemon-reload")
    else:
        print("no unit is installed")
    return 0


def _status(args: argparse.Namespace) -> int:
    from bowerbird.host.service import UNITS

    units = _units(args) if args.configuration else {}
    running = False
    for name in UNITS:
        path = _folder() / name
        if not path.is_file():
            print(f"{name}: not installed")
            continue
        current = units.get(name) in {None, path.read_text(encoding="utf-8")}
        state = _asked("is-active", name)
        running |= name == "bowerbird.service" and state == "active"
        told = "" if current else "; it is not as `service install` would write it now"
        print(shown(f"{name}: {state}, {_asked('is-enabled', name)} at start{told}"))
    return 0 if running else 1


def _print(args: argparse.Namespace) -> int:
    for name, text in _units(args).items():
        print(f"# {name}\n{text}")
    return 0


def _asked(*words: str) -> str:
    """Ask the user's manager; `unknown` where there is none."""
    program = shutil.which("systemctl")
    if program is None:
        return "unknown (there is no systemctl here)"
    command = [program, "--user", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return answer.stdout.strip() or "unknown (systemd does not answer)"


def _refuse_foreign(path: Path) -> None:
    """Leave alone what somebody else wrote."""
    from bowerbird.host.service import MARK

    if path.is_symlink() or (path.exists() and not path.read_text(encoding="utf-8").startswith(MARK)):
        raise UsageError(f"{path} was not written by bowerbird: move it away first")
