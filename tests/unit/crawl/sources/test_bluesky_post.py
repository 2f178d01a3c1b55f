from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.messages import MAX_MESSAGE_BYTES, Submission, decode_candidate, encode_candidate
from bowerbird.core.post import Post
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.sources.bluesky_post import parse_record
from tests.fakes import FakeFetcher

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
CID = "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"


def image(cid: str = CID, size: int = 900_000, mime: str = "image/jpeg", **fields: Any) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": size}
    return {"alt": "", "image": blob, "aspectRatio": {"width": 2000, "height": 1500}} | fields


def images(*each: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": list(each)}


def parse(embed: object = None, **record: Any) -> Post:
    whole = {"$type": "app.bsky.feed.post", "text": "Dawn", "embed": embed} | record
    return parse_record(whole, DID, "3k", 1_795_000_000.5)


def test_what_an_author_says_is_kept() -> None:
    facets = [
        {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "fjord"}]},
        {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/b"}]},
    ]
    post = parse(images(image(alt="A lake")), langs=["en", "nb-NO"], tags=["landscape"], facets=facets)
    assert post.submission == Submission(
        source="bluesky",
        id=f"at://{DID}/app.bsky.feed.post/3k",
        author=DID,
        title="Dawn",
        permalink=f"https://bsky.app/profile/{DID}/post/3k",
        created_utc=1_795_000_000.5,
        languages=("en", "nb-NO"),
        tags=("landscape", "fjord"),
        links=("https://a.example/b",),
    )
    (each,) = post.attachments
    assert each.alt == "A lake"
    assert each.urls == (
        f"at://{DID}/xrpc/com.atproto.sync.getBlob?did={DID}&cid={CID}",
        f"https://cdn.bsky.app/img/feed_fullsize/plain/{DID}/{CID}@jpeg",
    )
    assert (each.id, each.host, each.width, each.height) == (CID, "bluesky", 2000, 1500)


@pytest.mark.parametrize(
    ("ratio", "size", "mime", "declared", "copy"),
    [
        ((2000, 1500), 900_000, "image/jpeg", (2000, 1500), (1000, 750)),
        ((1500, 4000), 900_000, "image/webp", (1500, 4000), (375, 1000)),
        ((739, 670), 392_305, "image/jpeg", (739, 670), (739, 670)),
        ((3, 2), 900_000, "image/jpeg", (None, None), (1000, 667)),
        ((16, 9), 1_000, "image/png", (None, None), (1000, 562)),
        ((300, 200), 900_000, "image/jpeg", (None, None), (1000, 667)),  # too heavy for so few pixels
        ((600, 400), 900_000, "image/png", (600, 400), (600, 400)),
        ((2000, 1500), None, "image/jpeg", (None, None), (1000, 750)),
        ((0, 1500), 900_000, "image/jpeg", (None, None), None),
        (("a", 1500), 900_000, "image/jpeg", (None, None), None),
        (None, 900_000, "image/jpeg", (None, None), None),
    ],
)
def test_a_ratio_is_a_size_only_where_the_file_can_have_it(
    ratio: tuple[Any, Any] | None,
    size: Any,
    mime: str,
    declared: tuple[int | None, int | None],
    copy: tuple[int, int] | None,
) -> None:
    told = {"width": ratio[0], "height": ratio[1]} if ratio else None
    (each,) = parse(images(image(size=size, mime=mime, aspectRatio=told))).attachments
    assert (each.width, each.height) == declared
    assert [(preview.width, preview.height) for preview in each.previews] == ([copy] if copy else [])


def looked(post: Post) -> list[str]:
    found = Crawler(FakeFetcher({}), Hosts.found(), sleep=lambda _: None).look(post)
    return [str(each.reason) if isinstance(each, Skipped) else each.id.rpartition("/")[2] for each in found]


