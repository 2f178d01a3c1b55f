"""Composes the recorded hour: every kind of post that r/all has, in the API's own shapes.

`python -m bowerbird.demo.compose` writes `hour/` again, byte by byte the same; a test says so. Titles,
names and ids are invented; the photographs' authors are in `photographs/ATTRIBUTION.md`.
"""

from __future__ import annotations

import json
from typing import Any

from bowerbird.demo import shapes
from bowerbird.demo.host_answers import HOUR, answers_json
from bowerbird.demo.hour import By, Hour
from bowerbird.demo.previews import media_field
from bowerbird.demo.served_pictures import Picture

# What the owner's model says is a matter of taste, and so of the bundle; every other outcome is a fact.
KEPT, DULL = "kept", "novelty"


def compose() -> Hour:
    """The whole hour, oldest post first."""
    hour = Hour()
    for part in (_scenery, _everything_else, _galleries, _imgur, _flickr, _elsewhere, _skipped, _broken):
        part(hour)
    return hour


def _scenery(hour: Hour) -> None:
    """Single pictures on Reddit's own host that the owner would like, and their copies."""
    lake = Picture("lake-sherburne")
    hour.reddit_image(
        By("EarthPorn", "moss_and_scree", "Lake Sherburne under the first snow, Montana [OC]"),
        lake,
        "kept|duplicate",
    )
    hour.reddit_image(By("pics", "quiet_thermos", "I got up at five for this"), lake, "kept|duplicate")
    hour.reddit_image(
        By("CampingandHiking", "picket_and_peg", "Calm water, and nobody about"),
        # Mirrored, or it would be a near-duplicate of the lake above before anybody asks for marks.
        Picture("lake-sherburne", mark="wanderlicht photo", mirrored=True),
        "watermark",
        busy=True,
    )
    # Somebody saved a picture of the gallery below and posted it again, smaller and blocky.
    again = Picture("picos-de-europa", width=1400, quality=45)
    hour.reddit_image(By("MostBeautiful", "reposterior", "Mountains & clouds"), again, "kept|near-duplicate")


def _everything_else(hour: Hour) -> None:
    """Single pictures on Reddit's own host that are large and whole, and not scenery."""
    rows = (
        ("CityPorn", "tramline_nine", "Singapore from the bay", Picture("singaporean-cityscape")),
        ("ArchitecturePorn", "voidandvault", "Looking up", Picture("casa-mila")),
        (
            "spaceporn",
            "apoapsis_now",
            "Saturn, seen from where the Sun is behind it",
            Picture("saturnian-profile"),
        ),
        ("Otters", "holt_watcher", "He heard the bucket", Picture("oakland-zoo-otters")),
        ("birding", "lens_cap_off", "Lifer! Canyon wren, singing its head off", Picture("canyon-wren")),
        ("macro", "stamen_story", "Forget-me-nots after rain", Picture("blue-periwinkle", format="PNG")),
        ("ArtHistory", "woodblock_wendy", "Waves, colour woodcut", Picture("ocean-waves")),
        ("spicy", "cardamom_pod", "Market day haul", Picture("the-spices-of-life")),
        ("Minimalism", "negative_space_", "Spiral", Picture("abstract-spiral")),
        ("dogpictures", "two_leads", "They heard the gate", Picture("two-dogs", turned=True)),
        ("memes", "undefined_behaviour", "every single night", Picture(drawing="meme", format="PNG")),
        ("mildlyinfuriating", "shedless", "Six people, one key", Picture(drawing="screenshot", format="PNG")),
    )
    for community, author, title, picture in rows:
        hour.reddit_image(By(community, author, title), picture, DULL)
    shapes_of_no_use = (
        ("logodesign", "kerned_to_death", "Too much?", Picture(drawing="icon", format="PNG"), "too-small"),
        ("cats", "loaf_inspector", "Chelsea disapproves", Picture("chelsea"), "too-small"),
        (
            "assholedesign",
            "cart_abandoner",
            "This covered the whole page",
            Picture(drawing="banner"),
            "too-wide",
        ),
        (
            "comics",
            "six_panel_sam",
            "The long way down [OC]",
            Picture(drawing="strip", format="PNG"),
            "too-tall",
        ),
    )
    for community, author, title, picture, outcome in shapes_of_no_use:
        hour.reddit_image(By(community, author, title), picture, outcome)


