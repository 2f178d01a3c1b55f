"""The deliver function's environment; nothing else reads it."""

from __future__ import annotations

from bowerbird.deliver.settings import GallerySettings


class DeliverSettings(GallerySettings):
    """Holds the further settings that the function needs in the cloud."""

    scenery_url: str
    bucket: str
    queue_url: str
    dead_letter_url: str
    endpoint_url: str | None = None
