"""Finds the addresses at which a browser really reaches a server."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Final

_EVERYWHERE: Final = {"0.0.0.0": socket.AF_INET, "::": socket.AF_INET6}  # noqa: S104 - compared with, not bound
# Addresses for documentation, which nobody has. Nothing is sent: the system only says which way it would go.
_ELSEWHERE: Final = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
_PORT: Final = 9
_CONTAINERS: Final = ("/.dockerenv", "/run/.containerenv")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address to listen on."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def openable(bound: socket.socket) -> list[str]:
    """Give the addresses of a listening socket that a browser can open, those of the network first."""
    host, port = bound.getsockname()[:2]
    if host not in _EVERYWHERE:
        return [url(host, port)]
    families = [socket.AF_INET, socket.AF_INET6] if host == "::" else [socket.AF_INET]
    found = dict.fromkeys(filter(None, map(_own_address, families)))
    local = "[::1]" if host == "::" else "127.0.0.1"
    return [*(url(each, port) for each in found), f"http://{local}:{port}"]


def url(host: str, port: int) -> str:
    """Write an address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def in_container() -> bool:
    """Tell whether this runs in a container, whose own addresses others cannot open."""
    return any(Path(each).exists() for each in _CONTAINERS)


def _own_address(family: socket.AddressFamily) -> str | None:
    """Give this machine's address in its network, or None where it is in none."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as towards:
            towards.connect((_ELSEWHERE[family], _PORT))
            found = str(towards.getsockname()[0])
    except OSError:
        return None
    return None if ip_address(found).is_loopback else found
