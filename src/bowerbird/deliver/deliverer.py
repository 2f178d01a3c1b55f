"""Brings one survivor to the gallery: claims it, sends it, writes down how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from bowerbird.core.errors import PermanentError, RetryableError, UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.about import About, about
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.naming import NameRule
from bowerbird.deliver.picture import Conversion, prepare
from bowerbird.deliver.records import Claim, Delivery, Records
from bowerbird.deliver.tags import TagRule, source_url

#: The key of a survivor: see `bowerbird.core.keys.image_key`. Sidecars are not.
SURVIVOR: Final = re.compile(r"images/[0-9a-f]{2}/[0-9a-f]{64}\.(?:jpg|png|webp|avif)")

# A picture that a gallery calls a bad request so often is not to hold up the others for ever.
_DOUBTS: Final = 5
_GONE: Final = "gone: the picture was removed"
_ENDED: Final = frozenset({Outcome.IMPORTED, Outcome.ALREADY, Outcome.SIMILAR, Outcome.REFUSED})


class BusyError(RetryableError):
    """The gallery asks us to send nothing at all for `retry_after_s` seconds."""


class Gallery(Protocol):
    """Takes pictures; each module of `bowerbird.deliver.galleries` has one."""

    @property
    def who(self) -> str:
        """Its name for people."""
        ...

    def import_image(
        self, image: bytes, *, filename: str, source_url: str | None, tags: Sequence[str], about: About
    ) -> Answer:
        """Offer a picture; whatever happens is an answer."""
        ...


class ReverseSearch(Protocol):
    """Finds a picture among those the gallery has; `bowerbird.deliver.ambience.Ambience` is one."""

    def similar(self, image: bytes) -> tuple[int, ...]:
        """The gallery's ids of pictures that show the same; raises RetryableError."""
        ...


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers survivors, each once, whoever else does the same and whenever this process dies.

    Without a `conversion` the gallery gets every format as it is. Files are called as `naming` says, or else
    by their hash.
    """

    store: ObjectStore
    gallery: Gallery
    records: Records
    tags: TagRule
    conversion: Conversion | None = "jpeg"
    search: ReverseSearch | None = None
    naming: NameRule | None = None

    def deliver(self, key: str) -> Delivery:
        """Deliver one survivor, or find out how its delivery ended before.

        Raises:
            RetryableError: try again later; it has `retry_after_s` when a claim must run out first.
            UsageError: the gallery's address or password is wrong; nothing was delivered.
            PermanentError: the survivor's sidecar is damaged.
        """
        if not self.store.exists(key):
            return Delivery("skipped", _GONE)
        claim = self.records.claim(key)
        if isinstance(claim, Delivery):
            return claim
        try:
            delivery = self._send(claim)
        except PermanentError as error:
            delivery = Delivery("skipped", str(error))
        self.records.settle(claim, delivery)
        return delivery

    def _send(self, claim: Claim) -> Delivery:
        data = self.store.get(claim.key)
        if data is None:
            return Delivery("skipped", _GONE)
        told = about(claim.key, claim.sidecar)
        image, extension = prepare(data, self.conversion) if self.conversion else (data, told.extension)
        found = self._found(claim, image)
        if found:
            return Delivery("similar", "ambience has it", found)
        filename = self.naming.path(told) if self.naming else f"{told.sha256}.{extension}"
        url, tags = source_url(claim.sidecar), self.tags.tags(claim.sidecar)
        offer = partial(self.gallery.import_image, image, filename=filename, tags=tags, about=told)
        answer = offer(source_url=url)
        if answer.outcome is Outcome.INVALID_URL and url is not None:
            # scenery refuses top-level domains that it does not know, and private hosts. A picture without
            # its source is better than none.
            answer = offer(source_url=None)
        if answer.outcome in _ENDED:
            return Delivery(answer.outcome.value, answer.detail, answer.ids)
        if answer.outcome is Outcome.DOUBTED and claim.attempts >= _DOUBTS:
            return Delivery("refused", f"{answer.detail} ({claim.attempts} attempts)")
        raise self._problem(claim, answer)

    def _found(self, claim: Claim, image: bytes) -> tuple[int, ...]:
        if self.search is None:
            return ()
        try:
            return self.search.similar(image)
        except (RetryableError, UsageError) as error:
            self.records.release(claim, str(error))
            raise

    def _problem(self, claim: Claim, answer: Answer) -> Exception:
        if answer.outcome is Outcome.UNCLEAR:
            # The gallery may still be at work on the picture, and would not recognise a second copy. So the
            # claim stays.
            return RetryableError(answer.detail, retry_after_s=self.records.claim_s)
        self.records.release(claim, answer.detail)
        if answer.outcome is Outcome.MISCONFIGURED:
            return UsageError(f"{self.gallery.who}: {answer.detail}")
        if answer.outcome is Outcome.BUSY:
            return BusyError(answer.detail, retry_after_s=answer.wait_s)
        return RetryableError(answer.detail)
