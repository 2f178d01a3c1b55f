import pytest

from bowerbird.crawl.sources.reddit_text import markdown_links, picture_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Here:\n\nhttps://i.imgur.com/a.jpg\n", ["https://i.imgur.com/a.jpg"]),
        ("[x](https://a.example/1.jpg) and [y](https://a.example/2.jpg)",
         ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
        ("[x](https://a.example/1.jpg)[y](https://a.example/2.jpg)text",
         ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
        ('[x](https://a.example/1.jpg "a title")', ["https://a.example/1.jpg"]),
        ("see https://a.example/1.jpg, or (https://a.example/2.jpg).",
         ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
        ("https://commons.example/Foo_(bar).jpg", ["https://commons.example/Foo_(bar).jpg"]),
        ("**https://a.example/1.jpg**", ["https://a.example/1.jpg"]),
        (r"https://i.imgur.com/a\_b.jpg", ["https://i.imgur.com/a_b.jpg"]),
        ("<https://a.example/1.jpg>", ["https://a.example/1.jpg"]),
        ("[https://a.example/1.jpg](https://a.example/1.jpg)", ["https://a.example/1.jpg"] * 2),
        ("no link, http:// nothing", []),
        (None, []),
        (7, []),
    ],
)  # fmt: skip
def test_links_are_found_however_they_are_written(text: object, links: list[str]) -> None:
    assert markdown_links(text) == links


def test_a_hostile_text_takes_no_longer_than_another() -> None:
    for text in ("https://" + "(" * 50_000, "https://a)" * 20_000, r"https://\_" * 20_000):
        assert len(markdown_links(text)) <= 5_000


def test_only_what_may_be_a_picture_counts() -> None:
    links = [
        "https://preview.redd.it/a.jpg?s=1",
        "https://www.reddit.com/r/pics/comments/abc/x/",
        "https://redd.it/abc",
        "https://www.reddit.com/media?url=https%3A%2F%2Fi.redd.it%2Fb.png",
        "https://i.imgur.com/c.jpg",
        "https://i.imgur.com/c.jpg",
        "ftp://a.example/",
        None,
    ]
    assert picture_links(links, own=False) == (links[0], links[3], links[4])
    assert picture_links(links, own=True) == (links[0],)
    assert len(picture_links([f"https://a.example/{n}" for n in range(100)], own=False)) == 20
