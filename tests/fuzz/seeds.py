"""Sound inputs to start from, all made here: nothing of anybody else's is checked in or fetched."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from tests.odd_pictures import corpus

_LARGE = 50_000
_LINKS = (
    "https://i.redd.it/abcdefghijklm.jpg",
    "https://preview.redd.it/abcdefghijklm.jpg?width=640&crop=smart&auto=webp&s=0123456789abcdef",
    "https://www.reddit.com/gallery/abc123",
    "https://imgur.com/a/AbCdE",
    "https://imgur.com/gallery/title-of-it-AbCdEfG",
    "https://i.imgur.com/AbCdEfG.jpg",
    "https://www.flickr.com/photos/somebody/12345678901/in/pool-123",
    "https://flic.kr/p/2abCDE",
    "https://live.staticflickr.com/65535/12345678901_0123456789_k.jpg",
    "http://user@example.com:8080/a%20b.JPG?x=1#y",
    "https://[2606:4700::1]:443/a.png",
    "https://bücher.example/ü.webp",
)


@cache
def images() -> list[bytes]:
    """Every format, mode and feature the decoder knows, and some that it refuses."""
    rng = np.random.default_rng(8)
    noise = Image.fromarray(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8))
    ramp = Image.fromarray(np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16))
    alpha = noise.convert("RGBA")
    alpha.putalpha(noise.convert("L"))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    odd = profile.replace("sRGB".encode("utf-16-be"), "odd ".encode("utf-16-be"))
    return [
        _encode(noise, "JPEG"),
        _encode(noise, "JPEG", progressive=True, subsampling="4:4:4", comment=b"a comment"),
        _encode(noise, "JPEG", exif=exif, icc_profile=odd, restart_marker_rows=1, optimize=True),
        _encode(noise.convert("L"), "JPEG", quality=20),
        _encode(noise.convert("CMYK"), "JPEG"),
        _encode(noise, "MPO", save_all=True, append_images=[noise]),
        _encode(noise, "PNG", exif=exif),
        _encode(noise, "PNG", icc_profile=odd, transparency=(1, 2, 3)),
        _encode(noise.convert("L"), "PNG"),
        _encode(noise.convert("1"), "PNG"),
        _encode(noise.convert("P"), "PNG", transparency=3),
        _encode(alpha.convert("LA"), "PNG"),
        _encode(alpha, "PNG"),
        _encode(ramp, "PNG"),
        _encode(noise, "PNG", save_all=True, append_images=[noise.rotate(180)]),
        _encode(noise, "WEBP"),
        _encode(noise, "WEBP", lossless=True, exif=exif),
        _encode(alpha, "WEBP", icc_profile=odd),
        _encode(noise, "WEBP", save_all=True, append_images=[noise.rotate(180)]),
        _encode(noise, "AVIF", speed=10),
        _encode(alpha, "AVIF", speed=10, exif=exif, icc_profile=odd),
        _encode(noise, "GIF"),
        _encode(noise, "TIFF"),
        b"<!doctype html><title>gone</title>",
    ]


def containers() -> list[bytes]:
    """Files with everything that may stand around pixels; the largest are left out."""
    return [data for data in corpus().values() if len(data) < _LARGE]


def links() -> list[bytes]:
    """One link of every shape that host rules tell apart."""
    return [link.encode() for link in _LINKS]


def messages() -> list[bytes]:
    """Queue messages: the smallest, and one with every field."""
    submission = {"source": "reddit", "id": "t3_abc123"}
    small: dict[str, Any] = {"id": "t3_abc123/x", "urls": [_LINKS[0]], "submission": submission}
    full = small | {
        "urls": list(_LINKS[:8]),
        "width": 4000,
        "height": 3000,
        "host": "reddit",
        "previews": [{"url": _LINKS[1], "width": 640, "height": 480}],
        "submission": submission
        | {
            "community": "EarthPorn",
            "author": "somebody",
            "title": "ü 🏔",
            "created_utc": 1.7e9,
            "url": _LINKS[3],
        },
    }
    return [json.dumps({"version": 1, "candidate": each}).encode() for each in (small, full)]


def posts() -> list[bytes]:
    """Reddit submissions: a link of every host, a gallery, one half ready, and a crosspost."""
    base = {
        "name": "t3_abc123",
        "id": "abc123",
        "title": "ü &amp; 🏔",
        "subreddit": "EarthPorn",
        "over_18": False,
    }
    image = {"status": "valid", "e": "Image", "m": "image/jpg", "s": {"u": _LINKS[1], "x": 4000, "y": 3000}}
    preview = {"source": {"url": _LINKS[1], "width": 4000, "height": 3000}, "resolutions": []}
    gallery = base | {
        "is_gallery": True,
        "url": "https://www.reddit.com/gallery/abc123",
        "gallery_data": {"items": [{"media_id": "m1", "id": 1}, {"media_id": "m2", "id": 2}]},
        "media_metadata": {"m1": image | {"id": "m1"}, "m2": image | {"id": "m2"}},
    }
    linked = [base | {"url": link, "preview": {"images": [preview], "enabled": True}} for link in _LINKS]
    half = gallery | {"media_metadata": {"m1": {"status": "failed"}, "m2": image | {"e": "AnimatedImage"}}}
    crosspost = base | {"crosspost_parent_list": [gallery], "url": "/r/EarthPorn/comments/abc123/"}
    return [json.dumps(each).encode() for each in (*linked, gallery, half, crosspost)]


def feeds() -> list[bytes]:
    """RSS with enclosures, Media-RSS with copies, pictures in a text, Atom with XHTML; and one cut off."""
    rss = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        "<title>t</title><item><guid>1</guid><title>Dawn</title><link>https://p.example/1</link>"
        "<author>a@b.example (Ann)</author><category>x</category>"
        "<pubDate>Thu, 14 Nov 2024 22:13:46 GMT</pubDate>"
        '<enclosure url="https://p.example/1.jpg" type="image/jpeg" length="1"/></item>'
        "<item><guid>2</guid><pubDate>0000-00-00T00:00:00Z</pubDate><media:group>"
        '<media:content url="https://p.example/s.jpg" medium="image" width="140" height="93"/>'
        '<media:content url="https://p.example/l.jpg" medium="image" width="4200" height="2800"/>'
        "</media:group><media:rating>adult</media:rating></item><item><link>https://p.example/3</link>"
        '<description><![CDATA[text <![[ more <img src="/a.jpg" width="600">'
        "<!-- <img src=b> -->]]></description>"
        "</item></channel></rss>"
    )
    atom = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://p.example/">'
        "<title>t</title><entry><id>e</id><updated>2024-11-14T22:13:46+00:00</updated>"
        '<link href="https://i.redd.it/a.jpg"/><rights>CC0</rights><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>x <img src="i/1.jpg"/></p></div></content>'
        "</entry></feed>"
    )
    copies = (
        '<rss xmlns:media="http://search.yahoo.com/mrss/"><item><guid>4</guid><enclosure url="/4" type=""/>'
        '<media:content url="https://i.imgur.com/AbCdEfGm.jpg" width="320"/>'
        '<media:thumbnail url="/t.jpg"/></item><item><guid>5</guid><description><![CDATA['
        '<picture><source srcset="/a,b.webp 1600w, /c.avif 2x" type="image/webp"><img src="data:,"'
        ' data-src="/d.jpg" width="3" height="2"></picture>]]></description></item></rss>'
    )
    return [
        rss.encode(),
        atom.encode(),
        rss.encode()[:700],
        rss.replace("</item>", "").encode(),
        copies.encode(),
    ]


def reddit_feeds() -> list[bytes]:
    """Reddit's own Atom: a link, and a text that says [link] too."""
    entry = (
        '<entry><author><name>/u/a</name></author><category term="EarthPorn"/><content type="html">{text}'
        '&lt;span&gt;&lt;a href="{link}"&gt;[link]&lt;/a&gt;&lt;/span&gt;</content><id>t3_{name}</id>'
        '<link href="https://www.reddit.com/r/EarthPorn/comments/{name}/dawn/"/>'
        "<updated>2024-11-14T22:13:46+00:00</updated><title>Dawn</title></entry>"
    )
    entries = [
        entry.format(text="", link=_LINKS[0], name="abc12"),
        entry.format(text="&lt;a href='https://x.example'&gt;[link]&lt;/a&gt;", link=_LINKS[3], name="abc11"),
    ]
    head = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>new</title>'
    return [f"{head}{''.join(entries)}</feed>".encode(), f"{head}{entries[0]}".encode()]


