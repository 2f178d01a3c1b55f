"""Says where the pages of a sheet find its pictures, its charts and one another."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from bowerbird.core.keys import digest
from bowerbird.review.page import BESIDE, INSIDE, SERVED
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.thumbs import Thumb
from bowerbird.review.sheet.views import View

#: The folder beside `sheet.html`.
FOLDER: Final = "sheet-files"


class Places(Protocol):
    """Addresses as they stand on one page; `pictures` is for the page's policy."""

    @property
    def pictures(self) -> str:
        """Where pictures may come from, as `bowerbird.review.page` names it."""
        ...

    @property
    def inside(self) -> bool:
        """Whether the page holds its pictures itself."""
        ...

    @property
    def size(self) -> int:
        """How many characters the pictures take in the page so far."""
        ...

    def picture(self, card: Card, thumb: Thumb) -> str:
        """Give the address of a small picture."""
        ...

    def chart(self, number: int, draw: Callable[[], bytes]) -> str:
        """Give the address of a chart, which `draw` draws as SVG."""
        ...

    def view(self, view: View, page: int) -> str | None:
        """Give the address of a page of pictures; None where there are no further pages."""
        ...

    def front(self) -> str:
        """Give the address of the front page."""
        ...


@dataclass(slots=True)
class Inside:
    """One file holds everything; there are no further pages. `size` counts what the pictures take."""

    size: int = 0
    pictures: str = field(default=INSIDE, init=False)
    inside: bool = field(default=True, init=False)

    def picture(self, _card: Card, thumb: Thumb) -> str:
        """Put the picture into the page."""
        return self._inside(thumb.data, "image/jpeg")

    def chart(self, _number: int, draw: Callable[[], bytes]) -> str:
        """Put the chart into the page."""
        return self._inside(draw(), "image/svg+xml")

    def view(self, _view: View, _page: int) -> str | None:
        """There is no other page."""
        return None

    def front(self) -> str:
        """The page itself."""
        return ""

    def _inside(self, data: bytes, content_type: str) -> str:
        uri = f"data:{content_type};base64,{base64.b64encode(data).decode()}"
        self.size += len(uri)
        return uri


@dataclass(slots=True)
class Beside:
    """Pages and pictures are files. `files` gathers the files that a page needs, by name, in the folder."""

    on_front: bool
    files: dict[str, bytes] = field(default_factory=dict)
    pictures: str = field(default=BESIDE, init=False)
    inside: bool = field(default=False, init=False)
    size: int = field(default=0, init=False)

    def picture(self, card: Card, thumb: Thumb) -> str:
        """Name the picture as its thumbnail is named."""
        return self._file(f"{digest(card.candidate)}.jpg", thumb.data)

    def chart(self, number: int, draw: Callable[[], bytes]) -> str:
        """Number the charts."""
        return self._file(f"chart-{number}.svg", draw())

    def view(self, view: View, page: int) -> str:
        """Name the page by its view."""
        return f"{self._base}{page_name(view, page)}"

    def front(self) -> str:
        """The front lies outside of the folder."""
        return "" if self.on_front else "../sheet.html"

    @property
    def _base(self) -> str:
        return f"{FOLDER}/" if self.on_front else ""

    def _file(self, name: str, data: bytes) -> str:
        self.files[name] = data
        return f"{self._base}{name}"


def page_name(view: View, page: int) -> str:
    """Give the name of a page's file."""
    return f"{view.name}-{page}.html"


@dataclass(frozen=True, slots=True)
class Served:
    """The server gives pages and pictures of one `day`, or of all."""

    day: str
    pictures: str = field(default=SERVED, init=False)
    inside: bool = field(default=False, init=False)
    size: int = field(default=0, init=False)

    def picture(self, card: Card, _thumb: Thumb) -> str:
        """Name the picture as its thumbnail is named."""
        return f"pictures/{digest(card.candidate)}.jpg"

    def chart(self, number: int, _draw: Callable[[], bytes]) -> str:
        """Number the charts, which are drawn when somebody asks for them."""
        return f"charts/{self.day}/{number}.svg"

    def view(self, view: View, page: int) -> str:
        """A page of a view."""
        return f"?day={self.day}&of={view.name}&page={page}"

    def front(self) -> str:
        """The day's front."""
        return f"?day={self.day}"
