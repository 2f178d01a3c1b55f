"""Brings survivors to a gallery, for the function and for `bowerbird deliver` alike."""

from __future__ import annotations

from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.ambience import Ambience
from bowerbird.deliver.deliverer import Deliverer
from bowerbird.deliver.galleries import find_gallery
from bowerbird.deliver.naming import NameRule
from bowerbird.deliver.records import Records
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.tags import TagRule
from bowerbird.deliver.turn import InTurn, turn_key

# A turn outlasts one post.
_OFFER_TIMEOUTS: Final = 2.0


def deliverer(
    store: ObjectStore, to: str, settings: GallerySettings, *, turns: ObjectStore | None = None
) -> Deliverer:
    """A deliverer from one store to a gallery, such as `immich:URL`; an address alone means scenery.

    Where others may run beside it, they take turns in the store `turns`.

    Raises:
        UsageError: no secret is set, or the address, the names or the tags cannot be understood.
    """
    spec, argument = find_gallery(to)
    opened = spec.open(argument, settings)
    gallery, ours = opened.gallery, spec.name == "scenery"
    timeout = settings.scenery_timeout_s if ours else settings.deliver_timeout_s
    if turns is not None:
        gallery = InTurn(gallery, turns, turn_key(opened.name), hold_s=_OFFER_TIMEOUTS * timeout)
    asks = settings.ambience_url if ours else None
    return Deliverer(
        store,
        gallery,
        Records(store, opened.name, claim_s=opened.waits * timeout),
        TagRule.parse(settings.scenery_tags if ours else settings.deliver_tags),
        settings.scenery_conversion if spec.converts else None,
        Ambience(asks, timeout_s=timeout) if asks else None,
        NameRule.parse(settings.deliver_names) if spec.named else None,
    )