def reddit_pages() -> list[bytes]:
    """A listing of submissions of every kind."""
    children = [{"kind": "t3", "data": json.loads(post)} for post in posts()]
    return [json.dumps({"kind": "Listing", "data": {"children": children, "after": "t3_abc"}}).encode()]


def archive_pages() -> list[bytes]:
    """An archive's answer: submissions, some removed later."""
    found = [
        json.loads(post) | {"created_utc": 1.7e9, "_meta": {"removal_type": "x"}} for post in posts()[-3:]
    ]
    found.append(found[0] | {"_meta": None, "name": "t3_abc124", "id": "abc124"})
    return [json.dumps({"data": found}).encode()]


def lemmy_pages() -> list[bytes]:
    """A link with a thumbnail, and a text with a picture in it."""
    actor = {"name": "a", "actor_id": "https://l.example/u/a"}
    post = {"id": 7, "name": "Dawn", "ap_id": "https://l.example/post/7", "published": "2024-11-14T22:13:46Z"}
    linked = post | {"url": _LINKS[0], "thumbnail_url": _LINKS[1], "nsfw": False}
    text = post | {"id": 8, "body": "see ![it](https://p.example/a.jpg) ![[b](https://p.example/b.jpg)"}
    size = {"link": _LINKS[0], "width": 4000, "height": 3000}
    views = [
        {"post": each, "community": actor, "creator": actor, "image_details": size} for each in (linked, text)
    ]
    newer = [view | {"post": view["post"] | {"published_at": post["published"]}} for view in views]
    newer[0]["post"] |= {
        "url": "https://l.example/api/v4/image/proxy?url=https%3A%2F%2Fp.example%2Fa_(b).jpg",
        "url_content_type": "image/jpeg",
    }
    return [
        json.dumps({"posts": views, "next_page": "P1"}).encode(),
        json.dumps({"items": newer, "next_page": "P1"}).encode(),
    ]


