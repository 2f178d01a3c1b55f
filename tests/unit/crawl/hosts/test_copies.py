"""Links of which nobody declared a size: which small copies their hosts' rules name for first looks."""

import pytest

from bowerbird.crawl.hosts import Hosts
from tests.fakes import FakeFetcher

_DID, _CID = "did:plc:z72i7hdynmk6r22z27h6tvur", "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"

_THUMBS = "https://thumb.wikimedia.org/wikipedia/commons/thumb"
_PEXELS = "https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg"


@pytest.mark.parametrize(
    ("link", "smallest"),
    [
        ("https://i.imgur.com/QhVg5yl.jpg", ("https://i.imgur.com/QhVg5ylm.jpg", 320, 213)),
        ("https://i.imgur.com/QhVg5yl.png?1", ("https://i.imgur.com/QhVg5ylm.jpg", 320, 213)),
        ("https://i.imgur.com/QhVg5ylh.jpg", ("https://i.imgur.com/QhVg5ylm.jpg", 320, 213)),
        (
            "https://upload.wikimedia.org/wikipedia/commons/2/25/Anguish.jpg",
            (f"{_THUMBS}/2/25/Anguish.jpg/250px-Anguish.jpg", 250, 167),
        ),
        (
            "https://images.unsplash.com/photo-1501785888041-af3ef285b470?ixlib=rb-1.2.1&w=1080",
            ("https://images.unsplash.com/photo-1501785888041-af3ef285b470?w=320&q=75&fm=jpg", 320, 213),
        ),
        (
            _PEXELS,
            (f"{_PEXELS}?auto=compress&cs=tinysrgb&w=320", 320, 213),
        ),
        (
            "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg",
            ("https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=jpg&name=small", 680, 453),
        ),
        (
            "https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s640/dawn.JPG",
            ("https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s320/dawn.JPG", 320, 213),
        ),
        (
            "https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            ("https://i.pinimg.com/236x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg", 236, 157),
        ),
        (
            f"https://cdn.bsky.app/img/feed_fullsize/plain/{_DID}/{_CID}@jpeg",
            (f"https://cdn.bsky.app/img/feed_thumbnail/plain/{_DID}/{_CID}@jpeg", 1000, 667),
        ),
        (
            "https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=1500w",
            ("https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=300w", 300, 200),
        ),
        (
            "https://res.cloudinary.com/demo/image/upload/c_fill,w_500/v1571218039/dawn.jpg",
            (
                "https://res.cloudinary.com/demo/image/upload/c_limit,h_320,w_320/v1571218039/dawn.jpg",
                320,
                213,
            ),
        ),
        (
            "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn-300x200.jpg?fit=300",
            ("https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn.jpg?fit=320,320", 320, 213),
        ),
        (
            "https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_500.png",
            ("https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_250.png", 250, 167),
        ),
    ],
)  # fmt: skip
def test_a_link_of_unknown_size_has_small_copies(link: str, smallest: tuple[str, int, int]) -> None:
    hosts = Hosts.found()
    match = hosts.match(link)
    assert match is not None
    (found,) = hosts.images(match, FakeFetcher({}))
    first = found.previews[0]
    assert (first.url, first.width, first.height) == smallest
    assert (found.width, found.height) == (None, None)


@pytest.mark.parametrize(
    "link",
    [
        "https://media-cldnry.s-nbcnews.com/image/upload/t_fit-1500w,f_auto/newscms/2015_41/dawn.jpg",
        "https://example.org/wp-content/uploads/2016/05/dawn-1024x683.jpg",
        "https://64.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/0123456789abcdef-12/s1280x1920/0a0a.jpg",
    ],
)
def test_nobody_is_asked_for_copies_that_are_not_known_to_be_offered(link: str) -> None:
    hosts = Hosts.found()
    match = hosts.match(link)
    assert match is not None
    (found,) = hosts.images(match, FakeFetcher({}))
    assert found.previews == ()


def test_a_flickr_file_whose_page_is_gone_has_the_copies_that_share_its_secret() -> None:
    hosts = Hosts.found()
    match = hosts.match("https://live.staticflickr.com/7049/6946979188_25bb44852b_z.jpg")
    assert match is not None
    (found,) = hosts.images(match, FakeFetcher({}))
    names = [each.url.rpartition("/")[2] for each in found.previews]
    assert names[:3] == [
        "6946979188_25bb44852b_t.jpg",
        "6946979188_25bb44852b_m.jpg",
        "6946979188_25bb44852b_n.jpg",
    ]
    assert names[-1] == "6946979188_25bb44852b_b.jpg"
