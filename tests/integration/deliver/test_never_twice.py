"""Two deliverers on one place, some of them killed: every picture arrives, and none twice.

The loopback scenery has the original's weakness: two requests for one picture at the same time are both
imported. So a second request that comes too early would show.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.keys import sidecar_key
from tests.integration.deliver.scenery_server import Scenery, serving
from tests.unit.deliver.survivors import keep, record

PICTURES = 16
KILLS = 3


# What the command does, without what the other commands import.
PROGRAM = """
import sys
from pathlib import Path
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.assembly.delivering import deliverer
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.sweep import Sweep
store = FolderStore(Path(sys.argv[1]))
sys.exit(0 if Sweep(store, deliverer(store, sys.argv[2], GallerySettings())).once() else 1)
"""


def start(place: Path, scenery: Scenery) -> subprocess.Popen[bytes]:
    settings = {"BOWERBIRD_SCENERY_PASSWORD": scenery.password}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place), scenery.url], env=os.environ | settings
    )


def let_claims_run_out(store: FolderStore, keys: list[str]) -> None:
    """As time does."""
    for key in map(sidecar_key, keys):
        sidecar = json.loads(store.get(key) or b"")
        for each in sidecar.get("deliveries", {}).values():
            if "until" in each:
                each["until"] = datetime.now(UTC).isoformat()
        store.put(key, json.dumps(sidecar).encode(), content_type="application/json")


def wait_for(scenery: Scenery, images: int) -> None:
    deadline = time.monotonic() + 120
    while len(scenery.images) < images:
        assert time.monotonic() < deadline, f"only {len(scenery.images)} arrived"
        time.sleep(0.02)


def test_two_deliverers_and_kills(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    keys = [keep(store, seed=seed) for seed in range(PICTURES)]
    chance = random.Random(7)
    with serving(Scenery(work=lambda: time.sleep(0.3))) as scenery:
        working = [start(tmp_path, scenery) for _ in range(2)]
        for kill in range(1, KILLS + 1):
            wait_for(scenery, kill * 3)
            time.sleep(chance.random() * 0.3)
            victim = working.pop(0)
            victim.kill()
            victim.wait()
            working.append(start(tmp_path, scenery))
        for process in working:
            process.wait(120)
        # What a killed one had claimed is taken over when its claim has run out.
        let_claims_run_out(store, keys)
        assert start(tmp_path, scenery).wait(120) == 0
    imported = [image.sha256 for image in scenery.images]
    assert sorted(imported) == sorted(key.rpartition("/")[2].partition(".")[0] for key in keys)
    states = [record(store, key, scenery.url)["state"] for key in keys]
    assert set(states) <= {"imported", "already"}
    assert states.count("already") <= KILLS
