"""The sources that read files: replay, urls, folder."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.sources import open_source, source_specs
from tests.unit.crawl.shapes import gallery, submission


def test_replay_reads_submissions_and_a_listings_children(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    lines = [submission(), {"kind": "t3", "data": gallery("aaa", id="b", name="t3_b")}]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    posts = list(open_source(f"replay:{file}").posts())
    assert [post.submission.id for post in posts] == ["t3_abc12", "t3_b"]
    assert [post.submission.source for post in posts] == ["replay", "replay"]
    assert len(posts[1].attachments) == 1


@pytest.mark.parametrize(
    "line",
    [
        b'{"cut off',
        b"[1]",
        b"\xff\xfe",
        b'{"kind": "t3"}',
        b'{"kind": "t1", "data": {}}',
        b"[" * 100_000,
        b'{"id": 5}',
        b"NaN",
        b'{"kind": []}',
    ],
    ids=range(9),
)
def test_replay_names_a_bad_line_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, line: bytes
) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(line + b"\n" + json.dumps(submission()).encode())
    with caplog.at_level(logging.WARNING):
        posts = list(open_source(f"replay:{file}").posts())
    assert [post.submission.id for post in posts] == ["t3_abc12"]
    assert "posts.jsonl:1: skipped" in caplog.text


def test_urls_are_one_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "urls"
    file.write_text(
        "# my list\n\nhttps://i.imgur.com/QhVg5yl.jpg\nnot a link\n  https://example.org/a.png  \n"
    )
    posts = list(open_source(f"urls:{file}").posts())
    assert [post.link for post in posts] == ["https://i.imgur.com/QhVg5yl.jpg", "https://example.org/a.png"]
    assert len({post.submission.id for post in posts}) == 2
    assert posts == list(open_source(f"urls:{file}").posts())
    assert "urls:4: skipped" in caplog.text


def test_a_folder_is_walked_in_order_and_told_by_relative_paths(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/10.jpg", "a.JPEG", "notes.txt", ".hidden.jpg", ".git/x.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "outside.jpg").write_bytes(b"x")
    (tmp_path / "photos" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    (tmp_path / "photos" / "loop.jpg").symlink_to("loop.jpg")
    posts = list(open_source(f"folder:{tmp_path / 'photos'}").posts())
    names = [post.submission.id.rpartition("@")[0] for post in posts]
    assert names == ["a.JPEG", "b/10.jpg", "b/2.png"]
    assert posts[1].attachments[0].urls == ((tmp_path / "photos" / "b" / "10.jpg").as_uri(),)


def test_a_file_of_another_folder_or_of_other_content_is_another_submission(tmp_path: Path) -> None:
    def seen(folder: str, content: bytes) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "today.jpg").write_bytes(content)
        (post,) = open_source(f"folder:{tmp_path / folder}").posts()
        return post.submission.id

    ids = [seen("a", b"x"), seen("b", b"x"), seen("a", b"another")]
    assert len(set(ids)) == 3


def test_a_file_name_need_not_be_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    (post,) = open_source(f"folder:{tmp_path}").posts()
    assert post.submission.id.startswith("caf%E9.jpg@")
    assert post.attachments[0].urls[0].endswith("/caf%E9.jpg")


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "there is no source ''"),
        ("nonsense:x", "say one of"),
        ("replay", "replay:FILE.jsonl"),
        ("replay:", "replay:FILE.jsonl"),
        ("replay:/nowhere.jsonl", "no file /nowhere.jsonl"),
        ("urls:/nowhere", "no file /nowhere"),
        ("folder:/nowhere", "no folder /nowhere"),
    ],
)
def test_a_wrong_source_says_what_to_write(spec: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        open_source(spec)


def test_every_source_is_found_by_its_file() -> None:
    assert {"replay", "urls", "folder"} <= set(source_specs())