QUOTED = {"$type": "app.bsky.embed.record", "record": {"uri": "at://x/app.bsky.feed.post/y", "cid": "bafy"}}
VIDEO = {"$type": "app.bsky.embed.video", "video": {"ref": {"$link": CID}, "mimeType": "video/mp4"}}
CARD = {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.example/b.jpg", "thumb": image()}}


@pytest.mark.parametrize(
    ("embed", "expected"),
    [
        (images(image("bafkreia1"), image("bafkreia2")), ["bafkreia1", "bafkreia2"]),
        (images(image("bafkreia1"), image("bafkreia1")), ["bafkreia1"]),
        (
            {
                "$type": "app.bsky.embed.recordWithMedia",
                "media": images(image("bafkreia1")),
                "record": QUOTED,
            },
            ["bafkreia1"],
        ),
        ({"$type": "app.bsky.embed.gallery", "items": [image("bafkreia1")]}, ["bafkreia1"]),
        (QUOTED, ["text-only"]),
        (None, ["text-only"]),
        (VIDEO, ["video"]),
        ({"$type": "app.bsky.embed.recordWithMedia", "media": VIDEO, "record": QUOTED}, ["video"]),
        (images(image(mime="image/gif")), ["video"]),
        (images(image("../../etc")), ["text-only"]),
        (images(), ["text-only"]),
        ("images", ["text-only"]),
        ({"$type": "app.bsky.embed.external", "external": {"uri": "javascript:alert(1)"}}, ["text-only"]),
        (
            {"$type": "app.bsky.embed.external", "external": {"uri": "https://media.tenor.com/a/b.gif"}},
            ["video: video"],
        ),
    ],
)
def test_pictures_come_once_and_a_quoted_posts_are_its_own(embed: object, expected: list[str]) -> None:
    assert looked(parse(embed)) == expected


def test_a_card_goes_through_the_rules_of_hosts() -> None:
    (found,) = Crawler(FakeFetcher({}), Hosts.found()).look(parse(CARD))
    assert not isinstance(found, Skipped)
    assert (found.host, found.urls) == ("direct", ("https://a.example/b.jpg",))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([{"val": "porn"}], ["over-18"]),
        ([{"val": "sexual"}], ["over-18"]),
        ([{"val": "nudity"}], ["over-18"]),
        ([{"val": "graphic-media"}], ["over-18"]),
        ([{"val": "!no-unauthenticated"}], ["signed-in-only"]),
        ([{"val": "bot"}, "porn", {"value": "porn"}, None], ["bafkreia1"]),
        ("porn", ["bafkreia1"]),
    ],
)
def test_labels_are_honoured(labels: object, expected: list[str]) -> None:
    told = {"$type": "com.atproto.label.defs#selfLabels", "values": labels}
    assert looked(parse(images(image("bafkreia1")), labels=told)) == expected


def test_the_heaviest_post_fits_a_message() -> None:
    heavy = "\N{PILE OF POO}" * 5000
    facets = [{"features": [{"tag": f"{n}{heavy}"}, {"uri": f"https://a.example/{n}/ü"}]} for n in range(40)]
    post = parse(
        images(image(alt=heavy)), text=heavy, tags=[heavy] * 50, facets=facets, langs=["x" * 35] * 50
    )
    (found,) = Crawler(FakeFetcher({})).look(post)
    assert not isinstance(found, Skipped)
    body = encode_candidate(found)
    assert len(body) < MAX_MESSAGE_BYTES
    assert decode_candidate(body) == found
    assert json.loads(body)["version"] == 2
    assert len(found.submission.alt or "") == 2000  # as long as Bluesky allows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    fields=st.dictionaries(st.sampled_from(["text", "embed", "labels", "langs", "tags", "facets"]), JSON),
    picture=st.dictionaries(st.sampled_from(["alt", "image", "aspectRatio"]), JSON),
)
def test_a_strangers_record_breaks_nothing(fields: dict[str, Any], picture: dict[str, Any]) -> None:
    looked(parse(**({"embed": images(image() | picture)} | fields)))
