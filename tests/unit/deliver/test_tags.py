"""Tags and source URLs, from what strangers typed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.errors import UsageError
from bowerbird.deliver.tags import TagRule, source_url
from tests.unit.deliver.survivors import sidecar


def test_placeholders_are_filled_in_and_unknown_ones_leave_their_tag_out() -> None:
    rule = TagRule.parse(
        " from_bowerbird , community:{community}, artist:{author},{licence}, {host}, p:{percentile}"
    )
    found = sidecar()
    assert rule.tags(found) == ["from_bowerbird", "community:EarthPorn", "artist:someone", "reddit"]
    found["decision"]["facts"]["novelty_percentile"] = 87.9
    assert rule.tags(found)[-1] == "p:87"


def test_a_placeholder_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(UsageError, match=r"there is no \{colour\}; there are \{source\}"):
        TagRule.parse("a,{colour}")


def test_a_stranger_cannot_switch_the_duplicate_check_off_but_the_owner_can() -> None:
    assert TagRule.parse("{community}").tags(sidecar(community="bypass_dup_check")) == []
    assert TagRule.parse("bypass_dup_check").tags(sidecar()) == ["bypass_dup_check"]


def test_a_stranger_cannot_name_an_artist_by_a_community() -> None:
    assert TagRule.parse("{community}").tags(sidecar(community='artist:me","x')) == ["artist_me_x"]


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_whatever_is_typed_the_field_fits_and_is_a_list_of_texts(community: str, author: str) -> None:
    rule = TagRule.parse(",".join(f"{n}:{{community}}{{author}}" for n in range(20)))
    field = json.dumps(rule.tags(sidecar(community=community, author=author)), ensure_ascii=False)
    assert len(field.encode()) <= 1000
    assert all(isinstance(tag, str) for tag in json.loads(field))


@pytest.mark.parametrize("damaged", [{}, {"decision": []}, {"decision": {"submission": 3, "scores": []}}])
def test_a_damaged_sidecar_gives_the_plain_tags(damaged: dict[str, object]) -> None:
    assert TagRule.parse("a,{community}").tags(damaged) == ["a"]
    assert source_url(damaged) is None


@pytest.mark.parametrize(
    ("permalink", "url", "expected"),
    [
        ("https://a.example/1", "https://b.example", "https://a.example/1"),
        (None, "https://b.example", "https://b.example"),
        ("/r/a/1", "https://b.example", "https://b.example"),
        ("javascript:alert(1)", None, "https://i.redd.it/a.jpg"),
        ("https://a.example/ b", "https://b.example/\n", "https://i.redd.it/a.jpg"),
        ("https://a.example/" + "a" * 1000, None, "https://i.redd.it/a.jpg"),
    ],
)
def test_the_source_is_the_first_address_that_fits(
    permalink: str | None, url: str | None, expected: str
) -> None:
    assert source_url(sidecar(permalink=permalink, url=url)) == expected
