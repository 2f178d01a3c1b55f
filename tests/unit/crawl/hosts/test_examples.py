"""Every rule has a table of links beside this file; every link reaches its own rule without a request."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bowerbird.crawl.hosts import Hosts

_TABLES = {
    path.stem.removeprefix("examples_"): import_module(f"tests.unit.crawl.hosts.{path.stem}").EXAMPLES
    for path in sorted(Path(__file__).parent.glob("examples_*.py"))
}
_ROWS = [(rule, url, expected) for rule, table in _TABLES.items() for url, expected in table.items()]
_HOSTS = Hosts.found()


@pytest.mark.parametrize(("rule", "url", "expected"), _ROWS, ids=[f"{row[0]} {row[1]}" for row in _ROWS])
def test_an_example_is_what_its_table_says(
    rule: str, url: str, expected: tuple[str, str, str] | None
) -> None:
    match = _HOSTS.match(url)
    if expected:
        assert match is not None
        assert (match.host, match.kind, match.id) == expected
    else:
        assert match is None, f"the rule {rule} leaves this link alone"


def test_every_rule_has_a_table() -> None:
    assert {rule.host for rule in _HOSTS.rules} == set(_TABLES)


def test_the_catch_all_is_asked_last() -> None:
    assert _HOSTS.rules[-1].host == "direct"


_KNOWN = sorted({urlsplit(url).netloc for _, url, expected in _ROWS if expected})


@pytest.mark.parametrize("netloc", _KNOWN)
@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 10_000,
        "/a/" * 2_000,
        "/" + "-" * 4_000,
        "/photos/" + "\N{PILE OF POO}" * 50 + "/1",
        "/../../etc/passwd",
        "/%00.jpg",
        "/\u202egpj.exe",
        "/٣٤٥",
        "/\ud800.jpg",
        "/a b\tc\n.jpg",
        "//a//b.jpg",
        "",
    ],
    ids=range(12),
)
def test_a_hostile_path_is_no_error(netloc: str, path: str) -> None:
    match = _HOSTS.match(f"https://{netloc}{path}")
    if match:
        match.url.encode()
        assert len(match.url) <= 4096
        assert 0 < len(match.id) <= 240


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@i.imgur.com/QhVg5yl.jpg",
        "https://i.imgur.com@evil.example/QhVg5yl.jpg",
        "https://i.imgur.com:99999/QhVg5yl.jpg",
        "https://i.imgur.com:x/QhVg5yl.jpg",
        "https://[::1/a.jpg",
        "ftp://example.org/a.jpg",
        "file:///etc/a.jpg",
        "javascript:alert(1)//a.jpg",
        "https:///a.jpg",
        "a.jpg",
        "",
    ],
)
def test_what_is_no_clean_web_link_is_no_match(url: str) -> None:
    assert _HOSTS.match(url) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=60), row=st.sampled_from(_ROWS), at=st.integers(0, 80), cut=st.integers(0, 10))
def test_no_damage_to_a_link_is_an_error(text: str, row: tuple[str, str, object], at: int, cut: int) -> None:
    damaged = row[1][:at] + text + row[1][at + cut :]
    match = _HOSTS.match(damaged)
    assert match is None or (match.url.startswith(("http://", "https://")) and match.id)


def test_the_published_table_has_every_rule() -> None:
    page = (Path(__file__).parents[4] / "docs" / "hosts.md").read_text(encoding="utf-8")
    published = re.findall(r"^\| `([^`]+)` \|(?: [^|]+ \|){4}$", page, re.MULTILINE)
    assert {rule.host for rule in _HOSTS.rules} == set(published)
