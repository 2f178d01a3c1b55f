"""`bowerbird hosts`: one row a link, without a request."""

from __future__ import annotations

import argparse
import json

import pytest

from bowerbird.cli import hosts


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    hosts.register(parser.add_subparsers())
    args = parser.parse_args(["hosts", *argv])
    return int(args.run(args))


def test_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "https://imgur.com/a/yC3Qz9X", "https://example.org/", "no link \udcff") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        {"url": "https://imgur.com/a/yC3Qz9X", "host": "imgur", "kind": "album", "id": "yC3Qz9X"},
        {"url": "https://example.org/", "host": None, "kind": None, "id": None},
        {"url": "no link \udcff", "host": None, "kind": None, "id": None},
    ]


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("https://imgur.com/a/yC3Qz9X", "[/red]", "\udcff") == 0
    assert "yC3Qz9X" in capsys.readouterr().out
