"""Names of files: readable, and safe on every file system whatever strangers type."""

import unicodedata
from datetime import UTC, datetime
from pathlib import PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import UsageError
from bowerbird.deliver.about import About, about
from bowerbird.deliver.naming import MAX_BYTES, NameRule
from tests.unit.deliver.survivors import sidecar

KEY = f"images/64/6405c789{'0' * 56}.jpg"
KEPT = datetime(2026, 11, 26, 9, tzinfo=UTC)


def named(template: str = NameRule().template, /, *, digits: int = 8, **known: Any) -> str:
    return NameRule.parse(template).path(About(KEY, KEPT, **known), UTC, digits=digits)


def test_the_usual_name_says_day_title_and_the_beginning_of_the_hash() -> None:
    assert named(title="Sunrise over the Alps") == "2026-11-26/2026-11-26 Sunrise-over-the-Alps 6405c789.jpg"


def test_what_is_not_known_is_left_out() -> None:
    assert named() == "2026-11-26/2026-11-26 6405c789.jpg"
    assert named("{community}/{author}-{hash}") == "other/6405c789.jpg"


@pytest.mark.parametrize(
    ("title", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("a\x00b\x01c\nd", "abc-d"),
        ("\u202egpj.exe", "gpj.exe"),
        ('what? "this": a|b*c <d>', "what-this-a-b-c-d"),
        (" .hidden. ", "hidden"),
        ("e\u0301te\u0301", "été"),
        ("हिन्दी 日本語", "हिन्दी-日本語"),
        ("-rf", "rf"),
    ],
)
def test_a_title_becomes_one_safe_word(title: str, safe: str) -> None:
    assert named("{title} {hash}", title=title) == f"{safe} 6405c789.jpg"


@pytest.mark.parametrize("device", ["con", "NUL", "aux.1", "COM7", "lpt¹", "PRN "])
def test_a_device_of_windows_is_no_folder(device: str) -> None:
    folder, _, _ = named("{community}/{hash}", community=device).partition("/")
    assert folder.partition(".")[0].endswith("_")


def test_a_long_title_gives_way_and_the_hash_stays() -> None:
    name = named("{title} {hash}", title="長い題名" * 100)
    assert MAX_BYTES - 4 <= len(name.encode()) <= MAX_BYTES
    assert name.endswith(" 6405c789.jpg")


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{day}/{title}", "write {hash} after the last /"),
        ("{hash}/{day}", "write {hash} after the last /"),
        ("{colour} {hash}", "there is no {colour}"),
        ("../{hash}", "cannot be part of a name"),
        ("/{hash}", "cannot be part of a name"),
        ("a//{hash}", "cannot be part of a name"),
        ("a:b {hash}", "cannot be part of a name"),
        ("x" * 60 + "{hash}", "too long"),
    ],
)
def test_a_template_that_cannot_be_a_name_is_refused(template: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        NameRule.parse(template)


@given(
    st.fixed_dictionaries({name: st.text(max_size=300) for name in ("title", "community", "author", "host")}),
    st.sampled_from(
        [
            "{day}/{title} {hash}",
            "{community}/{author}/{title}{title} {host} {hash} {title}",
            "{title}.{hash}",
        ]
    ),
    st.sampled_from([8, 64]),
)
def test_no_text_makes_a_dangerous_name(words: dict[str, str], template: str, digits: int) -> None:
    for part in named(template, digits=digits, **words).split("/"):
        assert 0 < len(part.encode()) <= MAX_BYTES
        assert part == unicodedata.normalize("NFC", part)
        assert part == part.strip(" .")
        assert not set(part) & set('<>:"/\\|?*')
        assert not any(unicodedata.category(char)[0] == "C" for char in part)
        assert not PureWindowsPath(part).is_reserved()


def test_a_sidecar_that_says_nonsense_is_not_believed() -> None:
    told = about(
        KEY, {"decision": {"facts": {"novelty_percentile": 1e9}, "submission": {"title": 7, "tags": "x"}}}
    )
    assert told == About(KEY, datetime(1970, 1, 1, tzinfo=UTC))


def test_a_sidecar_is_read() -> None:
    said = sidecar(title="A\u200b hill", created_utc=0, tags=["a", "a", ""])
    said["decision"] |= {"decided_at": "2026-11-26T09:00:00.000Z", "facts": {"novelty_percentile": 99.9}}
    told = about(KEY, said)
    assert (told.title, told.kept, told.stars, told.tags) == ("A hill", KEPT, 5, ("a",))
    assert (told.posted, told.extension) == (datetime(1970, 1, 1, tzinfo=UTC), "jpg")
