from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import PermanentError
from bowerbird.net.urls import Target, parse_target

PORTS = frozenset({80, 443})

# (what a stranger links to, the rule that stops it). Addresses are only checked when they are spelled as
# such here; what names resolve to is in test_addresses and test_fetcher.
ATTACKS = [
    # schemes
    ("file:///etc/passwd", "scheme"),
    ("file://localhost/etc/passwd", "scheme"),
    ("FILE:///etc/passwd", "scheme"),
    ("ftp://example.com/a.jpg", "scheme"),
    ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme"),
    ("dict://127.0.0.1:11211/stat", "scheme"),
    ("ldap://127.0.0.1/", "scheme"),
    ("jar:http://example.com/a!/b", "scheme|not a URL|public name"),
    ("data:image/png;base64,AAAA", "scheme|not a URL|public name"),
    ("javascript:alert(1)", "scheme|not a URL|public name"),
    ("ws://example.com/", "scheme"),
    ("//example.com/a.jpg", "scheme"),
    ("/etc/passwd", "scheme"),
    ("example.com/a.jpg", "scheme"),
    ("", "scheme"),
    ("http:example.com", "public name|not a URL|scheme"),
    ("http:///etc/passwd", "public name"),
    ("http://", "public name"),
    ("https:///example.com/", "public name"),
    # credentials and confusion about where the host begins
    ("http://user:password@example.com/", "credentials"),
    ("http://user@example.com/", "credentials"),
    ("http://@example.com/", "credentials|not a URL"),
    ("http://:@example.com/", "credentials"),
    ("http://example.com@169.254.169.254/", "credentials"),
    ("http://169.254.169.254@example.com/", "credentials"),
    ("http://example.com:80@127.0.0.1/", "credentials"),
    ("http://a@b@127.0.0.1/", "credentials"),
    ("http://example.com\\@127.0.0.1/", "backslash"),
    ("http:\\\\127.0.0.1\\", "backslash"),
    ("http://127.0.0.1\\.example.com/", "backslash"),
    ("http://example.com\r\nHost: localhost/", "control character"),
    ("http://example.com/\r\nX-Injected: 1", "control character"),
    ("http://exa\tmple.com/", "control character"),
    ("http://example.com\x00.evil.net/", "control character"),
    ("http://example.com /", "not a URL"),
    ("http://127.0.0.1 .example.com/", "not a URL"),
    ("http://[::1]@example.com/", "credentials"),
    ("http://example.com:80:22/", "not a URL"),
    # spellings of addresses
    ("http://2130706433/", "number"),
    ("http://0x7f000001/", "number"),
    ("http://0x7f.1/", "number"),
    ("http://017700000001/", "number"),
    ("http://127.1/", "number"),
    ("http://127.0.1/", "number"),
    ("http://0/", "number"),
    ("http://0177.0.0.1/", "number|not a URL"),
    ("http://127.0.0.01/", "number|not a URL"),
    ("http://256.256.256.256/", "number|not a URL"),
    ("http://1.2.3.4.5/", "number"),
    ("http://example.0x/", "number"),
    ("http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/", "not a URL"),
    ("http://①②⑦.⓪.⓪.①/", "not a URL"),
    ("http://127。0。0。1/", "not a URL"),
    ("http://%31%32%37.0.0.1/", "percent sign in the host"),
    ("http://%6c%6f%63%61%6c%68%6f%73%74/", "percent sign in the host"),
    ("http://[::1%25lo]/", "percent sign in the host"),
    ("http://[fe80::1%25eth0]/", "percent sign in the host"),
    ("http://[::1/", "not a URL"),
    ("http://::1/", "not a URL"),
    ("http://[example.com]/", "not a URL|IPv6"),
    ("http://[v1.fe80]/", "not a URL|IPv6"),
    # names of our own side
    ("http://localhost/", "public name"),
    ("http://LOCALHOST/", "public name"),
    ("http://localhost./", "public name"),
    ("http://localhost%00.example.com/", "percent sign in the host"),
    ("http://metadata/", "public name"),
    ("http://metadata.google.internal/computeMetadata/v1/", "local name"),
    ("http://instance-data.ec2.internal/", "local name"),
    ("http://printer.local/", "local name"),
    ("http://app.localhost/", "local name"),
    ("http://router.lan/", "local name"),
    ("http://nas.home.arpa/", "local name"),
    ("http://expyuzz4wqqyqhjn.onion/", "local name"),
    ("http://-example.com/", "public name|not a URL"),
    ("http://exa..mple.com/", "public name|not a URL"),
    (f"http://{'a' * 64}.com/", "public name|not a URL"),
    (f"http://{'a.' * 127}com/", "public name"),
    ("http://exam<ple>.com/", "not a URL|public name"),
    # ports
    ("http://example.com:22/", "port 22"),
    ("http://example.com:25/", "port 25"),
    ("http://example.com:6379/", "port 6379"),
    ("http://example.com:9200/", "port 9200"),
    ("http://example.com:0/", "port 0"),
    ("http://example.com:65536/", "not a URL"),
    ("http://example.com:-1/", "not a URL"),
    ("http://example.com:\uff18\uff10/", "not a URL"),
    ("https://example.com:8080/", "port 8080"),
    (f"http://example.com/{'a' * 4096}", "longer than 4096"),
]


