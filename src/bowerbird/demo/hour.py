"""Records an hour: each method adds a post, what the hosts answer about it, and what should become of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from bowerbird.demo import shapes
from bowerbird.demo.host_answers import Answer, Answers
from bowerbird.demo.pages import flickr_page, imgur_page
from bowerbird.demo.previews import media_field, name_of, preview_field
from bowerbird.demo.served_pictures import Picture, size

# Saturday 21 November 2026, 17:00 UTC. Between two posts of a stream of this size, ids grow by some hundreds.
_START: Final = 1_795_280_400
_SECONDS_APART: Final = 47
_FIRST_ID: Final = int("1t4k0w2", 36)
_IDS_APART: Final = 211

_EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_FLICKR_WIDTHS: Final = {"n": 320, "z": 640, "b": 1024}

#: Maps a URL to its outcome: `kept`, or the reason's word; `a|b` where either is right.
Outcomes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Byline:
    """Names a post's community, author and title."""

    community: str
    author: str
    title: str


@dataclass(slots=True)
class RecordedHour:
    """Holds the posts recorded so far, oldest first.

    `expected` holds, by fullname, `{"skipped": word}` or the outcome of each candidate by its best URL.
    """

    posts: list[dict[str, Any]] = field(default_factory=list)
    answers: Answers = field(default_factory=dict)
    expected: dict[str, Outcomes] = field(default_factory=dict)

    def post(self, by: Byline, outcomes: Outcomes, *parts: dict[str, Any]) -> dict[str, Any]:
        """Add a post; `parts` are groups of fields from `shapes` and `previews`."""
        place = len(self.posts)
        # A little irregular, as life is.
        created = float(_START + place * _SECONDS_APART + place * place * 7 % 31)
        submission = shapes.submission(
            _FIRST_ID + place * _IDS_APART + place * 13 % 97, created, by.community, by.author, by.title
        )
        for part in parts:
            submission |= part
        self.posts.append(submission)
        self.expected[submission["name"]] = outcomes
        return submission

    def reddit_image(self, by: Byline, picture: Picture, outcome: str, **answer: Any) -> dict[str, Any]:
        """Add a picture uploaded to Reddit. `answer` tells how the host misbehaves."""
        media_id = name_of(f"{by.author} {by.title}", 13)
        file = self._upload(media_id, picture, **answer)
        url = f"https://i.redd.it/{file}"
        preview = preview_field(f"https://preview.redd.it/{file}", *size(picture))
        hint: dict[str, Any] = {"post_hint": "image", "preview": preview}
        return self.post(by, {url: outcome}, shapes.link_fields(url), hint)

    def gallery_fields(self, *pictures: Picture) -> tuple[dict[str, Any], list[str]]:
        """Upload pictures and give the fields of their gallery, with the original's URL of each.

        As with Reddit, `media_metadata` is in no useful order; `gallery_data` has the author's order.
        """
        ids = [name_of(f"gallery {picture}", 13) for picture in pictures]
        files = [self._upload(*pair) for pair in zip(ids, pictures, strict=True)]
        media = {
            media_id: media_field(media_id, file.rpartition(".")[2], *size(picture))
            for media_id, file, picture in zip(ids, files, pictures, strict=True)
        }
        items = [{"media_id": each, "id": 950_000_000 + place} for place, each in enumerate(ids)]
        fields = {
            "is_gallery": True,
            "media_metadata": {each: media[each] for each in sorted(media)},
            "gallery_data": {"items": items},
        }
        return fields, [f"https://i.redd.it/{file}" for file in files]

    def gallery(self, by: Byline, fields: dict[str, Any], outcomes: Outcomes) -> dict[str, Any]:
        """Add a gallery post."""
        post = self.post(by, outcomes)
        url = f"https://www.reddit.com/gallery/{post['id']}"
        post |= shapes.link_fields(url) | {"is_reddit_media_domain": False} | fields
        return post

    def crosspost(
        self, community: str, author: str, parent: dict[str, Any], outcomes: Outcomes
    ) -> dict[str, Any]:
        """Add a crosspost. Its link is the parent's, and only the parent has the media."""
        parent["num_crossposts"] += 1
        link = {key: parent[key] for key in ("url", "url_overridden_by_dest", "domain", "over_18")}
        shown: dict[str, Any] = {key: parent[key] for key in ("preview", "post_hint") if key in parent}
        copies = {"crosspost_parent": parent["name"], "crosspost_parent_list": [dict(parent)]}
        return self.post(Byline(community, author, parent["title"]), outcomes, link, shown, copies)

    def direct(
        self,
        by: Byline,
        url: str,
        picture: Picture,
        outcome: str,
        *,
        previewed: bool = True,
        **answer: Any,
    ) -> dict[str, Any]:
        """Add a link to a file on any host, with or without previews by Reddit."""
        self.answer(url, picture=picture, **answer)
        parts = [shapes.link_fields(url)]
        if previewed:
            parts.append({"post_hint": "image", "preview": self.external_preview(url, picture)})
        return self.post(by, {url: outcome}, *parts)

    def imgur_page(self, by: Byline, path: str, picture: Picture, outcome: str) -> dict[str, Any]:
        """Add a page, album or gallery of imgur. Without a key, its metadata name one file."""
        media_id = path.rpartition("/")[2].rpartition("-")[2]
        file_id = media_id if path == media_id else name_of(path, 7)
        url, file = f"https://imgur.com/{path}", f"{file_id}.{_EXTENSIONS[picture.format]}"
        self.answer(url, page=imgur_page(path, by.title, file, *size(picture)))
        self.answer(f"https://i.imgur.com/{file}", picture=picture)
        hint = {"post_hint": "link", "preview": self.external_preview(url, picture, enabled=False)}
        outcomes = {f"https://i.imgur.com/{file}": outcome}
        return self.post(by, outcomes, shapes.link_fields(url), hint)

    def flickr(self, by: Byline, url: str, photo_id: str, picture: Picture, outcome: str) -> dict[str, Any]:
        """Add a photo page, linked by its own or the short URL. Its owner offers 1600 px."""
        width, height = size(picture)
        copies = {}
        for label, w in (*_FLICKR_WIDTHS.items(), ("h", width)):
            # `h` and above have a secret of their own.
            secret = name_of(f"{photo_id} {label == 'h'}", 10).translate(
                str.maketrans("ghijklmnopqrstuvwxyz", "01234567890123456789")
            )
            file = f"/65535/{photo_id}_{secret}_{label}.jpg"
            copies[label] = (file, w, round(height * w / width))
            self.answer(
                f"https://live.staticflickr.com{file}",
                picture=picture if w == width else replace(picture, width=w),
            )
        page = f"https://www.flickr.com/photos/fellwalker/{photo_id}/"
        gne = "https://www.flickr.com/photo.gne"
        self.answer(f"{gne}?id={photo_id}", location=page, status=302)
        self.answer(page, page=flickr_page(photo_id, by.title, copies))
        if "flic.kr" in url:
            short = url.rpartition("/")[2]
            self.answer(url, location=f"{gne}?short={short}", status=301)
            self.answer(f"{gne}?short={short}", location=page, status=302)
        hint = {"post_hint": "link", "preview": self.external_preview(url, picture, enabled=False)}
        outcomes = {f"https://live.staticflickr.com{copies['h'][0]}": outcome}
        return self.post(by, outcomes, shapes.link_fields(url), hint)

    def external_preview(self, url: str, picture: Picture, *, enabled: bool = True) -> dict[str, Any]:
        """Add Reddit's copies of another host's picture."""
        base = f"https://external-preview.redd.it/{name_of(url, 43)}.jpg"
        self.answer(base, picture=picture)
        return preview_field(base, *size(picture), enabled=enabled)

    def answer(self, url: str, **fields: Any) -> None:
        """Set what the host of a URL will answer."""
        self.answers[url.partition("://")[2]] = Answer(**fields)

    def _upload(self, media_id: str, picture: Picture, **answer: Any) -> str:
        file = f"{media_id}.{_EXTENSIONS[picture.format]}"
        self.answer(f"https://preview.redd.it/{file}", picture=picture)
        self.answer(f"https://i.redd.it/{file}", picture=picture, **answer)
        return file
