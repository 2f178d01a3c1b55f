"""Stores how far a source has been read; overlapping runs join what they know."""

from __future__ import annotations

import json
import logging
from typing import Final

from bowerbird.core.errors import RetryableError
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.crawl.following.coverage import Knowledge

#: Writers that lose this many races in a row are not racing: the store refuses them.
_RACES: Final = 50

_LOG: Final = logging.getLogger(__name__)


class CursorStore:
    """Keeps what is known of one source in an object store. Overlapping runs join what they know.

    `scheme` names the kind of ranks, if a source has had another kind or may get one. Ranks of one scheme are
    never taken for those of another.
    """

    def __init__(self, store: ObjectStore, spec: str, *, scheme: str = "") -> None:
        self._store = store
        self._scheme = scheme
        self._key = f"cursors/{digest(spec)}.json"

    def load(self) -> Knowledge:
        """Return what all runs so far have read."""
        found = self._store.get_versioned(self._key)
        return self._decode(found[0]) if found else Knowledge()

    def join(self, knowledge: Knowledge) -> Knowledge:
        """Add to what is stored, whoever else does at the same time; returns what is stored then.

        Raises:
            RetryableError: the store refused every attempt.
        """
        for _ in range(_RACES):
            found = self._store.get_versioned(self._key)
            joined = (self._decode(found[0]) if found else Knowledge()).joined(knowledge)
            scheme = {"scheme": self._scheme} if self._scheme else {}
            data = json.dumps(joined.encoded() | scheme, separators=(",", ":")).encode()
            version = found[1] if found else None
            if self._store.replace(self._key, data, content_type="application/json", version=version):
                return joined
        raise RetryableError(f"the cursor {self._key} could not be written: check the store, then run again")

    def _decode(self, data: bytes) -> Knowledge:
        try:
            fields = parsed(data)
            # Ranks of another scheme are other numbers; read as these they would name another place.
            same = fields.get("scheme", "") == self._scheme
            return Knowledge.decoded(fields if same else {})
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            _LOG.warning("the cursor %s cannot be read: starting anew, posts may come twice", self._key)
            return Knowledge()
