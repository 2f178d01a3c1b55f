"""The tables of the documentation are those that the hosts' and sources' files make."""

from __future__ import annotations

import pytest

from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.sources import probes, source_specs
from infra.tables import FOLDER, TABLES, renewed


@pytest.mark.parametrize("name", TABLES)
def test_a_pages_tables_are_current(name: str) -> None:
    page = (FOLDER / name).read_text(encoding="utf-8")
    assert renewed(page, TABLES[name]) == page, "run `make docs`"


def test_every_host_and_every_source_is_published() -> None:
    hosts = (FOLDER / "hosts.md").read_text(encoding="utf-8")
    assert [rule.host for rule in Hosts.found().rules if f"\n| `{rule.host}` |" not in hosts] == []
    sources = (FOLDER / "sources.md").read_text(encoding="utf-8")
    assert [spec.form for spec in source_specs().values() if f"\n| `{spec.form}` |" not in sources] == []


def test_a_page_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place for the table 'rules'"):
        renewed("# Image hosts\n", TABLES["hosts.md"])


@pytest.mark.parametrize("spec", source_specs().values(), ids=lambda spec: spec.name)
def test_every_source_says_what_it_is(spec: object) -> None:
    said = [getattr(spec, name) for name in ("reads", "needs", "order", "a_day", "unknown")]
    assert all(said)
    assert not any("|" in text or "\n" in text for text in said)


def test_what_doctor_looks_at_can_be_opened() -> None:
    specs = source_specs()
    assert {"reddit", "rss", "arctic-shift", "lemmy:lemmy.world", "wikimedia"} <= set(probes())
    for probe in probes():
        name, _, argument = probe.partition(":")
        assert specs[name].fits(argument)
