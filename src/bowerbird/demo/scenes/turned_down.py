"""Posts that give no candidate, and hosts on a bad day."""

from __future__ import annotations

from typing import Any

from bowerbird.demo import shapes
from bowerbird.demo.hour import Byline, RecordedHour
from bowerbird.demo.scenes.outcomes import DULL
from bowerbird.demo.served_pictures import Picture


def skipped(hour: RecordedHour) -> None:
    """Add posts whose own fields rule out a candidate."""
    _unsuited(hour)
    _removed(hour)
    _texts(hour)
    _links(hour)


def _unsuited(hour: RecordedHour) -> None:
    """Add posts that are not for minors, and videos."""
    picture = hour.reddit_image(
        Byline("nsfw_wallpapers", "after_ten_pm", "Not at work"), Picture("pagoda"), ""
    )
    _make_skipped(hour, picture, "over-18", {"over_18": True, "thumbnail": "nsfw"})
    video = shapes.link_fields("https://v.redd.it/q7m1xw0zd4v51") | shapes.video_fields(
        "q7m1xw0zd4v51", 1280, 720, 34
    )
    parent = hour.post(
        Byline("nextfuckinglevel", "one_take_wonder", "No cuts, no wires"), {"skipped": "video"}, video
    )
    hour.crosspost("toptalent", "seen_it_twice", parent, {"skipped": "video"})
    tube = shapes.link_fields("https://www.youtube.com/watch?v=k2Wq8rTn4bE")
    embed = shapes.embed_fields("youtube.com", "Slow train, whole line")
    hour.post(Byline("trains", "ballast_fan", "Seven hours of front seat"), {"skipped": "video"}, tube, embed)


def _removed(hour: RecordedHour) -> None:
    """Add posts removed by a moderator, by Reddit, or by the author."""
    for category, author in (
        ("moderator", "rule_six_again"),
        ("reddit", "totally_not_spam"),
        ("deleted", "[deleted]"),
    ):
        post = hour.reddit_image(
            Byline("itookapicture", author, f"ITAP of a coffee ({category})"), Picture("coffee"), ""
        )
        _make_skipped(hour, post, "removed", shapes.removed_fields(category))


def _texts(hour: RecordedHour) -> None:
    texts = (
        ("AskReddit", "just_curious_ok", "What did you believe for far too long?", ""),
        ("AskPhotography", "first_tripod", "Tripod under 2 kg?", "It has to fit into a pannier."),
        ("tifu", "wrong_chat", "TIFU by replying to all", "It was the whole building."),
    )
    for community, author, title, text in texts:
        hour.post(Byline(community, author, title), {"skipped": "text-only"}, shapes.text_fields(text))


def _links(hour: RecordedHour) -> None:
    """Add links to pages without a picture of their own, to videos and to animations."""
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
            Byline(community, author, title),
            {"skipped": "no-rule"},
            shapes.link_fields(url) | {"post_hint": "link"},
        )
    other = "https://www.reddit.com/r/AskReddit/comments/1t3zzq8/what_did_you_believe/"
    hour.post(
        Byline("bestof", "hat_tip", "Somebody explains tides in two lines"),
        {"skipped": "no-picture"},
        shapes.link_fields(other),
    )
    gif = shapes.link_fields("https://i.redd.it/w4n9c2loop071.gif") | {"post_hint": "image"}
    hour.post(Byline("gifs", "loop_de_loup", "Again, again"), {"skipped": "animation"}, gif)


def broken(hour: RecordedHour) -> None:
    """Add pictures on hosts that have a bad day."""
    hour.reddit_image(
        Byline("ruralporn", "thermal_soarer", "Picnic weather, finally"),
        Picture("dandelions", width=1580),
        "kept|novelty",
        cut="transfer",
    )
    post = hour.reddit_image(Byline("pic", "second_thoughts", "Never mind"), Picture("dandelions"), "gone")
    for url in list(hour.answers):
        if post["url"].rpartition("/")[2] in url:
            hour.answers.pop(url)  # Reddit deletes a picture and its previews together
    hour.direct(
        Byline("analog", "grain_of_truth", "Half of it is better than none"),
        "https://files.darkroom.example/roll-12/dandelions.jpg",
        Picture("dandelions"),
        "truncated",
        previewed=False,
        cut="file",
    )
    url = "https://share.picdrop.example/view/8841.jpg"
    html = hour.direct(
        Byline("photo", "hotlinker", "Look at this"), url, Picture("pagoda"), "html", previewed=False
    )
    hour.answer(
        url,
        page="<!doctype html><html><head><title>8841.jpg</title></head><body>Sign in to view</body></html>",
    )
    html["post_hint"] = "link"
    hour.direct(
        Byline("LandscapePhotography", "portfolio_only", "Dandelions, from my portfolio"),
        "https://www.mayfieldphoto.example/work/dandelions-large.jpg",
        Picture("dandelions", quality=80),
        f"opted-out|{DULL}",  # the filter may turn down Reddit's own copy before it asks the host
        headers={"X-Robots-Tag": "noai, noimageai"},
    )


def _make_skipped(hour: RecordedHour, post: dict[str, Any], word: str, fields: dict[str, Any]) -> None:
    post |= fields
    hour.expected[post["name"]] = {"skipped": word}
