"""`bowerbird compact` is killed while lines come and posts are redacted: no decision is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import open_place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.decision_log import each_line, is_packed, log_keys
from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason, Word
from bowerbird.host.state_files import LEDGER, QUEUE
from bowerbird.removal.redaction import redact_lines

KILLS = 6
DAYS = [f"2025-01-{day:02}" for day in range(1, 29)]
A_DAY = 30


def decision(name: str, day: str) -> Decision:
    return Decision(
        name, keep=False, stage="novelty", reason=Reason(Word.NOVELTY, "-3.20 < -1.80"), bundle="lite@1",
        decided_at=f"{day}T10:00:00.000Z", submission={"source": "reddit", "id": name, "title": "My garden"},
    )  # fmt: skip


def filled(root: Path) -> SqliteLedger:
    place = open_place(str(root))
    SqliteQueue(place.state / QUEUE).close()
    ledger = SqliteLedger(place.state / LEDGER, place.store)
    for turn in range(3):
        for day in DAYS:
            for number in range(turn, A_DAY, 3):
                ledger.commit(decision(f"{day}/{number}", day))
        ledger.flush()
    return ledger


def wait_for_the_first_file(store: FolderStore, process: subprocess.Popen[bytes]) -> None:
    """Until a day has been compacted: the process is in the middle of its work then."""
    parts = [key for key in log_keys(store) if not is_packed(key)]
    while process.poll() is None and all(store.exists(key) for key in parts):
        time.sleep(0.005)


def test_killed_at_random_points(tmp_path: Path, chaos_seed: int) -> None:
    chance = random.Random(chaos_seed)
    ledger, store = filled(tmp_path), FolderStore(tmp_path)
    command = [
        sys.executable,
        "-c",
        "import sys; from bowerbird.cli.main import main; sys.exit(main())",
        "compact",
        str(tmp_path),
    ]
    expected, redacted = Counter(f"{day}/{number}" for day in DAYS for number in range(A_DAY)), set()
    for kill in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wait_for_the_first_file(store, process)
            time.sleep(chance.uniform(0, 0.05))
            day = chance.choice(DAYS)
            name = f"{day}/{chance.randrange(A_DAY)}"
            late = decision(f"{day}/late{kill}", day)
            ledger.commit(late)
            ledger.flush()
            assert name in list(redact_lines(store, [day], {name}))
            os.kill(process.pid, signal.SIGKILL)
        expected[late.candidate] += 1
        redacted.add(name)
        assert Counter(each.candidate for each in each_line(store) if each) == expected
    subprocess.run(command, check=True, capture_output=True)

    assert len(list(log_keys(store))) == len(DAYS)
    found = [each for each in each_line(store) if each]
    assert Counter(each.candidate for each in found) == expected
    assert {each.candidate for each in found if "title" not in each.submission} == redacted
    assert all(ledger.knows(name) for name in expected)
    ledger.close()
