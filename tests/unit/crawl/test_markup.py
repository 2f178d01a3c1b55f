"""Start tags as HTML has them, and no text for which the time is not in proportion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.crawl.markup import MAX_VALUE, Tag, start_tags, unescaped

NAMES = {"img", "a"}


@pytest.mark.parametrize(
    ("html", "tags"),
    [
        ('<img src="a.jpg" width=600>', [Tag("img", {"src": "a.jpg", "width": "600"}, "")]),
        ("<IMG SRC='a b'/>x", [Tag("img", {"src": "a b"}, "x")]),
        ('<img alt="a > b < c" src=x>', [Tag("img", {"alt": "a > b < c", "src": "x"}, "")]),
        ("<img src=a?x=1&amp;y=2>", [Tag("img", {"src": "a?x=1&y=2"}, "")]),
        ("<img src=a src=b hidden>", [Tag("img", {"src": "a", "hidden": ""}, "")]),
        ('<a href="x">[link]</a> <a>y', [Tag("a", {"href": "x"}, "[link]"), Tag("a", {}, "y")]),
        ("<!-- <img src=a> --><img src=b>", [Tag("img", {"src": "b"}, "")]),
        ("<!--><img src=b>", [Tag("img", {"src": "b"}, "")]),
        ("<!-- <img src=a>", []),
        ("<script>'<img src=a>'</script><img src=b>", [Tag("img", {"src": "b"}, "")]),
        ("<style><img src=a>", []),
        ("<imgs src=a><p><b>", []),
        ("text <![[ more <img src=a>", [Tag("img", {"src": "a"}, "")]),
        ('<img src="a', [Tag("img", {"src": '"a'}, "")]),
        ("<img src = a / >", [Tag("img", {"src": "a"}, "")]),
    ],
)
def test_tags_are_read(html: str, tags: list[Tag]) -> None:
    assert list(start_tags(html, NAMES)) == tags


def test_a_long_value_is_cut_and_a_number_without_end_is_no_error() -> None:
    (tag,) = start_tags(f"<img src={'a' * 9999} alt=&#{'9' * 9999};>", NAMES)
    assert len(tag.attributes["src"]) == MAX_VALUE
    assert len(tag.attributes["alt"]) <= MAX_VALUE


@pytest.mark.parametrize(
    "part",
    [
        *("<!--", "<a ", '<a href="', "<a x='", "<a x=", "</", "<?", "<!", "<![CDATA[", "<", "&", "<script>"),
        *("<style", "<img src=x alt='\"", "<a>[link]", " <a / / /", "<a" + " " * 50, "a=", "<a href=x "),
    ],
)
def test_a_megabyte_of_anything_ends(part: str) -> None:
    """What took quadratic time would take hours here."""
    tags = list(start_tags(part * (1_000_000 // len(part)), NAMES))
    assert len(tags) <= 1_000_000


@given(st.text(alphabet="<>!-/='\" aimgsrc&#x;[]", max_size=80))
def test_any_text_is_read_to_its_end(html: str) -> None:
    assert all(tag.name in NAMES for tag in start_tags(html, NAMES))


def test_a_reference_with_thousands_of_digits_costs_only_itself() -> None:
    far = "&#" + "9" * 5000 + ";"

    assert unescaped(f"a{far}b &#233; &amp;") == "a\ufffdb é &"
    (tag,) = start_tags(f'<img srcset="a.jpg 1x, {far} 2x" src="b.jpg">', {"img"})
    assert tag.attributes["src"] == "b.jpg"
