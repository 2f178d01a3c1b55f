import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bowerbird.core.keys import thumb_key
from bowerbird.review.sheet import Reference
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.summary import read_run
from tests.fakes import FakeStore

from .conftest import decision, fill, landscape

ALLOWED_TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "footer",
        "nav",
        "figure",
    ),
    *(
        "h1",
        "h2",
        "p",
        "small",
        "b",
        "i",
        "bdi",
        "span",
        "code",
        "div",
        "dl",
        "dt",
        "dd",
        "ol",
        "ul",
        "li",
        "a",
    ),
    *("picture", "source", "img", "svg", "rect", "path", "circle", "details", "summary"),
}
HOSTILE = [
    '"><script>alert(1)</script>',
    "</title></style><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '" onerror="alert(1)" x="',
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><!--",
    "\ud800\u202e\x00\u2028",
]


class Seen(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


def page_of(store: FakeStore) -> str:
    """Without the histogram, which takes a second to draw."""
    return str(Sheet(read_run(store), None, store, "A run").whole())


@pytest.fixture(scope="module")
def page(run: FakeStore, reference: Reference) -> str:
    report = read_run(run)
    return str(Sheet(report, Histogram.of(report, reference), run, "A run").whole())


def test_the_page_needs_nothing_beside_it(page: str) -> None:
    seen = Seen(page)
    sources = [a.get("src") or a.get("srcset") for a in seen.of("img", "source")]
    assert sources
    assert all(source and source.startswith("data:image/") for source in sources)
    assert {tag for tag, _ in seen.tags} <= ALLOWED_TAGS
    assert "@import" not in page
    assert "url(" not in page


def test_the_policy_allows_our_style_and_inline_pictures_only(page: str) -> None:
    css = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert css is not None
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    policy = next(a["content"] for a in Seen(page).of("meta") if "http-equiv" in a)
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_no_attribute_carries_style_or_script(page: str) -> None:
    names = {name for _, attributes in Seen(page).tags for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}


def test_every_count_and_reason_is_on_the_page(page: str) -> None:
    text = re.sub(r"\s+", " ", page)
    for count, name in ((61, "seen"), (24, "kept"), (37, "rejected")):
        assert f"<dt>{name}</dt><dd>{count}</dd>" in text
    for reason in (
        "Unlike what you love",
        "Watermarked",
        "Too small",
        "Too wide",
        "Gone",
        "A page, not a picture",
        "Truncated",
    ):
        assert f"<span>{reason} <small>" in text


def test_a_click_opens_the_post_and_tells_it_nothing(page: str) -> None:
    links = [a for a in Seen(page).of("a") if not (a["href"] or "").startswith("#")]
    assert len(links) == 61
    assert {a["rel"] for a in links} == {"noopener noreferrer"}
    assert all((a["href"] or "").startswith("https://www.reddit.com/r/EarthPorn/comments/") for a in links)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_stays_text(text: str) -> None:
    post = dict.fromkeys(
        ("source", "id", "community", "author", "title", "permalink", "url", "licence"), text
    )
    store = FakeStore()
    both = [decision("kept", submission=post, bundle=text, reason=text)]
    both.append(decision("no", keep=False, stage=text, reason=f"{text}: {text}", submission=post))
    fill(store, both, lambda number: landscape(number) if number else None)
    page = page_of(store)
    seen = Seen(page)
    assert {tag for tag, _ in seen.tags} <= ALLOWED_TAGS
    assert not {n for _, attributes in seen.tags for n in attributes if n.startswith("on") or n == "style"}
    assert "49" not in re.sub(r'="[^"]*"', "", re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL))
    page.encode()


@settings(max_examples=40, deadline=None)
@given(title=st.text(max_size=60), author=st.text(max_size=60), url=st.text(max_size=60))
def test_any_text_gives_the_same_tags(title: str, author: str, url: str) -> None:
    def tags(**post: str) -> list[str]:
        store = FakeStore()
        fill(store, [decision("k", submission={"source": "s", "id": "i"} | post)], lambda _: None)
        return [tag for tag, _ in Seen(page_of(store)).tags if tag not in {"a", "p", "bdi", "div"}]

    assert tags(title=title, author=author, permalink=url) == tags()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "HTTPS://ex ample.org"]
)
def test_an_unsafe_link_is_no_link(url: str) -> None:
    store = FakeStore()
    fill(store, [decision("k", submission={"title": "x", "permalink": url, "url": url})], lambda _: None)
    page = page_of(store)
    assert Seen(page).of("a") == []
    assert url not in page


def test_a_candidate_without_a_picture_shows_its_reason() -> None:
    store = FakeStore()
    gone = decision("g", keep=False, stage="original", reason="gone: 404", scores={}, thresholds={})
    fill(store, [gone], lambda _: None)
    assert '<span class="blank"><b>Gone</b><i dir="auto">404</i></span>' in page_of(store)


@pytest.mark.parametrize("data", [b"", b"<html>", landscape(1)[:40], b"\xff" * 300_000])
def test_what_is_no_small_jpeg_is_not_embedded(data: bytes) -> None:
    store = FakeStore()
    fill(store, [decision("k")], lambda _: None)
    store.put(thumb_key("k"), data, content_type="image/jpeg")
    assert "data:image/jpeg" not in page_of(store)


def test_a_long_group_is_folded_and_a_huge_one_is_cut() -> None:
    store = FakeStore()
    many = [decision(f"n{n}", keep=False, stage="original", reason="gone") for n in range(1_500)]
    fill(store, many, lambda _: None)
    page = page_of(store)
    assert page.count('class="card rejected"') == 60
    assert "<summary>Show 48 more</summary>" in page
    assert "and 1,440 more, not on this page" in page


def test_an_empty_place_says_so() -> None:
    assert "Nothing was kept: no candidate has been decided yet." in page_of(FakeStore())


def test_the_score_is_called_match_and_stands_among_the_owners_pictures() -> None:
    store = FakeStore()
    low = decision(
        "low", keep=False, stage="novelty", reason="novelty: 3 is below 104.5",
        scores={"novelty": 3.0}, thresholds={"novelty": 104.5}, facts={"novelty_percentile": 0.0},
    )  # fmt: skip
    fill(store, [decision("k", facts={"novelty_percentile": 63.4}), low], lambda _: None)
    page = re.sub(r"<style>.*</style>", "", page_of(store), flags=re.DOTALL)
    assert "<b>match 120</b>" in page.replace(".0", "")
    assert "<i>better than 63 % of yours</i>" in page
    assert "<i>better than 0 % of yours</i>" in page
    assert "1 rejected at match" in page
    assert "novelty" not in page.lower()
