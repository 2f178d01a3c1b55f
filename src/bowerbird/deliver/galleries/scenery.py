"""scenery; its client is `bowerbird.deliver.scenery`."""

from __future__ import annotations

from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.deliver.galleries.base import GallerySpec, Opened
from bowerbird.deliver.scenery import Scenery
from bowerbird.deliver.settings import GallerySettings

# A claim outlasts the longest attempt: a question to ambience, two posts (the second without its URL), and
# some time to spare.
_WAITS: Final = 4.0


def _open(url: str, settings: GallerySettings) -> Opened:
    password = settings.scenery_password.get_secret_value()
    if not password:
        raise UsageError("set BOWERBIRD_SCENERY_PASSWORD to scenery's import_images_bot_password")
    scenery = Scenery(url, password, timeout_s=settings.scenery_timeout_s)
    return Opened(scenery, scenery.name, _WAITS)


SPEC: Final = GallerySpec(
    "scenery:URL",
    _open,
    takes="tags, the post's address",
    again="its sha256",
    variables={"BOWERBIRD_SCENERY_PASSWORD": "scenery's `import_images_bot_password`"},
    converts=True,
    named=False,
)
