"""Sound inputs to start from, all made here: nothing of anybody else's is checked in or fetched."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms

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
        _encode(noise, "GIF"),
        _encode(noise, "TIFF"),
        b"<!doctype html><title>gone</title>",
    ]


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
    """Reddit submissions: a link of every host, a gallery, and a crosspost of it."""
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
    crosspost = base | {"crosspost_parent_list": [gallery], "url": "/r/EarthPorn/comments/abc123/"}
    return [json.dumps(each).encode() for each in (*linked, gallery, crosspost)]


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
