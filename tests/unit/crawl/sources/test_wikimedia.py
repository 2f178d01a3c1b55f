import json
from typing import Any

import pytest

from bowerbird.core.errors import SourceBlockedError
from bowerbird.core.messages import Preview
from bowerbird.core.post import Post
from bowerbird.crawl.sources.wikimedia import WikimediaSource
from tests.unit.crawl.sources.listings import Pages

FILE = "https://upload.wikimedia.org/wikipedia/commons/a/ab/Dawn.jpg"


def file(number: int = 12345, **info: Any) -> dict[str, Any]:
    return {
        "pageid": number,
        "ns": 6,
        "title": "File:Dawn over Senja.jpg",
        "imageinfo": [
            {
                "timestamp": "2024-11-14T22:13:46Z",
                "user": "Uploader",
                "size": 200_000,
                "width": 4000,
                "height": 3000,
                "url": FILE,
                "descriptionurl": "https://commons.wikimedia.org/wiki/File:Dawn_over_Senja.jpg",
                "thumburl": "https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Dawn.jpg/640px-Dawn.jpg",
                "thumbwidth": 640,
                "thumbheight": 480,
                "mime": "image/jpeg",
                "extmetadata": {
                    "LicenseShortName": {"value": "CC BY-SA 4.0", "source": "commons-desc-page"},
                    "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
                    "Artist": {"value": '<a href="//commons.wikimedia.org/wiki/User:Ann">Ann &amp; Co</a>'},
                },
            }
            | info
        ],
    }


class Commons(Pages):
    """Answers by what the URL asks for, in order of the table."""

    def __init__(self, *answers: tuple[str, object], requests: int = 10) -> None:
        super().__init__({}, requests=requests)
        self.table = answers
        self.fetcher.answers = self  # type: ignore[assignment] # looked up by part, not by whole address

    def get(self, url: str, default: object) -> object:
        found = (body for part, body in self.table if part in url)
        body = next(found, None)
        return json.dumps(body).encode() if body is not None else default


def answer(*pages: object, following: dict[str, str] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"batchcomplete": True, "query": {"pages": pages}}
    return body | ({"continue": following} if following else {})


def only(page: object) -> Post:
    (post,) = WikimediaSource(Commons(("generator=allimages", answer(page))).listing).posts()
    return post


def test_a_file_is_a_post_with_its_licence_and_size() -> None:
    post = only(file())
    (picture,) = post.attachments
    assert picture.urls == (FILE,)
    assert (picture.width, picture.height, picture.host) == (4000, 3000, "wikimedia")
    assert [(each.width, each.height) for each in picture.previews] == [(640, 480)]
    assert isinstance(picture.previews[0], Preview)
    submission = post.submission
    assert submission.id == "M12345"
    assert submission.title == "Dawn over Senja.jpg"
    assert submission.author == "Ann & Co"
    assert submission.licence == "CC BY-SA 4.0 https://creativecommons.org/licenses/by-sa/4.0"
    assert submission.permalink == "https://commons.wikimedia.org/wiki/File:Dawn_over_Senja.jpg"
    assert submission.created_utc == 1731622426.0
    assert submission.community is None


def test_what_is_absent_is_not_invented() -> None:
    post = only(file(extmetadata={}, thumburl=None, width=0, timestamp="soon"))
    assert post.submission.licence is None
    assert post.submission.author == "Uploader"
    assert post.submission.created_utc is None
    assert post.attachments[0].previews == ()
    assert post.attachments[0].width is None


@pytest.mark.parametrize(("mime", "video"), [("video/webm", True), ("application/pdf", False)])
def test_what_is_no_picture_has_no_attachment(mime: str, *, video: bool) -> None:
    post = only(file(mime=mime))
    assert post.attachments == ()
    assert post.is_video == video


def test_it_continues_where_the_api_says() -> None:
    commons = Commons(
        ("gaicontinue=2024%7CX", answer(file(2))),
        (
            "generator=allimages",
            answer(file(1), following={"gaicontinue": "2024|X", "continue": "gaicontinue||"}),
        ),
    )
    assert [post.submission.id for post in WikimediaSource(commons.listing).posts()] == ["M1", "M2"]


def test_categories_take_turns_and_a_file_in_both_comes_once() -> None:
    commons = Commons(
        ("gcmtitle=Category%3AQuality+images+of+landscapes", answer(file(1), file(2), file(3))),
        ("gcmtitle=Category%3AFeatured+pictures", answer(file(4), file(2))),
    )
    names = ("Category:Quality images of landscapes+Featured pictures",)
    posts = list(WikimediaSource(commons.listing, names).posts())
    assert [post.submission.id for post in posts] == ["M1", "M4", "M2", "M3"]
    assert posts[0].submission.community == "Quality images of landscapes"


def test_an_error_of_the_api_is_told() -> None:
    commons = Commons(("allimages", {"error": {"code": "ratelimited", "info": "You've exceeded your rate"}}))
    with pytest.raises(SourceBlockedError, match="wikimedia: ratelimited: You've exceeded"):
        list(WikimediaSource(commons.listing).posts())


@pytest.mark.parametrize(
    "page", [None, {}, {"pageid": "1"}, {"imageinfo": []}, {"imageinfo": [{"url": "x"}]}]
)
def test_pages_that_are_no_files_are_left_out(page: object) -> None:
    commons = Commons(("allimages", answer(page, file())))
    assert len(list(WikimediaSource(commons.listing).posts())) == 1
