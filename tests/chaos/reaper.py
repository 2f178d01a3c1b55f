"""Ends a built function at a request to AWS; proxies before AWS tell of each."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from infra.sam.box import Box

DIED = {"Runtime.ExitError", "Runtime.InitError"}


@dataclass
class Reaper:
    """Ends a function at one request to AWS that chance has named; 0 is never."""

    box: Box | None = None
    left: int = 0
    after: bool = False

    def __post_init__(self) -> None:
        self._lock = Lock()

    def refuses(self, _method: str, _path: str) -> int:
        if not self.after:
            self._count()
        return 0

    def passed(self, _method: str, _path: str) -> None:
        if self.after:
            self._count()

    def _count(self) -> None:
        with self._lock:
            self.left -= 1
            now = self.left == 0
        if now and self.box:
            self.box.kill()