def _galleries(hour: Hour) -> None:
    fields, (picos, aitzgorri) = hour.gallery_fields(Picture("picos-de-europa"), Picture("aitzgorri"))
    _add_unusable_items(fields)
    outcomes = {picos: "kept|duplicate", aitzgorri: KEPT}
    hour.gallery(
        By("hiking", "cairn_counter", "Ten days across the north of Spain, on foot"), fields, outcomes
    )

    fields, (stream, roofs) = hour.gallery_fields(Picture("forest-stream"), Picture("beacon-street-sunset"))
    parent = hour.gallery(
        By("photographs", "halfstop", "Before and after moving to the city"),
        fields,
        {stream: "kept|duplicate", roofs: "novelty|duplicate"},
    )
    hour.crosspost("wildernessporn", "halfstop", parent, hour.expected[parent["name"]])

    hour.gallery(
        By("travel", "lost_luggage_", "My whole trip in one album"),
        {"is_gallery": True, "media_metadata": None, "gallery_data": None},
        {"skipped": "pending"},
    )
    # A text with a picture in it: no gallery, and the order is that of the text.
    fields, (brushes,) = hour.gallery_fields(Picture("paint-brushes"))
    inline = {"media_metadata": fields["media_metadata"]}
    hour.post(
        By("painting", "gesso_twice", "How do you clean yours?"),
        {brushes: DULL},
        shapes.text_fields("See picture."),
        inline,
    )


def _add_unusable_items(fields: dict[str, Any]) -> None:
    """Reddit lists what it could not process, and animations, among a gallery's pictures."""
    failed, moving = "k3w0qfailed1f", "v8p2animated1"
    animation = media_field(moving, "gif", 480, 270) | {"e": "AnimatedImage"}
    animation["s"] = {"y": 270, "x": 480, "gif": f"https://i.redd.it/{moving}.gif"}
    fields["media_metadata"] |= {failed: {"status": "failed"}, moving: animation}
    items = fields["gallery_data"]["items"]
    items.insert(1, {"media_id": failed, "id": 950_000_100})
    items.append({"media_id": moving, "id": 950_000_101, "caption": "the cable car"})


def _imgur(hour: Hour) -> None:
    hour.imgur_page(
        By("EarthPorn", "dunegrass81", "The long ridge, [OC] (1600x1067)"),
        "mQ4xTz9",
        Picture("extreme-desert-hike"),
        KEPT,
    )
    hour.imgur_page(
        By("roadtrip", "gravel_please", "Last light, and all of it good"),
        "a/Rk7wPd2",
        Picture("hilltop-sunset"),
        "kept|novelty",
    )
    hour.imgur_page(
        By("architecture", "eaves_dropper", "The hall nobody visits"),
        "gallery/the-hall-nobody-visits-Zt5bLn8",
        Picture("museum-hall"),
        DULL,
    )
    url = "https://i.imgur.com/hV2cYs6.jpg"
    hour.direct(By("hellsomememes", "saltpan_sally", "Nobody there"), url, Picture(drawing="meme"), DULL)
    # The link names imgur's medium thumbnail; the original has no letter after the id.
    small, whole = "https://i.imgur.com/pW8dGk3m.jpg", "https://i.imgur.com/pW8dGk3.jpg"
    post = hour.direct(
        By("Figs", "ripe_enough", "First one this year"), small, Picture("fig-in-a-bowl", width=320), DULL
    )
    hour.answer(whole, picture=Picture("fig-in-a-bowl"))
    hour.expected[post["name"]] = {whole: DULL}
    hour.direct(
        By("rocketry", "hold_hold_hold", "T minus nine hours"),
        "https://i.imgur.com/Jd6nRq1.jpg",
        Picture("rocket"),
        "too-small",
        previewed=False,
    )
    gifv = shapes.link_fields("https://i.imgur.com/uB3kXe7.gifv") | {"post_hint": "link"}
    hour.post(By("oddlysatisfying", "loop_de_loup", "It never misses"), {"skipped": "video"}, gifv)
    gone = "https://i.imgur.com/Fw9hTa4.jpg"
    hour.direct(
        By("wallpapers", "old_bookmarks", "Still my favourite"),
        gone,
        Picture("pagoda"),
        "removed",
        previewed=False,
    )
    hour.answer(gone, location="https://i.imgur.com/removed.png", status=302)
    hour.answer("https://i.imgur.com/removed.png", picture=Picture(drawing="removed", format="PNG"))
    page = shapes.link_fields("https://imgur.com/cX1vMw5")
    hour.post(By("nostalgia", "old_bookmarks", "Does anybody still have this?"), {"skipped": "gone"}, page)


