"""What the template says of the crawl is what the source is opened with."""

from __future__ import annotations

from typing import Any

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.following.best_communities import remember_best
from bowerbird.crawl.following.focus import FocusedSource
from bowerbird.crawl.sources.base import Context
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import opened
from tests.unit.crawl.fakes import NoNetwork
from tests.unit.crawl.following.test_best_communities import some
from tests.unit.review.report.test_yields import stored


def settings(**told: Any) -> CrawlFunctionSettings:
    return CrawlFunctionSettings(source="arctic-shift", **told)


def test_a_focused_crawl_goes_on_to_what_was_found_once_a_day() -> None:
    store = stored(*some("EarthPorn", 9, 10), *some("SkyPorn", 18, 20), *some("pics", 1, 50))
    context = Context(("earthporn", "pics"), NoNetwork(), store=store)
    source = opened(settings(focus=True), context)
    assert isinstance(source, FocusedSource)
    assert source.best() == ()
    remember_best(store, "arctic-shift")
    assert source.best() == ("EarthPorn",)
    assert not isinstance(opened(settings(), context), FocusedSource)


def test_a_source_without_communities_cannot_be_focused_on() -> None:
    context = Context((), NoNetwork(), store=stored())
    with pytest.raises(UsageError, match="needs a source of communities"):
        opened(settings(focus=True).model_copy(update={"source": "feed:https://example.org/feed"}), context)


@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("no", False)])
def test_the_templates_words_are_understood(said: str, meant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_FOCUS", said)
    monkeypatch.setenv("BOWERBIRD_FILL_GAPS", said)
    found = CrawlFunctionSettings()
    assert (found.focus, found.fill_gaps) == (meant, meant)
