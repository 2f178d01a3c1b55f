"""Parses a URL once, so that what is checked here is exactly what is connected to.

Server-side request forgery works where two parsers read one URL differently. So there is one parser
(urllib3's, RFC 3986), and requests are built from its pieces, never from the text again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.net.addresses import LOOPBACK, special_use

MAX_URL_LENGTH: Final = 4096

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Control characters and the backslash, which browsers read as a slash.
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\\]")

# Even an empty user name: parsers drop it, and readers are misled by it all the same.
_CREDENTIALS: Final = re.compile(r"[^/?#]*//[^/?#]*@")

# Percent-encoded names, which parsers disagree on, and zones of link-local addresses.
_ENCODED_HOST: Final = re.compile(r"[^/?#]*//[^/?#]*%")

_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})+")

# Machines at home often have one word for a name.
_OWN_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*")

# https://url.spec.whatwg.org/#ends-in-a-number-checker: 0x7f.1, 2130706433 and 127.1 are addresses to C's
# inet_aton and so to the resolver.
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")

# Names that mean something on our side only: RFC 6761, RFC 6762, RFC 7686, RFC 8375 and ICANN's .internal.
_LOCAL_SUFFIXES: Final = (".localhost", ".local", ".internal", ".home.arpa", ".onion", ".lan", ".intranet")


@dataclass(frozen=True, slots=True)
class Target:
    """Names where a request goes: `host` is a lower-case ASCII name or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the whole URL, normalised."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def same_origin(self, other: Target) -> bool:
        """Tell whether a key meant for one may be shown to the other."""
        return (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)

    def __str__(self) -> str:
        """Return a short form for messages, without the query, which may hold a signature."""
        path = self.path.partition("?")[0]
        return f"{self.authority}{path}"[:200]


def parse_target(
    url: str, *, ports: frozenset[int] | None, allow_loopback: bool = False, own: bool = False
) -> Target:
    """Read a URL and refuse every form that is not a plain public web address.

    With `allow_loopback`, loopback names and addresses pass, on any port, and nothing else is loosened. With
    `own`, names pass that mean something only on the owner's network. When `ports` is None, all ports pass.

    Raises:
        PermanentError: `refused: …`, and which rule did it.
    """
    if len(url) > MAX_URL_LENGTH:
        raise PermanentError(f"URL is longer than {MAX_URL_LENGTH} characters", Word.REFUSED)
    if _UNSAFE.search(url):
        raise PermanentError("URL holds a control character or a backslash", Word.REFUSED)
    if _CREDENTIALS.match(url):
        raise PermanentError("URL holds credentials", Word.REFUSED)
    if _ENCODED_HOST.match(url):
        raise PermanentError("percent sign in the host", Word.REFUSED)
    try:
        parsed = parse_url(url)
    except (LocationParseError, UnicodeError, ValueError):
        raise PermanentError("not a URL", Word.REFUSED) from None
    if parsed.scheme not in _DEFAULT_PORTS:
        raise PermanentError(
            f"scheme {str(parsed.scheme)[:16]!r}, only http and https are read", Word.REFUSED
        )
    host = _checked_host(parsed.host or "", allow_loopback=allow_loopback, own=own)
    port = parsed.port if parsed.port is not None else _DEFAULT_PORTS[parsed.scheme]
    if ports is not None and port not in ports and not (allow_loopback and is_loopback(host)):
        raise PermanentError(f"port {port}, only {', '.join(map(str, sorted(ports)))} are read", Word.REFUSED)
    return Target(parsed.scheme, host, port, parsed.request_uri)


def join(base: Target, location: str) -> str:
    """Return the URL that a Location means; it is not yet checked."""
    try:
        return urljoin(base.url, location)
    except ValueError:
        raise PermanentError(f"{base} redirects to what is not a URL", Word.REFUSED) from None


def is_loopback(host: str) -> bool:
    """Tell from its spelling alone whether a host is this machine."""
    try:
        return special_use(ip_address(host)) == LOOPBACK
    except ValueError:
        return host == "localhost"


def _checked_host(host: str, *, allow_loopback: bool, own: bool) -> str:
    if host.startswith("["):
        try:
            return str(IPv6Address(host.strip("[]")))
        except AddressValueError:
            raise PermanentError("not an IPv6 address", Word.REFUSED) from None
    host = host.removesuffix(".")
    if allow_loopback and is_loopback(host):
        return host
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            raise PermanentError(f"{host[:64]!r} is a number, not a name", Word.REFUSED) from None
    if len(host) > 253 or not (_OWN_NAME if own else _NAME).fullmatch(host):  # noqa: PLR2004 - RFC 1035's longest name
        raise PermanentError(f"{host[:64]!r} is not a public name", Word.REFUSED)
    if host.endswith(_LOCAL_SUFFIXES) and not own:
        raise PermanentError(f"{host[:64]!r} is a local name", Word.REFUSED)
    return host
