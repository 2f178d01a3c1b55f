"""Several tastes in one bucket, as template.yaml names them: `Bundle`, then `Taste2` to `Taste4`.

The first taste's place is the bucket itself. A further one's is `tastes/NAME/` in it, by the name of its
bundle's folder.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from bowerbird.core.errors import UsageError

#: All further places begin so; roles and lifecycle rules count on it.
FOLDER: Final = "tastes/"
_PREFIX: Final = re.compile(re.escape(FOLDER) + r"[^/]+/")


def further_tastes(told: str) -> dict[str, str]:
    """Read further bundles, names or folders divided by commas; returns each one's prefix and bundle.

    Raises:
        UsageError: two of them have the same place.
    """
    bundles = [each.strip() for each in told.split(",") if each.strip()]
    places = {f"{FOLDER}{PurePath(each).name}/": each for each in bundles}
    if len(places) < len(bundles):
        raise UsageError(f"{told}: each taste needs a bundle of its own, in a folder of its own name")
    return places


def in_place(key: str) -> tuple[str, str]:
    """Divide a key of the bucket into the prefix of a taste's place and the key there."""
    found = _PREFIX.match(key)
    prefix = found[0] if found else ""
    return prefix, key.removeprefix(prefix)