def _flickr(hour: Hour) -> None:
    hour.flickr(
        By("EarthPorn", "second_flush", "Tea gardens in the morning mist [OC]"),
        "https://www.flickr.com/photos/fellwalker/54871230911/",
        "54871230911",
        Picture("tea-gardens"),
        KEPT,
    )
    hour.flickr(
        By("raptors", "hedge_layer", "Osprey, and it saw me"),
        "https://flic.kr/p/2rAq8pL",
        str(_base58("2rAq8pL")),
        Picture("perched-osprey"),
        DULL,
    )
    url = "https://live.staticflickr.com/65535/54869904427_7c1e5b0a93_o.jpg"
    hour.direct(
        By("birdphotography", "reedbed", "Green heron, waiting"), url, Picture("pondering-heron"), DULL
    )


def _elsewhere(hour: Hour) -> None:
    """Files on hosts without a rule of their own."""
    hour.direct(
        By("ancientrome", "vitruvius_vt", "The Colosseum at a quiet hour"),
        "https://upload.wikimedia.org/wikipedia/commons/7/7a/Colosseum_quiet_side.jpg",
        Picture("roman-colosseum"),
        DULL,
    )
    hour.direct(
        By("Milan", "tram_nineteen", "Piazza Gae Aulenti through the gap"),
        "https://cdn.citywalks.example/2026/11/gae-aulenti.webp",
        Picture("piazza-gae-aulenti", format="WEBP"),
        DULL,
        delay_s=1.5,
    )
    hour.direct(
        By("bridges", "span_and_sag", "High Trestle Trail after dark"),
        "http://www.railtrails.example/img/high-trestle.jpg",
        Picture("high-trestle-trail"),
        DULL,
        previewed=False,
    )
    hour.direct(
        By("dahlias", "tuber_lifter", "Frost tomorrow, so here is the last"),
        "https://static.gardendiary.example/u/2291/last-dahlia.jpeg?v=3",
        Picture("dahlia"),
        "too-small",
        previewed=False,
    )
    hour.direct(
        By("coffee", "portafilter", "The usual"),
        "https://pics.morningcup.example/usual.png",
        Picture("coffee", format="PNG"),
        "too-small",
    )


