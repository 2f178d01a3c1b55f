from __future__ import annotations

import os
from pathlib import Path

import pytest

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched
from bowerbird.net import FileFetcher


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a b ü.jpg").write_bytes(b"picture")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "pictures-of-others").mkdir()
    (tmp_path / "pictures-of-others" / "a.jpg").write_bytes(b"secret")
    (folder / "inside.jpg").symlink_to(folder / "deep" / "a b ü.jpg")
    (folder / "outside.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    return folder


def test_a_file_below_the_folder(root: Path) -> None:
    url = (root / "deep" / "a b ü.jpg").as_uri()
    assert FileFetcher(root).fetch(url, accept="", max_bytes=7) == Fetched(url, 200, {}, b"picture")


def test_a_link_is_judged_by_where_it_ends(root: Path) -> None:
    assert FileFetcher(root).fetch((root / "inside.jpg").as_uri(), accept="", max_bytes=7).body == b"picture"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("outside.jpg", "refused: file outside"),
        ("../secret.jpg", "refused: file outside"),
        ("deep/../../secret.jpg", "refused: file outside"),
        ("%2e%2e/secret.jpg", "refused: file outside"),
        ("..%2fsecret.jpg", "refused: file outside"),
        ("../pictures-of-others/a.jpg", "refused: file outside"),
        ("missing.jpg", "gone: no such file"),
        ("loop.jpg", "gone: no such file"),
        ("a%00.jpg", "gone: no such file"),
        ("a" * 5000, "gone: no such file"),
        ("deep", "refused: not a regular file"),
        ("pipe.jpg", "refused: not a regular file"),
        ("inside.jpg?x=1", "refused: not a plain file"),
    ],
)
def test_everything_else_is_refused(root: Path, path: str, words: str) -> None:
    with pytest.raises(PermanentError, match=rf"^{words}"):
        FileFetcher(root).fetch(f"{root.as_uri()}/{path}", accept="", max_bytes=100)


@pytest.mark.parametrize("url", ["http://example.com/a.jpg", "file://example.com/a.jpg", "/etc/passwd", ""])
def test_other_urls_are_refused(root: Path, url: str) -> None:
    with pytest.raises(PermanentError, match=r"^refused: not a plain file: URL of this machine"):
        FileFetcher(root).fetch(url, accept="", max_bytes=100)


def test_a_file_above_the_limit(root: Path) -> None:
    with pytest.raises(PermanentError, match=r"^too-large: file of more than 6 bytes"):
        FileFetcher(root).fetch((root / "inside.jpg").as_uri(), accept="", max_bytes=6)