@pytest.mark.parametrize(("url", "rule"), ATTACKS, ids=[repr(url)[:60] for url, _ in ATTACKS])
def test_attack_is_refused_by_the_rule_meant_for_it(url: str, rule: str) -> None:
    with pytest.raises(PermanentError, match=rf"^refused: .*({rule})"):
        parse_target(url, ports=PORTS)


# Spelled plainly these are hosts like any other; the address check refuses them (test_fetcher).
@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://[::1]/", "::1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("http://[fd00:ec2::254]/", "fd00:ec2::254"),
        ("http://127.0.0.1./", "127.0.0.1"),
    ],
)
def test_a_literal_address_is_normalised_for_the_address_check(url: str, host: str) -> None:
    assert ip_address(parse_target(url, ports=PORTS).host) == ip_address(host)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://i.redd.it/abc.jpg", Target("https", "i.redd.it", 443, "/abc.jpg")),
        ("HTTPS://I.Redd.IT/abc.jpg#top", Target("https", "i.redd.it", 443, "/abc.jpg")),
        ("http://example.com", Target("http", "example.com", 80, "/")),
        ("http://example.com.:80?a=b", Target("http", "example.com", 80, "/?a=b")),
        ("https://example.com:443/a b.jpg", Target("https", "example.com", 443, "/a%20b.jpg")),
        ("https://example.com/ü.jpg", Target("https", "example.com", 443, "/%C3%BC.jpg")),
        ("https://bücher.example/", Target("https", "xn--bcher-kva.example", 443, "/")),
        ("https://a_b.example.com/", Target("https", "a_b.example.com", 443, "/")),
        ("https://example.com:80/", Target("https", "example.com", 80, "/")),
    ],
)
def test_ordinary_urls(url: str, target: Target) -> None:
    assert parse_target(url, ports=PORTS) == target


def test_host_header_and_url() -> None:
    assert Target("https", "example.com", 443, "/a").authority == "example.com"
    assert Target("https", "example.com", 80, "/a").authority == "example.com:80"
    assert Target("http", "2606:4700::1", 80, "/a").url == "http://[2606:4700::1]/a"


def test_messages_do_not_show_the_query() -> None:
    assert str(Target("https", "preview.redd.it", 443, "/a.jpg?s=signature")) == "preview.redd.it/a.jpg"


def test_loopback_is_allowed_only_by_the_argument_and_only_loopback() -> None:
    assert parse_target("http://localhost:8099/a", ports=PORTS, allow_loopback=True).port == 8099
    assert parse_target("http://[::1]:8099/a", ports=PORTS, allow_loopback=True).host == "::1"
    for url in ("http://example.com:8099/", "http://10.0.0.1:8099/"):
        with pytest.raises(PermanentError, match=r"refused: port 8099"):
            parse_target(url, ports=PORTS, allow_loopback=True)


@given(st.text(max_size=200) | st.text(max_size=100).map("http://".__add__))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        target = parse_target(text, ports=PORTS)
    except PermanentError as error:
        assert str(error).startswith("refused: ")  # noqa: PT017 - either outcome is right
    else:
        assert target.host.isascii()
        assert target.path.isascii()
        assert target.path.isprintable()
        assert " " not in target.path
        assert parse_target(target.url, ports=PORTS) == target
