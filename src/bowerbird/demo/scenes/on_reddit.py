"""Pictures on Reddit's own host, alone and in galleries."""

from __future__ import annotations

from typing import Any

from bowerbird.demo import shapes
from bowerbird.demo.hour import Byline, RecordedHour
from bowerbird.demo.previews import media_field
from bowerbird.demo.scenes.outcomes import DULL, KEPT
from bowerbird.demo.served_pictures import Picture


def scenery(hour: RecordedHour) -> None:
    """Add single pictures on Reddit's own host that the owner would like, and their copies."""
    lake = Picture("lake-sherburne")
    hour.reddit_image(
        Byline("EarthPorn", "moss_and_scree", "Lake Sherburne under the first snow, Montana [OC]"),
        lake,
        "kept|duplicate",
    )
    hour.reddit_image(Byline("pics", "quiet_thermos", "I got up at five for this"), lake, "kept|duplicate")
    hour.reddit_image(
        Byline("CampingandHiking", "picket_and_peg", "Calm water, and nobody about"),
        # Mirrored: otherwise it would be rejected as a near-duplicate of the lake above, not for its mark.
        Picture("lake-sherburne", mark="wanderlicht photo", mirrored=True),
        "watermark",
        busy=True,
    )
    # Somebody has saved a picture of the gallery below, and posts it again, smaller and blocky.
    again = Picture("picos-de-europa", width=1400, quality=45)
    hour.reddit_image(
        Byline("MostBeautiful", "reposterior", "Mountains & clouds"), again, "kept|near-duplicate"
    )


def everything_else(hour: RecordedHour) -> None:
    """Add single pictures on Reddit's own host that are large and whole, but not scenery."""
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
        hour.reddit_image(Byline(community, author, title), picture, DULL)
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
        hour.reddit_image(Byline(community, author, title), picture, outcome)


def galleries(hour: RecordedHour) -> None:
    """Add whole and half-gone galleries, and a picture in a text."""
    fields, (picos, aitzgorri) = hour.gallery_fields(Picture("picos-de-europa"), Picture("aitzgorri"))
    _add_unusable_items(fields)
    outcomes = {picos: "kept|duplicate", aitzgorri: KEPT}
    hour.gallery(
        Byline("hiking", "cairn_counter", "Ten days across the north of Spain, on foot"), fields, outcomes
    )

    fields, (stream, roofs) = hour.gallery_fields(Picture("forest-stream"), Picture("beacon-street-sunset"))
    parent = hour.gallery(
        Byline("photographs", "halfstop", "Before and after moving to the city"),
        fields,
        {stream: "kept|duplicate", roofs: "novelty|duplicate"},
    )
    hour.crosspost("wildernessporn", "halfstop", parent, hour.expected[parent["name"]])

    hour.gallery(
        Byline("travel", "lost_luggage_", "My whole trip in one album"),
        {"is_gallery": True, "media_metadata": None, "gallery_data": None},
        {"skipped": "pending"},
    )
    # A text post with pictures in it has no gallery. The pictures have the order of the text.
    fields, (brushes,) = hour.gallery_fields(Picture("paint-brushes"))
    inline = {"media_metadata": fields["media_metadata"]}
    hour.post(
        Byline("painting", "gesso_twice", "How do you clean yours?"),
        {brushes: DULL},
        shapes.text_fields("See picture."),
        inline,
    )


def _add_unusable_items(fields: dict[str, Any]) -> None:
    """Add animations and unprocessed items, as Reddit lists them among a gallery's pictures."""
    failed, moving = "k3w0qfailed1f", "v8p2animated1"
    animation = media_field(moving, "gif", 480, 270) | {"e": "AnimatedImage"}
    animation["s"] = {"y": 270, "x": 480, "gif": f"https://i.redd.it/{moving}.gif"}
    fields["media_metadata"] |= {failed: {"status": "failed"}, moving: animation}
    items = fields["gallery_data"]["items"]
    items.insert(1, {"media_id": failed, "id": 950_000_100})
    items.append({"media_id": moving, "id": 950_000_101, "caption": "the cable car"})
