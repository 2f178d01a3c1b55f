import os
import subprocess
import sys

import pytest

# Eight threads take memory; then glibc says which heaps there are.
THREADS = """
import ctypes, threading
from bowerbird.host.memory import spare_memory
{before}
ready = threading.Barrier(8)
def work():
    held = [bytearray(2000) for _ in range(10)]
    ready.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""

# Something small lies behind each large picture that has gone; then Linux says how much is held.
HOLES = """
from pathlib import Path
from bowerbird.host.memory import spare_memory
{before}
bytes(b"x" * 20_000_000)
behind = []
for _ in range(8):
    large = [b"x" * 8_000_000 for _ in range(2)]
    behind.append(b"y" * 2000)
    large.append(b"x" * 8_000_000)
    behind.append(b"y" * 2000)
    del large
status = Path("/proc/self/status").read_text().split()
print(int(status[status.index("VmRSS:") + 1]) * 1024)
"""

ALGEBRA = """
import os
from bowerbird.host.memory import spare_memory
spare_memory()
print(os.environ["OPENBLAS_NUM_THREADS"])
"""

glibc_only = pytest.mark.skipif(sys.platform != "linux", reason="only glibc tells its heaps")


def said(script: str, **environment: str) -> str:
    own = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=own | environment
    )
    return done.stdout


@glibc_only
def test_threads_share_a_heap() -> None:
    assert said(THREADS.format(before="spare_memory()")).count("<heap nr=") == 1
    assert said(THREADS.format(before="")).count("<heap nr=") > 1


@glibc_only
def test_what_was_large_is_given_back() -> None:
    held, before = (int(said(HOLES.format(before=each))) for each in ("spare_memory()", ""))
    assert held + 10_000_000 < before


def test_the_algebra_has_one_thread_unless_somebody_said_how_many() -> None:
    assert said(ALGEBRA).strip() == "1"
    assert said(ALGEBRA, OPENBLAS_NUM_THREADS="3").strip() == "3"
