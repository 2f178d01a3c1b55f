"""Brings survivors to a gallery, for the function and for `bowerbird deliver` alike."""

from __future__ import annotations

from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.ambience import Ambience
from bowerbird.deliver.deliverer import Deliverer
from bowerbird.deliver.records import Records
from bowerbird.deliver.scenery import Scenery
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.tags import TagRule
from bowerbird.deliver.turn import InTurn, turn_key

# A claim outlasts the longest attempt: a question to ambience, two posts (the second without its URL), and
# some time to spare.
_CLAIM_TIMEOUTS: Final = 4.0
# A turn outlasts one post.
_OFFER_TIMEOUTS: Final = 2.0


def deliverer(store: ObjectStore, url: str, settings: GallerySettings, *, in_turn: bool = False) -> Deliverer:
    """A deliverer from one store to the scenery at `url`; `in_turn` says that others may run beside it.

    Raises:
        UsageError: no password is set, or the address or the tags cannot be understood.
    """
    password = settings.scenery_password.get_secret_value()
    if not password:
        raise UsageError("set BOWERBIRD_SCENERY_PASSWORD to scenery's import_images_bot_password")
    timeout = settings.scenery_timeout_s
    scenery = Scenery(url, password, timeout_s=timeout)
    return Deliverer(
        store,
        InTurn(scenery, store, turn_key(scenery.name), hold_s=_OFFER_TIMEOUTS * timeout)
        if in_turn
        else scenery,
        Records(store, scenery.name, claim_s=_CLAIM_TIMEOUTS * timeout),
        TagRule.parse(settings.scenery_tags),
        settings.scenery_conversion,
        Ambience(settings.ambience_url, timeout_s=timeout) if settings.ambience_url else None,
    )
