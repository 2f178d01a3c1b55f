"""Each half is made of what its shell has, and imports nothing of the other's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bowerbird.assembly import Adapters, Settings, assemble
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.shape import ShapeRule
from tests.fakes import FakeLedger, FakeQueue, FakeStore
from tests.unit.crawl.fakes import NoNetwork
from tests.unit.filter.test_candidates import FakeModels

_CRAWL = "crawler, assembly.context"
_FILTER = "parts"
_PROGRAM = """
import sys
from bowerbird.assembly import Adapters, Settings, assemble
assembly = assemble(Adapters(fetcher=object(), bundle=object()), Settings())
assembly.{part}
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def imported(part: str) -> set[str]:
    program = [sys.executable, "-c", _PROGRAM.format(part=part)]
    return set(subprocess.run(program, capture_output=True, text=True, check=True).stdout.split())


def test_the_crawl_needs_neither_pictures_nor_models() -> None:
    assert {"numpy", "PIL", "onnxruntime"} & imported(_CRAWL) == set()


def test_the_filter_needs_nothing_that_reads_feeds() -> None:
    found = imported(_FILTER)
    assert "PIL" in found
    assert {"feedparser", "prawcore", "requests"} & found == set()


def test_what_the_environment_says_reaches_the_sources() -> None:
    crawl = CrawlSettings(communities="EarthPorn+SkyPorn", crawl_requests=7, crawl_seconds=3.0)
    store = FakeStore()
    context = assemble(Adapters(store=store), Settings.of_crawl(crawl, fill_gaps=True)).context
    assert (context.communities, context.requests, context.seconds) == (("EarthPorn", "SkyPorn"), 7, 3.0)
    assert context.fill_gaps
    assert context.store is store
    assert context.pace is not None  # runs on one store share the limits of their hosts


def test_the_consumer_works_on_the_adapters_and_as_it_is_told() -> None:
    queue, ledger = FakeQueue(), FakeLedger()
    adapters = Adapters(
        store=FakeStore(), queue=queue, ledger=ledger, fetcher=NoNetwork(), bundle=FakeModels()
    )
    shape = ShapeRule(min_area=1)
    settings = Settings(shape=shape, asked=Asked.parse([], []), max_receives=9, first_retry_s=30.0)
    assembly = assemble(adapters, settings)
    consumer = assembly.consumer
    assert (consumer.queue, consumer.max_receives, consumer.base_delay_s) == (queue, 9, 30.0)
    assert consumer.candidates.ledger is ledger
    assert consumer.candidates.thumbnails is None
    assert (assembly.parts.shape, assembly.parts.copies) == (shape, None)
    assert assembly.parts is assembly.parts  # every policy shares its slots


def test_a_shell_that_forgets_an_adapter_is_told_which() -> None:
    adapters = Adapters(store=FakeStore(), ledger=FakeLedger(), fetcher=NoNetwork(), bundle=FakeModels())
    with pytest.raises(ValueError, match="hands over no queue"):
        _ = assemble(adapters, Settings()).consumer
    with pytest.raises(ValueError, match="hands over no fetcher"):
        _ = assemble(Adapters(), Settings()).crawler
