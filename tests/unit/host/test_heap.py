import subprocess
import sys

import pytest

# Eight threads take memory; then glibc says which heaps there are.
THREADS = """
import ctypes, threading
from bowerbird.host.heap import share_heap
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


def heaps(before: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", THREADS.format(before=before)], capture_output=True, text=True, check=True
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc tells its heaps")
def test_threads_share_a_heap() -> None:
    assert heaps("share_heap()") == 1
    assert heaps("") > 1