def _skipped(hour: Hour) -> None:
    """Posts that give no candidate, by their own fields."""
    picture = hour.reddit_image(By("nsfw_wallpapers", "after_ten_pm", "Not at work"), Picture("pagoda"), "")
    _make_skipped(hour, picture, "over-18", {"over_18": True, "thumbnail": "nsfw"})
    video = shapes.link_fields("https://v.redd.it/q7m1xw0zd4v51") | shapes.video_fields(
        "q7m1xw0zd4v51", 1280, 720, 34
    )
    parent = hour.post(
        By("nextfuckinglevel", "one_take_wonder", "No cuts, no wires"), {"skipped": "video"}, video
    )
    hour.crosspost("toptalent", "seen_it_twice", parent, {"skipped": "video"})
    tube = shapes.link_fields("https://www.youtube.com/watch?v=k2Wq8rTn4bE")
    embed = shapes.embed_fields("youtube.com", "Slow train, whole line")
    hour.post(By("trains", "ballast_fan", "Seven hours of front seat"), {"skipped": "video"}, tube, embed)
    for category, author in (
        ("moderator", "rule_six_again"),
        ("reddit", "totally_not_spam"),
        ("deleted", "[deleted]"),
    ):
        post = hour.reddit_image(
            By("itookapicture", author, f"ITAP of a coffee ({category})"), Picture("coffee"), ""
        )
        _make_skipped(hour, post, "removed", shapes.removed_fields(category))
    texts = (
        ("AskReddit", "just_curious_ok", "What did you believe for far too long?", ""),
        ("AskPhotography", "first_tripod", "Tripod under 2 kg?", "It has to fit into a pannier."),
        ("tifu", "wrong_chat", "TIFU by replying to all", "It was the whole building."),
    )
    for community, author, title, text in texts:
        hour.post(By(community, author, title), {"skipped": "text-only"}, shapes.text_fields(text))
    articles = (
        (
            "worldnews",
            "wire_reader",
            "Harbour reopens after storm",
            "https://www.coastherald.example/harbour-reopens",
        ),
        (
            "todayilearned",
            "footnote_fan",
            "TIL lichens are not plants",
            "https://en.wikipedia.org/wiki/Lichen",
        ),
        (
            "programming",
            "off_by_one",
            "A queue in one table",
            "https://blog.rowlock.example/queue-in-one-table/",
        ),
    )
    for community, author, title, url in articles:
        hour.post(
            By(community, author, title),
            {"skipped": "no-rule"},
            shapes.link_fields(url) | {"post_hint": "link"},
        )
    other = "https://www.reddit.com/r/AskReddit/comments/1t3zzq8/what_did_you_believe/"
    hour.post(
        By("bestof", "hat_tip", "Somebody explains tides in two lines"),
        {"skipped": "no-picture"},
        shapes.link_fields(other),
    )
    gif = shapes.link_fields("https://i.redd.it/w4n9c2loop071.gif") | {"post_hint": "image"}
    hour.post(By("gifs", "loop_de_loup", "Again, again"), {"skipped": "animation"}, gif)


def _broken(hour: Hour) -> None:
    """Hosts as they are on a bad day."""
    hour.reddit_image(
        By("ruralporn", "thermal_soarer", "Picnic weather, finally"),
        Picture("dandelions", width=1580),
        "kept|novelty",
        cut="transfer",
    )
    post = hour.reddit_image(By("pic", "second_thoughts", "Never mind"), Picture("dandelions"), "gone")
    for url in list(hour.answers):
        if post["url"].rpartition("/")[2] in url:
            hour.answers.pop(url)  # Reddit deletes a picture and its previews together
    hour.direct(
        By("analog", "grain_of_truth", "Half of it is better than none"),
        "https://files.darkroom.example/roll-12/dandelions.jpg",
        Picture("dandelions"),
        "truncated",
        previewed=False,
        cut="file",
    )
    url = "https://share.picdrop.example/view/8841.jpg"
    html = hour.direct(
        By("photo", "hotlinker", "Look at this"), url, Picture("pagoda"), "html", previewed=False
    )
    hour.answer(
        url,
        page="<!doctype html><html><head><title>8841.jpg</title></head><body>Sign in to view</body></html>",
    )
    html["post_hint"] = "link"
    hour.direct(
        By("LandscapePhotography", "portfolio_only", "Dandelions, from my portfolio"),
        "https://www.mayfieldphoto.example/work/dandelions-large.jpg",
        Picture("dandelions", quality=80),
        f"opted-out|{DULL}",  # Reddit's own copy may be turned down before the host is asked
        headers={"X-Robots-Tag": "noai, noimageai"},
    )


def _make_skipped(hour: Hour, post: dict[str, Any], word: str, fields: dict[str, Any]) -> None:
    post |= fields
    hour.expected[post["name"]] = {"skipped": word}


def _base58(text: str) -> int:
    """Read a flickr short link (https://www.flickr.com/services/api/misc.urls.html)."""
    digits = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    number = 0
    for digit in text:
        number = number * len(digits) + digits.index(digit)
    return number


def files() -> dict[str, str]:
    """What `hour/` holds, by file name; posts are newest first, as a listing is."""
    hour = compose()
    lines = (json.dumps(post, ensure_ascii=False, separators=(",", ":")) for post in reversed(hour.posts))
    return {
        "hour.jsonl": "".join(f"{line}\n" for line in lines),
        "answers.json": answers_json(hour.answers),
        "expected.json": json.dumps(hour.expected, indent=1) + "\n",
    }


if __name__ == "__main__":
    HOUR.mkdir(exist_ok=True)
    for name, text in files().items():
        (HOUR / name).write_text(text, encoding="utf-8")
