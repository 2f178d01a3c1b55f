"""`mine` with a model of posts in its place."""

from pathlib import Path

import pytest
from PIL import Image

from bowerbird.adapters.place import open_place
from bowerbird.cli.main import main
from bowerbird.core.decision_log import each_line
from bowerbird.core.prior import Prior, write_prior


@pytest.mark.parametrize("mode", [None, "order", "off"])
def test_posts_are_turned_down_unseen_only_if_that_is_wanted(
    mode: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(3):
        Image.new("RGB", (1400, 1000), (number * 50, 0, 0)).save(tmp_path / f"in/{number}.png")
    place = open_place(str(tmp_path / "out"))
    write_prior(place.store, Prior({}, bias=-9.0, floor=-2.0))
    command = ["mine", "--source", f"folder:{tmp_path}/in", "--out", place.name, "--look", "0.01"]

    assert main([*command, *(["--prior", mode] if mode else [])]) == 0

    decisions = [each for each in each_line(place.store) if each]
    unseen = [each.stage == "prior" for each in decisions]
    # One in a hundred is looked at anyway, by its id, in which the folder's name and the time are.
    spared = [bool(each.facts.get("looked_anyway")) for each in decisions]
    assert [a or b for a, b in zip(unseen, spared, strict=True)] == [mode is None] * 3
    capsys.readouterr()
    assert main(["report", place.name]) == 0
    told = capsys.readouterr().out
    assert (f"{sum(unseen)} posts were turned down unseen" in told) is any(unseen)
