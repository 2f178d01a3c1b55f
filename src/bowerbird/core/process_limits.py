"""Bounds what a process that reads strangers' bytes may take, where the system can.

Linux holds all bounds. macOS refuses the one on memory. Windows knows none of them: there only the time limit
holds that the parent process keeps.
"""

from __future__ import annotations

import sys
from contextlib import suppress

if sys.platform != "win32":
    import resource

    def forbid(memory: int) -> None:
        """Give up, for good, what such a process has no use for: files, core dumps, more memory."""
        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: memory}
        for kind, limit in limits.items():
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (limit, limit))

    def allow_cpu(seconds: float) -> None:
        """Let the kernel end this process after so many seconds more, even when nobody is left to kill it."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        ceiling = int(used.ru_utime + used.ru_stime + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (ceiling, resource.RLIM_INFINITY))

else:  # pragma: no cover - nobody tests on Windows

    def forbid(memory: int) -> None:
        """Do nothing: the system has no such bound."""

    def allow_cpu(seconds: float) -> None:
        """Do nothing: the system has no such bound."""
