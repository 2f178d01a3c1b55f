"""Pictures on imgur, on flickr, and on sites of their authors' own."""

from __future__ import annotations

from bowerbird.demo import shapes
from bowerbird.demo.hour import Byline, RecordedHour
from bowerbird.demo.scenes.outcomes import DULL, KEPT
from bowerbird.demo.served_pictures import Picture


def imgur(hour: RecordedHour) -> None:
    """Add imgur's pages, files and thumbnails, and pictures that are gone."""
    hour.imgur_page(
        Byline("EarthPorn", "dunegrass81", "The long ridge, [OC] (1600x1067)"),
        "mQ4xTz9",
        Picture("extreme-desert-hike"),
        KEPT,
    )
    hour.imgur_page(
        Byline("roadtrip", "gravel_please", "Last light, and all of it good"),
        "a/Rk7wPd2",
        Picture("hilltop-sunset"),
        "kept|novelty",
    )
    hour.imgur_page(
        Byline("architecture", "eaves_dropper", "The hall nobody visits"),
        "gallery/the-hall-nobody-visits-Zt5bLn8",
        Picture("museum-hall"),
        DULL,
    )
    url = "https://i.imgur.com/hV2cYs6.jpg"
    hour.direct(Byline("hellsomememes", "saltpan_sally", "Nobody there"), url, Picture(drawing="meme"), DULL)
    # The link names imgur's medium thumbnail; the original has no letter after the id.
    small, whole = "https://i.imgur.com/pW8dGk3m.jpg", "https://i.imgur.com/pW8dGk3.jpg"
    post = hour.direct(
        Byline("Figs", "ripe_enough", "First one this year"), small, Picture("fig-in-a-bowl", width=320), DULL
    )
    hour.answer(whole, picture=Picture("fig-in-a-bowl"))
    hour.expected[post["name"]] = {whole: DULL}
    hour.direct(
        Byline("rocketry", "hold_hold_hold", "T minus nine hours"),
        "https://i.imgur.com/Jd6nRq1.jpg",
        Picture("rocket"),
        "too-small",
        previewed=False,
    )
    gifv = shapes.link_fields("https://i.imgur.com/uB3kXe7.gifv") | {"post_hint": "link"}
    hour.post(Byline("oddlysatisfying", "loop_de_loup", "It never misses"), {"skipped": "video"}, gifv)
    gone = "https://i.imgur.com/Fw9hTa4.jpg"
    hour.direct(
        Byline("wallpapers", "old_bookmarks", "Still my favourite"),
        gone,
        Picture("pagoda"),
        "removed",
        previewed=False,
    )
    hour.answer(gone, location="https://i.imgur.com/removed.png", status=302)
    hour.answer("https://i.imgur.com/removed.png", picture=Picture(drawing="removed", format="PNG"))
    page = shapes.link_fields("https://imgur.com/cX1vMw5")
    hour.post(
        Byline("nostalgia", "old_bookmarks", "Does anybody still have this?"), {"skipped": "gone"}, page
    )


def flickr(hour: RecordedHour) -> None:
    """Add flickr's pages, a short link, and a file."""
    hour.flickr(
        Byline("EarthPorn", "second_flush", "Tea gardens in the morning mist [OC]"),
        "https://www.flickr.com/photos/fellwalker/54871230911/",
        "54871230911",
        Picture("tea-gardens"),
        KEPT,
    )
    hour.flickr(
        Byline("raptors", "hedge_layer", "Osprey, and it saw me"),
        "https://flic.kr/p/2rAq8pL",
        str(_base58("2rAq8pL")),
        Picture("perched-osprey"),
        DULL,
    )
    url = "https://live.staticflickr.com/65535/54869904427_7c1e5b0a93_o.jpg"
    hour.direct(
        Byline("birdphotography", "reedbed", "Green heron, waiting"), url, Picture("pondering-heron"), DULL
    )


def elsewhere(hour: RecordedHour) -> None:
    """Add files on hosts without a rule of their own."""
    hour.direct(
        Byline("ancientrome", "vitruvius_vt", "The Colosseum at a quiet hour"),
        "https://upload.wikimedia.org/wikipedia/commons/7/7a/Colosseum_quiet_side.jpg",
        Picture("roman-colosseum"),
        DULL,
    )
    hour.direct(
        Byline("Milan", "tram_nineteen", "Piazza Gae Aulenti through the gap"),
        "https://cdn.citywalks.example/2026/11/gae-aulenti.webp",
        Picture("piazza-gae-aulenti", format="WEBP"),
        DULL,
        delay_s=1.5,
    )
    hour.direct(
        Byline("bridges", "span_and_sag", "High Trestle Trail after dark"),
        "http://www.railtrails.example/img/high-trestle.jpg",
        Picture("high-trestle-trail"),
        DULL,
        previewed=False,
    )
    hour.direct(
        Byline("dahlias", "tuber_lifter", "Frost tomorrow, so here is the last"),
        "https://static.gardendiary.example/u/2291/last-dahlia.jpeg?v=3",
        Picture("dahlia"),
        "too-small",
        previewed=False,
    )
    hour.direct(
        Byline("coffee", "portafilter", "The usual"),
        "https://pics.morningcup.example/usual.png",
        Picture("coffee", format="PNG"),
        "too-small",
    )


def _base58(text: str) -> int:
    """Read a flickr short link (https://www.flickr.com/services/api/misc.urls.html)."""
    digits = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    number = 0
    for digit in text:
        number = number * len(digits) + digits.index(digit)
    return number
