"""Deliverers that run at once, as Lambda starts them, and a gallery that cannot bear it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
    # The work is long enough for both to read the same highest id, if they may.
    with serving(Scenery(work_s=0.3)) as scenery:
        settings = GallerySettings(scenery_password=SecretStr(scenery.password))
        each = [deliverer(store, scenery.url, settings, turns=store if in_turn else None) for _ in keys]
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(lambda one, key: one.deliver(key).state, each, keys))
        assert ended == ["imported", "imported"]
        assert sorted(image.id for image in scenery.images) == ids
