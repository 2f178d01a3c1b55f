"""Do downloads overlap inference? Wall and CPU time where every answer is slow.

    python -m benchmarks.pipeline

It runs the embedded host as `mine` does, on all cores, against a loopback server that waits before each
answer. This is the one figure here in wall time, so it wants a machine with nothing else to do. The server
runs in the same process, so its little work counts too.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import children_ms
from benchmarks.server import serving
from benchmarks.stream import Mix, r_all
from bowerbird.adapters.place import open_place
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.host.wiring import HostOptions, embedded_host, http_fetcher, source_context
from bowerbird.models.bundle import load


def main() -> None:
    """One candidate at a time, then sixteen, as `mine` does by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--stream", type=int, default=200, help="candidates (default: 200)")
    parser.add_argument("--delay", type=float, default=0.2, help="seconds before an answer (default: 0.2)")
    parser.add_argument("--photographs", type=Path, help="a folder of your own (default: the demo's)")
    arguments = parser.parse_args()
    mix = r_all(arguments.photographs, arguments.stream, load("lite"))
    print(f"{'at once':>9}{'wall s':>9}{'waited s':>10}{'CPU s':>8}{'cores busy':>12}")
    for downloads in (1, 16):
        print(_measured(mix, downloads, arguments.delay), flush=True)
    print(f"of {len(os.sched_getaffinity(0))} cores; waited: answers times their delay, overlapping or not")


def _measured(mix: Mix, downloads: int, delay_s: float) -> str:
    with TemporaryDirectory() as folder, serving(mix.files, delay_s=delay_s) as server:
        gateway = f"http://127.0.0.1:{server.server_port}"
        options = HostOptions(downloads=downloads, gateway=gateway, thumbnails=False)
        nowhere = Path(folder) / "urls.txt"  # the host wants a source; its candidates are the mix's
        nowhere.write_text("")
        source = open_source(f"urls:{nowhere}", source_context(gateway))
        with (
            http_fetcher(gateway, turns()) as http,
            embedded_host(open_place(f"{folder}/place", None), source, options, http) as host,
        ):
            wall, cpu = time.monotonic(), time.process_time()
            host.run(lambda: mix.candidates)
            wall, cpu = time.monotonic() - wall, time.process_time() - cpu + children_ms() / 1000
        waited = server.answered * delay_s
    return f"{downloads:9}{wall:9.1f}{waited:10.1f}{cpu:8.1f}{cpu / wall:12.2f}"


if __name__ == "__main__":
    main()