def timelines() -> list[bytes]:
    """A picture with everything, a film, and a post marked sensitive."""
    picture = {
        "id": "77",
        "type": "image",
        "url": "https://m.example/media_attachments/files/111/222/original/a0a0a0a0a0.jpeg",
        "preview_url": "https://m.example/media_attachments/files/111/222/small/a0a0a0a0a0.jpeg",
        "remote_url": "https://far.example/a.jpeg",
        "meta": {"original": {"width": 3840, "height": 2160}, "small": {"width": 640, "height": 360}},
        "description": "Fog",
    }
    status = {
        "id": "9",
        "created_at": "2026-11-01T10:00:00.000Z",
        "language": "en",
        "url": "https://far.example/@ann/9",
        "content": "<p>Dawn &amp; <a href='#'>fog</a></p>",
        "account": {"acct": "ann@far.example"},
        "tags": [{"name": "nature"}],
    }
    return [
        json.dumps(
            [
                status | {"media_attachments": [picture, picture | {"id": "78", "type": "gifv"}]},
                status | {"id": "8", "sensitive": True, "media_attachments": [picture]},
                status | {"id": "7", "media_attachments": [picture | {"type": "unknown", "url": None}]},
            ]
        ).encode()
    ]


def commons_pages() -> list[bytes]:
    """A file with everything, and one without its properties."""
    info = {
        "url": _LINKS[0],
        "mime": "image/jpeg",
        "timestamp": "2024-11-14T22:13:46Z",
        "user": "A",
        "thumburl": _LINKS[1],
        "thumbwidth": 640,
        "thumbheight": 480,
        "width": 4000,
        "height": 3000,
        "extmetadata": {
            "LicenseShortName": {"value": "CC0"},
            "Artist": {"value": "<a href='x'>A &amp; B</a>"},
        },
    }
    pages = [{"pageid": 7, "title": "File:Dawn.jpg", "imageinfo": [info]}, {"pageid": 8, "title": "File:x"}]
    return [json.dumps({"query": {"pages": pages}, "continue": {"gaicontinue": "x"}}).encode()]


