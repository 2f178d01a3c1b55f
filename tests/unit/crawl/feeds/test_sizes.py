"""Whether what is attached is one picture in several sizes."""

from __future__ import annotations

import pytest

from bowerbird.core.messages import Preview
from bowerbird.crawl.feeds.sizes import Size, one_picture


def test_copies_of_one_name_are_one_picture_though_no_height_is_told() -> None:
    assert one_picture(
        {
            "https://i.example/a/1.jpg?width=140&s=x": (140, None),
            "https://i.example/a/1.jpg?width=1900&s=y": (1900, None),
        }
    ) == (
        ("https://i.example/a/1.jpg?width=1900&s=y", 1900, None),
        (Preview("https://i.example/a/1.jpg?width=140&s=x", 140, 79),),
    )
    found = one_picture(
        {"https://i.example/1-300.jpg": (300, None), "https://i.example/1-1200.jpg": (1200, None)}
    )
    assert found is not None
    assert found[0][0] == "https://i.example/1-1200.jpg"


@pytest.mark.parametrize(
    "sized",
    [
        {"https://i.example/1.jpg": (140, None), "https://i.example/2.jpg": (1900, None)},
        {"https://i.example/1.jpg?a": (140, None), "https://i.example/1.jpg?b": (140, None)},
        {"https://i.example/1.jpg?a": (140, None), "https://i.example/1.jpg?b": (None, None)},
        {"https://i.example/300.jpg": (30, None), "https://i.example/1300.jpg": (130, None)},
        {"https://i.example/1.jpg": (140, 100)},
    ],
)
def test_what_may_differ_stays_apart(sized: dict[str, Size]) -> None:
    assert one_picture(sized) is None
