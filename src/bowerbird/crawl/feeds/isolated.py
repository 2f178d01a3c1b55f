"""Reads a feed in another process. A feed that takes too long or too much memory costs only itself."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from typing import Any, Final

from bowerbird.core.json_text import parsed
from bowerbird.crawl.sources.listing import DamagedPageError, HopelessPageError

#: Of a core: an honest feed of a megabyte takes 0.3. A busy machine may take three times as long.
SECONDS: Final = 10
_PATIENCE: Final = 3
MEMORY_BYTES: Final = 512 * 1024 * 1024


def read_isolated(body: bytes, seconds: int = SECONDS) -> dict[str, Any]:
    """A feed's fields; see `bowerbird.crawl.feeds.reading.read`.

    Raises:
        DamagedPageError: not a feed.
        HopelessPageError: reading it takes longer, or more memory, than any feed is worth.
    """
    command = [sys.executable, "-P", "-m", "bowerbird.crawl.feeds.worker", str(seconds), str(MEMORY_BYTES)]
    environment = {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR")),  # where Lambda keeps libpython
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE * seconds,
            check=False,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C is the parent's to handle
        )
    except subprocess.TimeoutExpired:
        raise _hopeless(seconds) from None
    except OSError as error:
        raise HopelessPageError(f"no process could be started to read the feed ({error.strerror})") from None
    if done.returncode:
        raise _hopeless(seconds)
    answer = parsed(done.stdout)
    if answer.get("error") == MemoryError.__name__:
        raise _hopeless(seconds)
    if not answer.get("feed"):
        why = answer.get("error")
        raise DamagedPageError(f"not a feed: {why}" if why else "not a feed")
    return dict(answer["feed"])


def _hopeless(seconds: int) -> HopelessPageError:
    return HopelessPageError(f"reading the feed took more than {seconds} s, or too much memory")
