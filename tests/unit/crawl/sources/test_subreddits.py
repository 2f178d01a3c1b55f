import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.sources.subreddits import listing_path, subreddits


@pytest.mark.parametrize(
    ("communities", "path"),
    [
        ((), "/r/all"),
        (("",), "/r/all"),
        (("EarthPorn",), "/r/EarthPorn"),
        (("r/EarthPorn/",), "/r/EarthPorn"),
        (("EarthPorn+SkyPorn",), "/r/EarthPorn+SkyPorn"),
        (("EarthPorn", "SkyPorn", "EarthPorn"), "/r/EarthPorn+SkyPorn"),
        (("user/someone/m/nature",), "/user/someone/m/nature"),
        (("u/someone/m/nature/",), "/user/someone/m/nature"),
    ],
)
def test_communities_are_a_path(communities: tuple[str, ...], path: str) -> None:
    assert listing_path(communities) == path


@pytest.mark.parametrize(
    "name", ["a", "Earth Porn", "../api", "x" * 22, "EarthPorn?limit=1", "r/a/b", "é" * 5, "user/a/m/b+Pics"]
)
def test_what_is_no_subreddit_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="is no subreddit: write EarthPorn"):
        listing_path((name,))


def test_a_multireddits_members_are_not_known() -> None:
    with pytest.raises(UsageError):
        subreddits(("user/someone/m/nature",))
