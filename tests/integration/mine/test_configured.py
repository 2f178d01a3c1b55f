"""`bowerbird mine` by a file: several streams and tastes, lists, and what is wrong before work is spent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from tests.chaos.rig import decisions
from tests.e2e.cloud.rig import ROOT
from tests.loopback import Answer, loopback
from tests.pictures import jpeg

FILES = {f"/{name}.jpg": jpeg(seed=seed) for seed, name in enumerate("abc")}


def answer(_host: str, path: str) -> Answer:
    return (200, "image/jpeg", FILES[path]) if path in FILES else (404, "text/html", b"gone")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two streams with pictures in both, and a bundle with another threshold than lite's."""
    folder = tmp_path / "home"
    folder.mkdir()
    lines = [f"https://pictures.example/{name}.jpg\n" for name in ("a", "b", "gone")]
    (folder / "urls.txt").write_text("".join(lines))
    (folder / "more.txt").write_text("https://pictures.example/c.jpg\nhttps://other.example/b.jpg\n")
    lite = ROOT / "layers/models/bundles/lite"
    (folder / "all").mkdir()
    for path in lite.iterdir():
        (folder / "all" / path.name).symlink_to(path)
    manifest = json.loads((lite / "manifest.json").read_text())
    manifest["novelty"]["threshold"]["value"] = -1e9
    (folder / "all" / "manifest.json").unlink()
    (folder / "all" / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.chdir(folder)
    return folder


def configured(home: Path, *more: str) -> None:
    text = [
        '[[stream]]\nsource = "urls:urls.txt"', '[[stream]]\nsource = "urls:more.txt"',
        '[[taste]]\nplace = "strict"', '[[taste]]\nplace = "all-of-it"\nbundle = "./all"', *more,
    ]  # fmt: skip
    (home / "bowerbird.toml").write_text("\n".join(text))


def told(place: Path) -> dict[str, dict[str, Any]]:
    lines = {line["candidate"]: line for line in decisions(FolderStore(place))}
    return {
        candidate: {key: value for key, value in line.items() if key not in {"timings", "decided_at"}}
        for candidate, line in lines.items()
    }


def test_two_tastes_find_what_each_finds_alone_and_ask_once(home: Path, tmp_path: Path) -> None:
    configured(home)
    with loopback(answer) as server:
        common = ["mine", "--gateway", server.url, "--downloads", "1"]
        assert main(common) == 0
        assert (len(server.asked), set(server.asked.values())) == (5, {1})
        for name, bundle in (("strict", "lite"), ("all-of-it", "./all")):
            for source in ("urls:urls.txt", "urls:more.txt"):
                alone = ["--source", source, "--out", str(tmp_path / name), "--bundle", bundle]
                assert main([*common, *alone]) == 0
            assert told(home / name) == told(tmp_path / name)
    kept = [sum(line["keep"] for line in told(home / name).values()) for name in ("strict", "all-of-it")]
    assert kept[0] < kept[1] == 3


def test_a_place_that_was_mined_alone_goes_on_as_one_of_two(home: Path) -> None:
    with loopback(answer) as server:
        alone = ["mine", "--gateway", server.url, "--source", "urls:urls.txt", "--out", "strict"]
        assert main(alone) == 0
        before = told(home / "strict")
        configured(home)
        server.asked.clear()
        assert main(["mine", "--gateway", server.url]) == 0
    after = told(home / "strict")
    assert {name: after[name] for name in before} == before
    assert len(after) == len(told(home / "all-of-it")) == 5


def test_what_is_never_wanted_is_not_asked_for(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configured(home, '[never]\ndomains = ["other.example"]')
    with loopback(answer) as server:
        assert main(["mine", "--gateway", server.url]) == 0
        assert not [url for url in server.asked if url.startswith("other.example")]
    assert "1 posts gave no candidate: 1 never" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "command", "words"),
    [
        ("downloads = 0", [], "line 1: 'downloads'"),
        ("", ["--config", "other.toml"], "no such file; `bowerbird init other.toml`"),
        ("", ["--bundle", "lite"], "--bundle means one taste"),
        ('[[taste]]\nplace = "x"\nbundle = "nobody"', [], "no bundle nobody"),
        ('[[taste]]\nplace = "x"\nreject_if = ["ugly"]', [], "ugly"),
        ('[[taste]]\nplace = "ftp://x"', [], "a place is a folder or s3://"),
        ('[[stream]]\nsource = "folder:nowhere"', [], "there is no folder"),
        ('[[stream]]\nsource = "blusky"', [], "there is no source 'blusky'"),
        ('[[stream]]\nsource = "bluesky"', [], "say who asks"),
        ('[[stream]]\nsource = "urls:urls.txt"\nfocus = true', [], "--focus needs a source of communities"),
    ],
)
def test_what_is_wrong_is_told_before_a_place_is_made(  # noqa: PLR0913 - fixtures and parameters
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    more: str,
    command: list[str],
    words: str,
) -> None:
    monkeypatch.delenv("BOWERBIRD_CONTACT", raising=False)
    configured(home, more)
    if not more.startswith("["):
        path = home / "bowerbird.toml"
        path.write_text(f"{more}\n{path.read_text()}")
    assert main(["mine", *command]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (home / "strict").exists()


def test_without_a_file_and_options_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["mine"]) == 2
    assert "--source and --out are missing; give them, or let `bowerbird init`" in capsys.readouterr().err


def test_init_then_mine(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with loopback(answer) as server:
        init = ["init", "--yes", "--stream", "urls:urls.txt", "--place", "found", "--strictness", "generous"]
        assert main(init) == 0
        assert "bowerbird service install" in capsys.readouterr().out
        assert main(init) == 2
        assert "is there already" in capsys.readouterr().err
        assert main(["mine", "--once", "--gateway", server.url]) == 0
    assert len(told(home / "found")) == 3


def test_one_stream_that_is_blocked_is_told_by_the_exit_status(home: Path) -> None:
    def refused(host: str, path: str) -> Answer:
        return (403, "text/plain", b"no") if host == "feed.example" else answer(host, path)

    configured(home, '[[stream]]\nsource = "feed:https://feed.example/rss"')
    path = home / "bowerbird.toml"
    path.write_text('contact = "you@example.org"\n' + path.read_text())
    with loopback(refused) as server:
        assert main(["mine", "--gateway", server.url]) == 3
    assert len(told(home / "strict")) == 5  # what the others gave is decided all the same
