"""Limits that more than one part keeps."""

from __future__ import annotations

from typing import Final

#: The most a picture's file may weigh, in bytes: what scenery takes, see its import route.
MAX_PICTURE_BYTES: Final = 50_000_000

#: A candidate's failure at so many deliveries is its last: it is decided, or buried with the reason.
MAX_RECEIVES: Final = 5

#: So many candidates `mine` has in hand at once: it mostly waits for their hosts.
DOWNLOADS: Final = 16
