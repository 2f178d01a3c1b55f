"""Slows down whoever guesses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

#: So many wrong words in `WINDOW_S` seconds, from one address; and from all addresses together.
MOST: Final = 5
MOST_OF_ALL: Final = 100
WINDOW_S: Final = 60.0
_EVERYBODY: Final = "everybody"
_MOST_NAMES: Final = 1000


@dataclass(slots=True)
class Attempts:
    """Counts wrong words by address. An IPv6 caller has a whole network of addresses: it counts as one."""

    clock: Callable[[], float]
    _wrong: OrderedDict[str, list[float]] = field(default_factory=OrderedDict, init=False)

    def wait_s(self, address: str) -> float:
        """Tell how many seconds an address has to wait before it may try again."""
        return max(self._wait(_network(address), MOST), self._wait(_EVERYBODY, MOST_OF_ALL))

    def failed(self, address: str) -> None:
        """Note a wrong word."""
        for name in (_network(address), _EVERYBODY):
            self._wrong[name] = [*self._recent(name), self.clock()]
            self._wrong.move_to_end(name)
        while len(self._wrong) > _MOST_NAMES:
            self._wrong.popitem(last=False)

    def _wait(self, name: str, most: int) -> float:
        recent = self._recent(name)
        return WINDOW_S - (self.clock() - recent[-most]) if len(recent) >= most else 0.0

    def _recent(self, name: str) -> list[float]:
        now = self.clock()
        return [at for at in self._wrong.get(name, ()) if now - at < WINDOW_S][-MOST_OF_ALL:]


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return address
