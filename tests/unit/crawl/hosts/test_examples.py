"""Every host's file tells examples of its links; they are held to here, and no request is made."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bowerbird.crawl import hosts
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import MOVING, HostRule
from bowerbird.crawl.hosts.facts import Example
from tests.unit.crawl.fakes import NoNetwork

_HOSTS = Hosts.found()
_ROWS = [(name, each) for name, facts in _HOSTS.facts.items() for each in facts.examples]
#: What hosts have in common.
_SHARED = {"asking", "base", "facts", "mediawiki", "page_metadata", "page_or_file"}


@pytest.mark.parametrize(("name", "example"), _ROWS, ids=[f"{row[0]} {row[1].url}" for row in _ROWS])
def test_an_example_is_what_its_file_says(name: str, example: Example) -> None:
    match = _HOSTS.match(example.url)
    if example.kind is None:
        assert match is None, f"no rule knows this link, says {name}"
        return
    assert match is not None
    assert (match.host, match.kind, match.id) == (example.host or name, example.kind, example.id)
    if example.urls:
        (image,) = _HOSTS.images(match, NoNetwork())
        assert image.urls == example.urls


@pytest.mark.parametrize("rule", _HOSTS.rules, ids=lambda rule: rule.host)
def test_every_host_shows_what_it_knows_and_what_it_leaves_alone(rule: HostRule) -> None:
    facts = _HOSTS.facts[rule.host]
    assert facts.links
    assert facts.original
    known = [each for each in facts.examples if each.kind]
    assert known
    # Whoever asks nobody says what the answer is.
    if facts.asks == "nobody":
        assert all(each.urls for each in known if each.kind not in MOVING and rule.host != "reddit")


def test_every_file_of_the_folder_is_a_host_or_a_part_they_share() -> None:
    names = {module.name for module in pkgutil.iter_modules(hosts.__path__)} - _SHARED
    modules = [import_module(f"{hosts.__name__}.{name}") for name in names]
    assert [module.__name__ for module in modules if not hasattr(module, "RULE")] == []
    assert [module.__name__ for module in modules if not hasattr(module, "FACTS")] == []


def test_the_catch_all_is_asked_last() -> None:
    assert _HOSTS.rules[-1].host == "direct"


_KNOWN = sorted({urlsplit(each.url).netloc for _, each in _ROWS if each.kind})


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
def test_no_damage_to_a_link_is_an_error(text: str, row: tuple[str, Example], at: int, cut: int) -> None:
    damaged = row[1].url[:at] + text + row[1].url[at + cut :]
    match = _HOSTS.match(damaged)
    assert match is None or (match.url.startswith(("http://", "https://")) and match.id)
