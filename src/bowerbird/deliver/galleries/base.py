"""What a gallery is to whoever delivers. A gallery is one module with a `SPEC`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from bowerbird.core.errors import UsageError
from bowerbird.deliver.deliverer import Gallery
from bowerbird.deliver.settings import GallerySettings


@dataclass(frozen=True, slots=True)
class Opened:
    """A gallery, its `name` in sidecars (never a secret), and how many waits a delivery may take."""

    gallery: Gallery
    name: str
    waits: float = 8.0


@dataclass(frozen=True, slots=True)
class GallerySpec:
    """What there is to know of a kind of gallery.

    - `form` is how it is named: `NAME:ARGUMENT`.
    - `open` makes one of the argument and the settings.
    - `converts` says that it takes only PNG and JPEG, and `named` that files go there under readable names.
    - `takes` and `again` are columns of docs/deliver.md: what it gets beside the picture, and how it tells a
      picture that it has. `variables` are the settings, with what they are for.
    """

    form: str
    open: Callable[[str, GallerySettings], Opened]
    takes: str
    again: str
    variables: Mapping[str, str] = field(default_factory=dict)
    converts: bool = False
    named: bool = True

    @property
    def name(self) -> str:
        """What stands before the colon."""
        return self.form.partition(":")[0]


def needed(secret: SecretStr, variable: str, what: str) -> str:
    """The secret.

    Raises:
        UsageError: nobody has set it.
    """
    value = secret.get_secret_value()
    if not value:
        raise UsageError(f"set {variable}, or {variable}_FILE, to {what}")
    return value
