from __future__ import annotations

import threading
from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.net.addresses import checked_addresses, in_time, resolve, special_use

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "151.101.1.140",
    "100.63.255.255",
    "172.15.0.1",
    "2606:4700::6810:1",
    "2a04:4e42::1",
]

SPECIAL = [
    ("0.0.0.0", "this network"),
    ("10.0.0.1", "private"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("100.100.100.200", "carrier-grade NAT"),  # Alibaba's metadata
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "Azure"),
    ("169.254.169.254", "link-local"),
    ("169.254.170.2", "link-local"),  # ECS task credentials
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.192", "protocol assignments"),  # Oracle's metadata
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.1.1", "private"),
    ("198.18.0.1", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.251", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "not global unicast"),
    ("::1", "loopback"),
    ("::127.0.0.1", "not global unicast"),  # the long dead IPv4-compatible form
    ("::ffff:127.0.0.1", "IPv4-mapped"),
    ("::ffff:8.8.8.8", "IPv4-mapped"),
    ("::ffff:0:127.0.0.1", "IPv4-translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b:1::a00:1", "NAT64"),
    ("100::1", "not global unicast"),
    ("2001::1", "Teredo"),
    ("2001:10::1", "protocol assignments"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("3fff::1", "documentation"),
    ("5f00::1", "not global unicast"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),  # EC2's metadata
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert special_use(ip_address(address)) is None


@pytest.mark.parametrize(("address", "meaning"), SPECIAL)
def test_special(address: str, meaning: str) -> None:
    assert meaning in (special_use(ip_address(address)) or "public")


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_special_is_public_to_us(address: object) -> None:
    parsed = ip_address(str(address))
    if parsed.is_private or parsed.is_multicast or parsed.is_reserved or parsed.is_link_local:
        # 2001::/23 has a few assignments that are global, such as 2001:1::1; refusing them costs nothing.
        assert special_use(parsed) is not None


@pytest.mark.parametrize(("address", "meaning"), SPECIAL)
def test_one_bad_address_refuses_the_name_wherever_it_stands(address: str, meaning: str) -> None:
    for answer in ([address, *PUBLIC], [*PUBLIC, address]):
        with pytest.raises(PermanentError, match=rf"refused: pictures.example is at .*{meaning}"):
            checked_addresses("pictures.example", lambda _, answer=answer: answer, allow_loopback=False)


def test_loopback_passes_only_when_asked_for_and_nothing_else_does() -> None:
    assert checked_addresses("rig", lambda _: ["127.0.0.1", "::1"], allow_loopback=True) == (
        "127.0.0.1",
        "::1",
    )
    for address in ("10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"):
        with pytest.raises(PermanentError, match=r"not on the public internet"):
            checked_addresses("rig", lambda _, address=address: [address], allow_loopback=True)


def test_a_resolver_that_answers_nothing_or_nonsense() -> None:
    with pytest.raises(RetryableError, match=r"dns: pictures.example has no address"):
        checked_addresses("pictures.example", lambda _: [], allow_loopback=False)
    with pytest.raises(PermanentError, match=r"which is no address"):
        checked_addresses("pictures.example", lambda _: ["../../etc"], allow_loopback=False)


def test_an_address_resolves_to_itself() -> None:
    assert resolve("127.0.0.1") == ["127.0.0.1"]


def test_a_name_that_does_not_resolve_is_retryable() -> None:
    with pytest.raises(RetryableError, match=r"dns: "):
        resolve("a" * 64 + ".invalid")  # too long for a label, so no server is asked


def test_a_resolver_that_does_not_answer_is_given_up_and_cannot_pile_up() -> None:
    answered = threading.Event()

    def silent(host: str) -> Sequence[str]:
        answered.wait(30)
        return [f"93.184.216.{len(host)}"]

    resolver = in_time(silent, seconds=0.05, at_once=2)
    for _ in range(2):
        with pytest.raises(RetryableError, match=r"dns: a\.example does not resolve within 0\.05 s"):
            resolver("a.example")
    with pytest.raises(RetryableError, match="has to wait for 2 names that nobody answers"):
        resolver("b.example")
    answered.set()
    assert in_time(silent, seconds=30, at_once=1)("c") == ["93.184.216.1"]


def test_what_a_resolver_raises_is_raised() -> None:
    def failing(host: str) -> Sequence[str]:
        raise RetryableError(f"{host} does not resolve", Word.DNS)

    with pytest.raises(RetryableError, match=r"dns: a\.example does not resolve$"):
        in_time(failing, seconds=30, at_once=1)("a.example")