def recordings() -> list[bytes]:
    """Lines of recorded submissions; and one."""
    return [b"\n" + b"\n".join(posts()), posts()[-1], b'{"kind": "t3", "data": ' + posts()[0] + b"}"]


def events() -> list[bytes]:
    """Messages of Jetstream: posts of every kind, a deletion, an account."""
    did, cid = "did:plc:" + "a" * 24, "bafkrei" + "a" * 52
    base = {"did": did, "time_us": 1_795_000_000_000_000, "kind": "commit"}
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k"}
    blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": "image/jpeg", "size": 900_000}
    image = {"alt": "ü 🏔", "image": blob, "aspectRatio": {"width": 2000, "height": 1500}}
    images = {"$type": "app.bsky.embed.images", "images": [image]}
    record = {
        "text": "ü 🏔",
        "langs": ["en"],
        "tags": ["fjord"],
        "facets": [{"features": [{"uri": _LINKS[3]}, {"tag": "fjord"}]}],
        "labels": {"values": [{"val": "bot"}]},
    }
    embeds: list[Any] = [
        images,
        {"$type": "app.bsky.embed.recordWithMedia", "media": images, "record": {}},
        {"$type": "app.bsky.embed.external", "external": {"uri": _LINKS[0], "thumb": blob}},
        {"$type": "app.bsky.embed.video", "video": blob},
    ]
    told = [base | {"commit": commit | {"record": record | {"embed": embed}}} for embed in embeds]
    told.append(base | {"commit": commit | {"operation": "delete"}})
    told.append(base | {"kind": "account", "account": {"active": False, "status": "deleted"}})
    return [json.dumps(each).encode() for each in told]


def documents() -> list[bytes]:
    """A DID's document."""
    service = {
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": "https://pds.example.org",
    }
    did = "did:plc:" + "a" * 24
    return [json.dumps({"id": did, "alsoKnownAs": ["at://name.example.org"], "service": [service]}).encode()]


def manifests() -> list[bytes]:
    """A bundle's manifest with every part."""
    artifact = {
        "file": "a.onnx",
        "sha256": "0" * 64,
        "bytes": 1,
        "licence": "MIT",
        "source": "https://example.com",
        "precision": "int8",
    }
    resize = {"size": 224, "fit": "squash", "resample": "lanczos"}
    network = {
        "artifact": artifact,
        "preprocess": {"resizes": [resize], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
    }
    threshold = {"value": 1.5, "chosen": "by hand"}
    manifest = {
        "schema": 1,
        "name": "lite",
        "version": "1.0.0",
        "created_from": "seeds",
        "encoder": network | {"dim": 512},
        "novelty": {"artifact": artifact, "threshold": threshold},
        "watermark": network | {"threshold": threshold},
        "canonical": [{"image": "ramp", "embedding": [0.1, 0.2], "novelty": 700.5, "watermark": 0.1}],
    }
    return [json.dumps(manifest).encode()]


def _encode(image: Image.Image, image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()
