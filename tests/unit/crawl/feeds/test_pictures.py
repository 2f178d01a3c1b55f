"""What a text shows, and every copy of it that its tags name."""

from __future__ import annotations

import pytest

from bowerbird.crawl.feeds.pictures import TAGS, Copy, shown
from bowerbird.crawl.markup import start_tags


def pictures(html: str) -> list[list[Copy]]:
    return list(shown(start_tags(html, TAGS)))


def addresses(html: str) -> list[list[str]]:
    return [[copy.address for copy in copies] for copies in pictures(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="s" srcset="s 300w, l 2400w">', ["l", "s"]),
        ('<img src="s" srcset="l 2x, s 1x">', ["l", "s"]),
        ('<img src="s" srcset="l 2.5x,m">', ["l", "m", "s"]),
        ('<img src="s" srcset="a,b/c 900w, d,e 1800w">', ["d,e", "a,b/c", "s"]),
        ('<img srcset="only">', ["only"]),
        ('<img src="data:image/gif;base64,R0" data-src="real">', ["real"]),
        ('<img src="blank.gif" data-lazy-src="real" data-lazy-srcset="big 2000w">', ["big", "real"]),
        ('<img src="s" data-orig-file="upload" data-large-file="large">', ["upload", "large", "s"]),
        ('<picture><source srcset="w 1600w" type="image/webp"><img src="s"></picture>', ["w", "s"]),
        ('<picture><source srcset="x.avif 2000w, x.jpg 1000w"><img src="s"></picture>', ["x.jpg", "s"]),
        ('<picture><source srcset="x 2000w" type="image/avif"><img src="s"></picture>', ["s"]),
        ('<picture><source srcset="left 9999w"></picture><picture><img src="s"></picture>', ["s"]),
        ('<video><source srcset="v 9999w"></video><audio></audio><img src="s">', ["s"]),
    ],
)
def test_the_largest_copy_comes_first(html: str, expected: list[str]) -> None:
    assert addresses(html) == [expected]


@pytest.mark.parametrize("html", ['<img src="x" width="1" height="1">', "<img>", '<img src="i.svg">', "<p>"])
def test_what_shows_nothing_is_no_picture(html: str) -> None:
    assert pictures(html) == []


def test_a_copys_height_follows_the_shape_or_is_the_least_it_can_be() -> None:
    (told, untold) = pictures(
        '<img src="a" width="600" height="900" srcset="a 300w, A 2000w">'
        '<img src="b" srcset="b 320w, B 2000w">'
    )
    assert told == [Copy("A", 2000, 3000), Copy("a", 300, 450)]
    assert untold == [Copy("B", 2000, 1125), Copy("b", 320, 180)]


def test_a_srcset_without_end_is_cut_between_two_links() -> None:
    links = ", ".join(f"https://p.example/{number:08}.jpg {number + 100}w" for number in range(9000))
    (copies,) = pictures(f'<img srcset="{links}">')
    assert 1 < len(copies) <= 24
    assert all(len(copy.address) == len("https://p.example/00000000.jpg") for copy in copies)


@pytest.mark.parametrize("part", [", ", "a ", "a,", "1w,", "a 1w, ", "a 9x (", "\t"])
def test_a_megabyte_of_anything_ends(part: str) -> None:
    html = f"<img srcset='{part * (1_000_000 // len(part))}'>"
    assert len(pictures(html)) <= 1


def test_many_pictures_with_many_sources_take_no_longer_than_their_text() -> None:
    assert len(pictures('<source srcset="a 9w"><img src="b">' * 20_000)) == 20_000
