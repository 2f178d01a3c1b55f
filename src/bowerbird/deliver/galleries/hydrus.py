"""Hydrus: imports through the client's API, then adds tags and the post's address.

Source: https://hydrusnetwork.github.io/hydrus/developer_api.html, "Importing and Deleting Files", "Adding
Tags" and "Adding URLs". A file that its owner deleted in Hydrus before is not imported again, and its
status says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bowerbird.core import untrusted
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.client import Client, NoAnswerError
from bowerbird.deliver.galleries.base import GallerySpec, Opened, needed
from bowerbird.deliver.settings import GallerySettings

_SERVICE: Final = "/get_service?service_name=my%20tags"
_STATES: Final = {
    1: (Outcome.IMPORTED, "imported"),
    2: (Outcome.ALREADY, "it has it"),
    3: (Outcome.REFUSED, "you deleted it there before"),
    4: (Outcome.REFUSED, "Hydrus could not import it"),
    7: (Outcome.REFUSED, "Hydrus' import options refuse it"),
}


class Hydrus:
    """One Hydrus client. Tags go to its service called "my tags"."""

    who = "Hydrus"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._service = ""

    def import_image(
        self,
        image: bytes,
        *,
        filename: str,  # noqa: ARG002 - Hydrus keeps none
        source_url: str | None,
        tags: Sequence[str],
        about: About,
    ) -> Answer:
        """Import a picture, then tag it. When only that fails, the next attempt goes on from there."""
        kind = {"Content-Type": "application/octet-stream"}
        try:
            asked = self._client.ask("POST", "/add_files/add_file", body=image, headers=kind)
            said = untrusted.mapping(asked.json(self.who))
            status = untrusted.number(said.get("status"))
            outcome, words = _STATES.get(int(status or 0), (None, ""))
            if outcome is None:
                return Answer(
                    Outcome.MISCONFIGURED, "this is not Hydrus: its answer has no status that we know"
                )
            if outcome is not Outcome.REFUSED:
                self._tell(about, source_url, tags)
        except NoAnswerError as error:
            return error.answer
        return Answer(outcome, words)

    def _tell(self, about: About, source_url: str | None, tags: Sequence[str]) -> None:
        named = {"title": about.title, "creator": about.author}
        words = [*tags, *(f"{name}:{value}" for name, value in named.items() if value)]
        if words:
            told = {"hash": about.sha256, "service_keys_to_tags": {self._key(): words}}
            self._client.ask("POST", "/add_tags/add_tags", told=told)
        if source_url:
            told = {"hash": about.sha256, "url_to_add": source_url}
            self._client.ask("POST", "/add_urls/associate_url", told=told)

    def _key(self) -> str:
        if not self._service:
            said = untrusted.mapping(self._client.ask("GET", _SERVICE).json(self.who))
            self._service = str(untrusted.mapping(said.get("service")).get("service_key"))
        return self._service


def _open(url: str, settings: GallerySettings) -> Opened:
    key = needed(settings.hydrus_access_key, "BOWERBIRD_HYDRUS_ACCESS_KEY", "an access key of Hydrus' API")
    headers = {"Hydrus-Client-API-Access-Key": key}
    client = Client(url, who=Hydrus.who, headers=headers, secrets=[key], timeout_s=settings.deliver_timeout_s)
    return Opened(Hydrus(client), client.url)


SPEC: Final = GallerySpec(
    "hydrus:URL",
    _open,
    takes="tags, title, author, the post's address",
    again="its sha256",
    variables={
        "BOWERBIRD_HYDRUS_ACCESS_KEY": "an access key (services → review services → local → client api) "
        "that may import files, edit tags, and import and edit URLs"
    },
)
