"""Deliverers that run at once, as Lambda starts them, and a gallery that cannot bear it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.assembly.delivering import deliverer
from bowerbird.deliver.settings import GallerySettings
from tests.integration.deliver.scenery_server import Scenery, serving
from tests.unit.deliver.survivors import keep


@pytest.mark.parametrize(("in_turn", "ids"), [(True, [1, 2]), (False, [1, 1])])
def test_those_that_take_turns_get_an_id_each(tmp_path: Path, in_turn: bool, ids: list[int]) -> None:
    store = FolderStore(tmp_path)
    keys = [keep(store, seed=seed) for seed in (1, 2)]
    both = threading.Barrier(2)

    def work() -> None:
        """Goes on when both have read the highest id; if they may not, after a moment."""
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3 if in_turn else 60)

    with serving(Scenery(work=work)) as scenery:
        settings = GallerySettings(scenery_password=SecretStr(scenery.password))
        each = [deliverer(store, scenery.url, settings, turns=store if in_turn else None) for _ in keys]
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(lambda one, key: one.deliver(key).state, each, keys))
        assert ended == ["imported", "imported"]
        assert sorted(image.id for image in scenery.images) == ids
