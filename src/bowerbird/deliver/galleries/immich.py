"""Immich: uploads through its API, with the description as an XMP sidecar, into an album and under tags.

Shapes and what they mean: server/src/dtos/asset-media.dto.ts, asset-media-response.dto.ts, album.dto.ts and
tag.dto.ts of https://github.com/immich-app/immich, and https://api.immich.app. Newer servers no longer ask
for `deviceAssetId` and `deviceId`; older ones do. The checksum is a SHA-1, in base64. A picture that is
there already, also in Immich's trash, is answered `duplicate` with 200; a new one `created` with 201.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bowerbird.core import untrusted
from bowerbird.core.keys import content_type
from bowerbird.core.plain_text import plain
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.client import Client, Form, NoAnswerError
from bowerbird.deliver.described import packet
from bowerbird.deliver.galleries.base import GallerySpec, Opened, needed
from bowerbird.deliver.settings import GallerySettings

_STATES: Final = {"created": Outcome.IMPORTED, "replaced": Outcome.IMPORTED, "duplicate": Outcome.ALREADY}


class Immich:
    """One Immich. `album` is a name; the album is made when there is none of that name."""

    who = "Immich"

    def __init__(self, client: Client, album: str = "") -> None:
        self._client, self._album = client, album
        self._album_id = ""
        self._tag_ids: dict[str, str] = {}

    def import_image(
        self,
        image: bytes,
        *,
        filename: str,
        source_url: str | None,  # noqa: ARG002 - the description has it
        tags: Sequence[str],
        about: About,
    ) -> Answer:
        """Upload a picture, then put it into the album and under its tags.

        When that fails after the upload, the next attempt finds a duplicate, and goes on from there.
        """
        try:
            said = self._upload(image, filename.rpartition("/")[2], about)
            asset, outcome = untrusted.text(said.get("id")), _STATES.get(str(said.get("status")))
            if asset is None or outcome is None:
                return Answer(Outcome.MISCONFIGURED, "this is not Immich: its answer names no picture")
            self._sort_in(asset, tags)
        except NoAnswerError as error:
            self._album_id, self._tag_ids = "", {}  # somebody may have deleted them
            return error.answer
        return Answer(outcome, f"{outcome.value} as {plain(asset)}")

    def _upload(self, image: bytes, filename: str, about: About) -> dict[str, Any]:
        checksum = base64.b64encode(hashlib.sha1(image, usedforsecurity=False).digest()).decode()
        form: Form = {
            "deviceAssetId": f"bowerbird-{about.sha256}",
            "deviceId": "bowerbird",
            "fileCreatedAt": _moment(about.posted or about.kept),
            "fileModifiedAt": _moment(about.kept),
            "filename": filename,
            "assetData": (filename, image, content_type(about.key)),
            "sidecarData": (f"{filename}.xmp", packet(about), "application/xml"),
        }
        said = self._client.ask("POST", "/api/assets", form=form, headers={"x-immich-checksum": checksum})
        return untrusted.mapping(said.json(self.who))

    def _sort_in(self, asset: str, tags: Sequence[str]) -> None:
        if self._album:
            self._album_id = self._album_id or self._find_album()
            self._client.ask("PUT", f"/api/albums/{self._album_id}/assets", told={"ids": [asset]})
        missing = [tag for tag in tags if tag not in self._tag_ids]
        if missing:
            made = self._client.ask("PUT", "/api/tags", told={"tags": missing}).json(self.who)
            found = [untrusted.mapping(each) for each in untrusted.sequence(made)]
            self._tag_ids |= {str(tag.get("value")): str(tag.get("id")) for tag in found}
        wanted = [self._tag_ids[tag] for tag in tags if tag in self._tag_ids]
        if wanted:
            self._client.ask("PUT", "/api/tags/assets", told={"assetIds": [asset], "tagIds": wanted})

    def _find_album(self) -> str:
        for each in untrusted.sequence(self._client.ask("GET", "/api/albums").json(self.who)):
            album = untrusted.mapping(each)
            if album.get("albumName") == self._album and isinstance(album.get("id"), str):
                return str(album["id"])
        made = self._client.ask("POST", "/api/albums", told={"albumName": self._album}).json(self.who)
        return str(untrusted.mapping(made).get("id"))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _open(url: str, settings: GallerySettings) -> Opened:
    key = needed(settings.immich_api_key, "BOWERBIRD_IMMICH_API_KEY", "a key of Immich's account settings")
    client = Client(
        url.rstrip("/").removesuffix("/api"),
        who=Immich.who,
        headers={"x-api-key": key},
        secrets=[key],
        timeout_s=settings.deliver_timeout_s,
    )
    return Opened(Immich(client, settings.deliver_album), client.url)


SPEC: Final = GallerySpec(
    "immich:URL",
    _open,
    takes="title, author, source, licence, date, stars, tags (XMP); tags; an album",
    again="its SHA-1",
    variables={
        "BOWERBIRD_IMMICH_API_KEY": "a key of Immich (account settings → API keys) that may upload assets, "
        "and, for albums and tags, read, create and fill those"
    },
)
