import pytest

from bowerbird.core.errors import UsageError
from bowerbird.filter.owner_rules import Asked, Rule


@pytest.mark.parametrize(
    ("text", "seen", "reason"),
    [
        ("nsfw>0.8", {"nsfw": 0.81}, "nsfw: 0.81 is above 0.8"),
        ("nsfw>0.8", {"nsfw": 0.8}, None),
        ("detail<-2.2", {"detail": -2.5}, "detail: -2.5 is below -2.2"),
        ("detail<-2.2", {"detail": -1.0}, None),
        ("detail<-2.2", {}, "detail: could not be measured, and a rule asks for it"),
        ("synthetic", {"synthetic": "png: prompt"}, "synthetic: png: prompt"),
        ("synthetic", {}, None),
        (" aesthetic<5 ", {"aesthetic": 4.0}, "aesthetic: 4 is below 5"),
    ],
)
def test_a_rule_rejects_what_is_beyond_its_bound(
    text: str, seen: dict[str, float | str], reason: str | None
) -> None:
    found = Rule.parse(text).reason(seen)
    assert (str(found) if found else None) == reason


@pytest.mark.parametrize(
    "text", ["", "nsfw", "synthetic>1", "beauty>1", "nsfw>=1", "nsfw>1e3", "nsfw>0.8>", "nsfw>0.8 and more"]
)
def test_what_is_no_rule_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match=r"write synthetic, or NAME<NUMBER or NAME>NUMBER with one of sharp"):
        Rule.parse(text)


def test_only_costly_observations_can_be_asked_for_as_notes() -> None:
    with pytest.raises(UsageError, match="cannot note 'sharpness': detail, quality, nsfw"):
        Asked.parse([], ["sharpness"])


def test_costly_observations_are_made_for_rules_and_notes_once_each() -> None:
    assert Asked.parse(["nsfw>0.5", "sharpness<0.1"], ["nsfw", "detail"]).costly() == ("detail", "nsfw")
    assert Asked.parse(["synthetic"]).costly() == ()
