"""What a mistyped command line is told."""

from __future__ import annotations

import pytest

from bowerbird.adapters.terminal import option_values
from bowerbird.cli.main import main


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("mien", "bowerbird: there is no command mien; did you mean mine?"),
        ("zzz", "bowerbird: there is no command zzz (`bowerbird --help`"),
        ("", "bowerbird: COMMAND is missing"),
        ("mine --evry 5m", "bowerbird mine: there is no option --evry; did you mean --every?"),
        ("mine --evry=5m", "bowerbird mine: there is no option --evry; did you mean --every?"),
        ("mine --every 5x", "--every: '5x' is not a duration; write 60s, 5m, 1h or 2d"),
        ("mine --once --every 5m", "--every does not go with --once"),
        ("mine --out", "--out needs a value"),
        ("mine --limit many", "--limit: a whole number, not 'many'"),
        ("mine --note detial", "--note is one of detail, quality, nsfw, not detial; did you mean detail?"),
        ("mine here", "bowerbird mine: there is no use for 'here' here"),
        ("labels imprt", "bowerbird labels: there is no command imprt; did you mean import?"),
        ("sheet", "bowerbird sheet: PLACE is missing (`bowerbird sheet --help` tells more)"),
        ("serve --port x", "--port: a whole number, not 'x'"),
        ("serve --port 70000", "--port: a port from 0 to 65535, not 70000"),
        ("label . --port -1", "--port: a port from 0 to 65535, not -1"),
        ("mine --every 99999999999d", "--every: longer than a hundred years"),
        (f"mine --every {'9' * 400}s", "--every: longer than a hundred years"),
        ("recheck --out . --within 40000d", "--within: longer than a hundred years"),
        (f"prune . --max-size {'9' * 400}GB", "--max-size: larger than any disk"),
        ("prune . --min-percentile many", "--min-percentile: a number, not 'many'"),
        ("prune . --max-age 101y", "--max-age: longer than a hundred years"),
        ("mine --keep-replaced 99999999999", "'99999999999' is not a number of days; write 90d, 52w or 2y"),
        ("mine --look some", "--look: a number, not 'some'"),
        ("restore", "bowerbird restore: PLACE is missing (`bowerbird restore --help` tells more)"),
    ],
)
def test_one_line_says_what_is_wrong_and_what_may_be_meant(
    line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert told in said.err


@pytest.mark.parametrize("line", ["compact", "prune --max-size 1GB", "redrive --out"])
@pytest.mark.parametrize("place", ["", " "])
def test_an_empty_place_is_not_this_folder(line: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shell variable that is not set must not make a place of wherever the owner stands."""
    assert main([*line.split(), place]) == 2
    assert "PLACE is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m", 300), ("5 min", 300), ("90", 90), ("1.5h", 5400), ("2d", 172_800)]
)
def test_durations_are_understood(text: str, seconds: float) -> None:
    assert option_values.seconds(text) == seconds


def test_what_the_list_says_of_a_command_its_own_help_says_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["label", "--help"])
    assert "Say which decisions were right, on a page in your browser." in capsys.readouterr().out
