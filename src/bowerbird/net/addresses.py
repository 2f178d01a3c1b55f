"""Tells which addresses belong to the public internet.

For IPv4 the module lists what is not public, for IPv6 what is. IPv6 addresses for the public have only ever
been given out of 2000::/3, so a range that gets a meaning tomorrow is refused today.

Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry. The table
is our own because `ipaddress.is_global` changes between Python's patch releases.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word

#: A name to its addresses, as text. Asked once for each request, and never again for the same connection.
Resolver = Callable[[str], Sequence[str]]

#: The meaning that a test rig may let pass. Not `is_loopback`, which since Python 3.13 is true of
#: ::ffff:127.0.0.1 as well.
LOOPBACK: Final = "loopback"

#: The meanings that are somebody's own network, behind a router or a private tunnel.
OWN_NETWORK: Final = frozenset({LOOPBACK, "private", "carrier-grade NAT"})

_SPECIAL_V4: Final = {
    IPv4Network(network): meaning
    for network, meaning in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "carrier-grade NAT",
        "127.0.0.0/8": LOOPBACK,
        "168.63.129.16/32": "Azure's platform address",  # public range, reachable from every Azure machine
        "169.254.0.0/16": "link-local, cloud metadata",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "protocol assignments",
        "192.0.2.0/24": "documentation",
        "192.31.196.0/24": "AS112",
        "192.52.193.0/24": "automatic multicast tunnelling",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "192.175.48.0/24": "AS112",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved, broadcast",
    }.items()
}

_PUBLIC_V6: Final = IPv6Network("2000::/3")

# Every IPv6 address that carries an IPv4 address inside is refused, whatever that one is. No image host lives
# behind a transition mechanism, and each mechanism is another way to spell 127.0.0.1.
_SPECIAL_V6: Final = {
    IPv6Network(network): meaning
    for network, meaning in {
        "2001::/32": "Teredo",
        "2001::/23": "protocol assignments",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4",
        "2620:4f:8000::/48": "AS112",
        "3fff::/20": "documentation",
        # Outside 2000::/3 and so refused anyway; here for the words in the message.
        "::ffff:0:0/96": "IPv4-mapped",
        "::ffff:0:0:0/96": "IPv4-translated",
        "64:ff9b::/96": "NAT64",
        "64:ff9b:1::/48": "NAT64",
        "::1/128": LOOPBACK,
        "fc00::/7": "private",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
}


def special_use(address: IPv4Address | IPv6Address) -> str | None:
    """Say what an address is for when it is not public; None when it belongs to the public internet."""
    if isinstance(address, IPv4Address):
        return next((meaning for network, meaning in _SPECIAL_V4.items() if address in network), None)
    meaning = next((meaning for network, meaning in _SPECIAL_V6.items() if address in network), None)
    return meaning or (None if address in _PUBLIC_V6 else "not global unicast")


def checked_addresses(
    host: str, resolver: Resolver, *, allow_loopback: bool, own: bool = False
) -> tuple[str, ...]:
    """Resolve a host once, and check every address it has.

    Each must be public or, with `own`, of the owner's network. One bad address refuses the whole name. A name
    that points at both the world and our own network is an attack or a mistake, and we do not choose which of
    its addresses a connection uses.

    Raises:
        PermanentError: an address is not allowed, or is not an address.
        RetryableError: the name does not resolve now.
    """
    addresses = tuple(dict.fromkeys(resolver(host)))
    if not addresses:
        raise RetryableError(f"{host} has no address", Word.DNS)
    for text in addresses:
        try:
            address = ip_address(text)
        except ValueError:
            raise PermanentError(
                f"{host} resolves to {text[:64]!r}, which is no address", Word.REFUSED
            ) from None
        meaning = special_use(address)
        if own:
            if meaning not in OWN_NETWORK:
                raise PermanentError(f"{host} is at {address}, not on your own network", Word.REFUSED)
        elif meaning is not None and not (allow_loopback and meaning == LOOPBACK):
            raise PermanentError(
                f"{host} is at {address} ({meaning}), not on the public internet", Word.REFUSED
            )
    return addresses


def in_time(ask: Resolver, *, seconds: float, at_once: int) -> Resolver:
    """A resolver that takes no longer than allowed. It wraps one whose own limits we cannot set.

    A lookup that is given up runs on in its thread. `at_once` bounds how many of them there can be.
    """
    room = threading.BoundedSemaphore(at_once)

    def work(host: str, answer: Future[Sequence[str]]) -> None:
        try:
            answer.set_result(ask(host))
        except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
            answer.set_exception(error)
        finally:
            room.release()

    def asked(host: str) -> Sequence[str]:
        if not room.acquire(timeout=seconds):
            raise RetryableError(f"{host} has to wait for {at_once} names that nobody answers", Word.DNS)
        answer: Future[Sequence[str]] = Future()
        threading.Thread(target=work, args=(host, answer), name="dns", daemon=True).start()
        try:
            return answer.result(seconds)
        except TimeoutError:
            raise RetryableError(f"{host} does not resolve within {seconds:g} s", Word.DNS) from None

    return asked


def _system(host: str) -> Sequence[str]:
    """Ask the system's resolver; an address stands for itself.

    Raises:
        RetryableError: no answer. A name that does not exist looks the same as a machine that is offline.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise RetryableError(f"{host} does not resolve ({error})", Word.DNS) from None
    return [str(sockaddr[0]) for *_, sockaddr in found]


#: The system's resolver. A stub resolver tries for 5 s and twice for each server of resolv.conf by itself:
#: https://man7.org/linux/man-pages/man5/resolv.conf.5.html
resolve: Final[Resolver] = in_time(_system, seconds=10.0, at_once=64)
