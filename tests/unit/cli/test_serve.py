"""What `serve --page` refuses before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowerbird.cli.main import main


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--page", "{place}"], "no such folder"),
        (["--page", "https://example.org"], "a place is a folder or s3://"),
        (["--page"], "name the place that `mine` writes to, or write a bowerbird.toml"),
        (["--page", ".", "--zmq", "tcp://127.0.0.1:7777"], "--page and --zmq do not go together"),
        (["--page", ".", "--host", "no such host"], "cannot listen on"),
        (["--new-token"], "--new-token belongs to --page"),
        (["--page", ".", "--bundle", "no-such-bundle", "--port", "0"], "no-such-bundle"),
    ],
)
def test_wrong_usage_is_told_before_work_is_spent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *(word.format(place=tmp_path / "nowhere") for word in argv)]) in {1, 2}
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert not (tmp_path / "nowhere").exists()
