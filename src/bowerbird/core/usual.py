"""What the command line's help shows of the filter's choices; so nothing else is imported here."""

from __future__ import annotations

from typing import Final

#: So many days pictures wait that a better copy has replaced, unless the owner says otherwise.
KEEP_DAYS: Final = 30

#: Observations that are made only when asked for: the picture in full size, and one more network.
COSTLY: Final = ("detail", "nsfw")
