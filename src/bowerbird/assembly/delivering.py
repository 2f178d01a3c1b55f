"""Brings survivors to a gallery, for the function and for `bowerbird deliver` alike."""

from __future__ import annotations

from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.ambience import Ambience
from bowerbird.deliver.deliverer import Deliverer
from bowerbird.deliver.galleries import find_gallery
from bowerbird.deliver.naming import NameRule
from bowerbird.deliver.records import Records
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.tags import TagRule


def deliverer(store: ObjectStore, to: str, settings: GallerySettings) -> Deliverer:
    """A deliverer from one store to a gallery, such as `immich:URL`; an address alone means scenery.

    Raises:
        UsageError: no secret is set, or the address, the names or the tags cannot be understood.
    """
    spec, argument = find_gallery(to)
    opened = spec.open(argument, settings)
    ours = spec.name == "scenery"
    timeout = settings.scenery_timeout_s if ours else settings.deliver_timeout_s
    asks = ours and settings.ambience_url
    return Deliverer(
        store,
        opened.gallery,
        Records(store, opened.name, claim_s=opened.waits * timeout),
        TagRule.parse(settings.scenery_tags if ours else settings.deliver_tags),
        settings.scenery_conversion if spec.converts else None,
        Ambience(settings.ambience_url, timeout_s=timeout) if asks and settings.ambience_url else None,
        NameRule.parse(settings.deliver_names) if spec.named else None,
    )
