"""PhotoPrism: uploads through its API, then has it import what was uploaded.

Source: internal/api/users_upload.go and session_get.go of https://github.com/photoprism/photoprism.
PhotoPrism leaves out what it has when it imports, and says nothing of it. A folder that it imports by
itself is `folder:DIR`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from bowerbird.core import untrusted
from bowerbird.core.keys import content_type
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.client import Client, NoAnswerError
from bowerbird.deliver.described import packet
from bowerbird.deliver.galleries.base import GallerySpec, Opened, needed
from bowerbird.deliver.settings import GallerySettings
from bowerbird.imaging.embedding import embedded

_TOKEN_DIGITS: Final = 16


class PhotoPrism:
    """One PhotoPrism. `album` is a title; PhotoPrism makes the album when it is not there.

    Uploads take no sidecars, so with `described` the description goes into the copy that is sent.
    """

    who = "PhotoPrism"

    def __init__(self, client: Client, album: str = "", *, described: bool = False) -> None:
        self._client, self._album, self._described = client, album, described
        self._user = ""

    def import_image(
        self,
        image: bytes,
        *,
        filename: str,
        source_url: str | None,  # noqa: ARG002 - the description has it
        tags: Sequence[str],
        about: About,
    ) -> Answer:
        """Upload a picture into a batch of its own, and have that imported."""
        name = filename.rpartition("/")[2]
        data = (embedded(image, packet(about, tuple(tags))) if self._described else None) or image
        try:
            path = f"/api/v1/users/{quote(self._uid(), safe='')}/upload/{about.sha256[:_TOKEN_DIGITS]}"
            self._client.ask("POST", path, form={"files": (name, data, content_type(about.key))})
            albums = [self._album] if self._album else []
            # While another import runs, PhotoPrism says 503, and keeps what was uploaded.
            self._client.ask("PUT", path, told={"albums": albums}, means={404: Outcome.REFUSED})
        except NoAnswerError as error:
            return error.answer
        return Answer(Outcome.IMPORTED, f"uploaded as {name}")

    def _uid(self) -> str:
        if not self._user:
            said = untrusted.mapping(self._client.ask("GET", "/api/v1/session").json(self.who))
            self._user = untrusted.text(untrusted.mapping(said.get("user")).get("UID")) or ""
            if not self._user:
                raise NoAnswerError(
                    Answer(Outcome.MISCONFIGURED, "PhotoPrism does not say whose key this is")
                )
        return self._user


def _open(url: str, settings: GallerySettings) -> Opened:
    key = needed(settings.photoprism_token, "BOWERBIRD_PHOTOPRISM_TOKEN", "an app password of PhotoPrism")
    client = Client(
        url,
        who=PhotoPrism.who,
        headers={"Authorization": f"Bearer {key}"},
        secrets=[key],
        timeout_s=settings.deliver_timeout_s,
    )
    described = settings.deliver_xmp == "embedded"
    return Opened(PhotoPrism(client, settings.deliver_album, described=described), client.url)


SPEC: Final = GallerySpec(
    "photoprism:URL",
    _open,
    takes='an album; title, author, source, licence, date, stars, tags (XMP, with `xmp = "embedded"`)',
    again="PhotoPrism itself, by its hash, and says nothing",
    variables={"BOWERBIRD_PHOTOPRISM_TOKEN": "an app password (settings → account → apps and devices)"},
)
