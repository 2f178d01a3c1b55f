"""The systemd units of an installation at home.

A user's own manager cannot set up most of what hides the file system, unless the kernel lets everybody make
namespaces, which several distributions forbid: https://www.freedesktop.org/software/systemd/man/systemd.exec.html
So a unit of a user has only what works everywhere, and a unit of the system has everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bowerbird.core.errors import UsageError

#: The first line of every unit that we write.
MARK: Final = "# Written by `bowerbird service`; edit with `systemctl edit`, or it is overwritten."
#: The units' names, and the command that each runs.
UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "bowerbird.service": ("Bowerbird: finds pictures", "mine"),
    "bowerbird-page.service": ("Bowerbird: its page on http://127.0.0.1:8000", "serve --page"),
}

_SERVICE: Final = """\
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=60
# Wrong usage, as a mistake in the configuration, is not mended by trying again.
RestartPreventExitStatus=2
# The first signal finishes what is in hand. Our helpers must not get it: they are in the middle of a picture.
KillMode=mixed
TimeoutStopSec=120
UMask=0077
Nice=10
IOSchedulingClass=idle
MemoryHigh=1536M
MemoryMax=2G
TasksMax=256
"""
_EVERYWHERE: Final = """\
# What works in the manager of a user, too.
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
_NOT_HERE: Final = """\
# ProtectSystem=, ProtectHome=, PrivateTmp= and their like need namespaces, which not every system lets a user
# make. Where yours does, `systemctl --user edit {name}` adds them, with PrivateUsers= and ReadWritePaths=.
"""
_SYSTEM: Final = """\
# What only the manager of the system can do everywhere.
User=bowerbird
StateDirectory=bowerbird
WorkingDirectory=%S/bowerbird
ProtectSystem=strict
{writable}ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
CapabilityBoundingSet=
AmbientCapabilities=
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """What units run: the command's own path, the configuration's, and the folders that runs write to."""

    program: str
    configuration: str
    folders: Sequence[str] = ()


def unit(name: str, installed: Installed, *, system: bool) -> str:
    """The text of one of the `UNITS`, for the system's manager or for a user's.

    Raises:
        UsageError: a path has a character that a unit cannot hold.
    """
    what, command = UNITS[name]
    configuration = _quoted(installed.configuration).replace("$", "$$")
    words = [_quoted(installed.program), command, "--config", configuration]
    after = "Wants=network-online.target\nAfter=network-online.target\n" if system else ""
    target = "multi-user.target" if system else "default.target"
    more = _system(installed.folders) if system else _NOT_HERE.format(name=name)
    service = _SERVICE.format(command=" ".join(words)) + _EVERYWHERE + more
    return (
        f"{MARK}\n[Unit]\nDescription={what}\n{after}\n[Service]\n{service}\n[Install]\nWantedBy={target}\n"
    )


def _system(folders: Sequence[str]) -> str:
    writable = "".join(f"ReadWritePaths={_quoted(folder)}\n" for folder in folders)
    at_home = any(re.match(r"/(home|root|run/user)(/|$)", folder) for folder in folders)
    return _SYSTEM.format(writable=writable, home="read-only" if at_home else "yes")


def _quoted(path: str) -> str:
    """A path as one word of a unit: https://www.freedesktop.org/software/systemd/man/systemd.service.html."""
    if not path.isprintable():
        raise UsageError(f"{path!r} has characters that a unit cannot hold: rename it")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if re.fullmatch(r"[\w/.@%+:-]+", escaped, re.ASCII) else f'"{escaped}"'
