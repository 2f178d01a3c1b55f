"""Who asks strangers says so, and nobody is asked before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError
from bowerbird.crawl.sources import open_source, probes
from bowerbird.host.wiring import source_context
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import crawl_once

ASKS = "say who asks, so that sites can write to you instead of blocking you: export BOWERBIRD_CONTACT="


@pytest.mark.parametrize("source", ["bluesky", "lemmy:lemmy.example", "rss", "feed:https://feed.example/"])
def test_without_a_contact_no_stranger_is_asked_and_no_place_is_made(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    assert main(["mine", "--source", source, "--out", str(place)]) == 2
    assert main(["candidates", "--source", source]) == 2
    assert main(["recheck", "--source", source, "--out", str(place)]) == 2
    assert capsys.readouterr().err.count(ASKS) == 3
    assert not place.exists()


def test_doctor_says_it_once_and_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 2
    contact, *sources = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (contact["name"], contact["state"]) == ("BOWERBIRD_CONTACT", "missing")
    assert contact["detail"].startswith(ASKS)
    told = [each for each in sources if each["what"] == "source"]
    assert [each["name"] for each in told] == list(probes())
    assert {each["detail"] for each in told} == {"not asked: see BOWERBIRD_CONTACT"}
    assert all(each["about"] for each in told)


def test_doctors_order_begins_where_nobody_needs_an_account() -> None:
    assert probes() == ("bluesky", "reddit", "rss", "arctic-shift", "lemmy:lemmy.world", "wikimedia")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOWERBIRD_CONTACT", "me@example.org"),
        ("BOWERBIRD_CONTACT", "/u/someone"),
        ("BOWERBIRD_USER_AGENT", "linux:my-app:1.0 (by /u/someone)"),
        ("BOWERBIRD_USER_AGENT", "my-app/1.0 (https://example.org/me)"),
    ],
)
def test_either_setting_names_one(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert open_source("lemmy:lemmy.example", source_context())


def test_lists_and_rehearsals_need_none(tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.write_text("")
    assert open_source(f"urls:{links}", source_context())
    assert open_source(f"folder:{tmp_path}", source_context())
    assert open_source("lemmy:lemmy.example", source_context("http://127.0.0.1:1"))


def test_the_function_asks_nobody_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    settings = CrawlFunctionSettings(source="lemmy:lemmy.example", queue_url="http://127.0.0.1:1/q")
    with pytest.raises(UsageError, match=ASKS):
        crawl_once(settings)(lambda: True)
