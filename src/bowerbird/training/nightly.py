"""Holds a bundle against a place's stream anew, once a day: `bowerbird mine --refit`.

The new bundle lies beside the place's own files and has a name of its own, `NAME-refit`, so every decision
says who judged. The bundle that the owner gave stays as it is: without `--refit`, it judges again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bowerbird.adapters.place import Place
from bowerbird.core.errors import UsageError
from bowerbird.models import bundle as bundles
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import Bundle
from bowerbird.training import stream as streams
from bowerbird.training.retraining import write_anew

_FOLDER = "taste"


@dataclass(slots=True)
class Nightly:
    """Refits the bundle `name` on a place. `say` takes one line for the owner, `today` tells the day."""

    name: str
    place: Place
    say: Callable[[str], None]
    today: Callable[[], date] = date.today
    _tried: date | None = None

    def __call__(self) -> str:
        """Refit unless that was tried today; returns the name or folder of the bundle to judge with."""
        base = bundles.load(self.name)
        if self._tried != self.today():
            self._tried = self.today()
            self._refit(base)
        found = self._last(base)
        return self.name if found is None else str(found)

    def _refit(self, base: Bundle) -> None:
        out = self._out(base)
        made = _made_on(base, self.today())
        last = self._last(base)
        if last is not None and manifests.read(last).created_from.endswith(made):
            return
        try:
            stream = streams.read(self.place.store, base.manifest.encoder, self.place.name)
            label = write_anew(base, stream, out, _next_version(base, out), made)
        except UsageError as error:
            self.say(f"{base.label} was not fitted anew: {error}")
            return
        self.say(f"from now on {label} judges: {made}")
        for line in streams.make_promise(stream, bundles.load(out).novelty, label, self.place.store):
            self.say(line)

    def _last(self, base: Bundle) -> Path | None:
        """Find what an earlier night made of this very bundle."""
        out = self._out(base)
        if not (out / manifests.FILE_NAME).exists():
            return None
        return out if manifests.read(out).created_from.startswith(f"{base.label}, ") else None

    def _out(self, base: Bundle) -> Path:
        return (self.place.state / _FOLDER / f"{base.manifest.name[:50]}-refit").absolute()


def _made_on(base: Bundle, day: date) -> str:
    return f"{base.label}, held against the stream on {day.isoformat()}"


def _next_version(base: Bundle, out: Path) -> str:
    """Count on from the last night, whichever bundle that was made of: no two have the same label."""
    last = manifests.read(out).version if (out / manifests.FILE_NAME).exists() else base.manifest.version
    major, minor, patch = last.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"
