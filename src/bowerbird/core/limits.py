"""Set the limits that more than one part keeps."""

from __future__ import annotations

from typing import Final

#: A picture's file may weigh at most this many bytes: what scenery takes, see its import route.
MAX_PICTURE_BYTES: Final = 50_000_000

#: When a candidate fails at this many deliveries, it is decided, or buried with the reason.
MAX_RECEIVES: Final = 5

#: `mine` has this many candidates in hand at once: it mostly waits for their hosts.
DOWNLOADS: Final = 16
