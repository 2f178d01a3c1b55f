"""What holds where the owner says nothing. The command line shows it, so nothing else is imported here."""

from __future__ import annotations

from typing import Final

#: The shape that fits the gallery, as nomad had it, the crawler this replaces: pixels, and two ratios.
MIN_AREA: Final = 1280 * 1024
MAX_WIDE: Final = 3.0
MAX_TALL: Final = 2.0

#: So many days pictures wait that a better copy has replaced.
KEEP_DAYS: Final = 30

#: Observations that are made only when asked for: the picture in full size, and one more network.
COSTLY: Final = ("detail", "nsfw")
