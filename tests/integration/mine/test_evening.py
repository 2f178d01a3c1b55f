"""An evening at home: mined by a file, with names, feeds, two galleries and room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from bowerbird.core.labels import Label, write_label
from tests.chaos.rig import decisions
from tests.e2e.cloud.rig import ROOT
from tests.integration.deliver.galleries_server import Immich, Webhook, running
from tests.loopback import Answer, loopback
from tests.pictures import jpeg
from tests.unit.deliver.survivors import keep

FILES = {f"/{name}.jpg": jpeg(seed=seed) for seed, name in enumerate("abc")}


def answer(_host: str, path: str) -> Answer:
    return (200, "image/jpeg", FILES[path]) if path in FILES else (404, "text/html", b"gone")


class Home:
    """A home whose taste likes everything. `immich` wants a key that stands in a file."""

    def __init__(self, folder: Path, immich: Immich, webhook: Webhook) -> None:
        self.folder, self.immich, self.webhook = folder, immich, webhook
        self.place = folder / "place"
        self.store = FolderStore(self.place)
        (folder / "urls.txt").write_text("".join(f"https://pictures.example{name}\n" for name in FILES))
        (folder / "immich.key").write_text("opensesame\n")
        (folder / ".env").write_text("BOWERBIRD_IMMICH_API_KEY_FILE=immich.key\n")
        self.bundle()
        self.configure()

    def bundle(self) -> None:
        lite = ROOT / "layers/models/bundles/lite"
        (self.folder / "all").mkdir()
        for path in lite.iterdir():
            (self.folder / "all" / path.name).symlink_to(path)
        manifest = json.loads((lite / "manifest.json").read_text())
        manifest["novelty"]["threshold"]["value"] = -1e9
        (self.folder / "all" / "manifest.json").unlink()
        (self.folder / "all" / "manifest.json").write_text(json.dumps(manifest))

    def configure(self, more: str = "") -> None:
        (self.folder / "bowerbird.toml").write_text(
            f"""
[[stream]]
source = "urls:urls.txt"
[[taste]]
place = "place"
bundle = "./all"
[browse]
names = "{{host}}/{{day}} {{hash}}"
xmp = "beside"
[[deliver]]
to = "immich:{self.immich.url}"
album = "Finds"
[[deliver]]
to = "webhook:{self.webhook.url}/kept"
{more}
"""
        )

    def mine(self) -> int:
        with loopback(answer) as server:
            assert main(["mine", "--gateway", server.url, "--downloads", "1"]) == 0
            return server.asked.total()

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.place / "browse").rglob("*") if path.is_file())

    def kept(self) -> list[str]:
        return [key for key in self.store.keys("images/") if key.endswith(".jpg")]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.chdir(tmp_path)
    immich, webhook = Immich(), Webhook()
    with running(immich), running(webhook):
        yield Home(tmp_path, immich, webhook)


def test_an_evening(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.immich.next_answers = [(500, {}, b"")]
    assert home.mine() == 3
    assert "deliver to immich:" in capsys.readouterr().err
    assert len(home.kept()) == 3
    assert len(home.names()) == 12  # by host and in today, each with its XMP
    feed = json.loads((home.place / "feeds/feed.json").read_text())
    assert {item["image"].removeprefix("../") for item in feed["items"]} == set(home.kept())
    assert len(home.webhook.requests) == 3

    # The next run delivers what is left, and nothing twice.
    assert home.mine() == 0
    assert sorted(home.immich.albums["Finds"]) == ["asset-0", "asset-1", "asset-2"]
    assert len(home.webhook.requests) == 3
    capsys.readouterr()
    assert main(["deliver"]) == 0
    assert capsys.readouterr().out == "6 delivered before\n"

    # Room: one is loved and stays; the others go with their names, leave a note, and do not come back.
    loved = json.loads(home.store.get(home.kept()[0].replace(".jpg", ".json")) or b"")["decision"]
    write_label(home.store, Label(loved["candidate"], keep=True, labelled_at="2026", origin="label"))
    assert main(["prune", "place", "--max-size", "1 kB"]) == 0
    assert "2 would be removed: over the size" in capsys.readouterr().out
    assert len(home.kept()) == 3
    home.configure('[space]\nmax_size = "1 kB"')
    assert home.mine() == 0
    assert "2 pictures removed" in capsys.readouterr().err
    assert home.kept() == [loved["image"]]
    assert len(home.names()) == 4
    assert len({line["candidate"] for line in decisions(home.store)}) == 3
    assert home.mine() == 0
    assert home.kept() == [loved["image"]]
    feed = json.loads((home.place / "feeds/feed.json").read_text())
    assert len(feed["items"]) == 1
    assert len(home.immich.assets) == 3


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('[[deliver]]\nto = "flickr:me"', "line 16: cannot deliver to 'flickr:me'; say one of folder:DIR"),
        ('[[deliver]]\nto = "folder:nowhere"', "nowhere: no such folder; make or mount it"),
        ('[[deliver]]\nto = "hydrus:http://x"', "set BOWERBIRD_HYDRUS_ACCESS_KEY"),
        ('[[deliver]]\nto = "webhook:http://x"\nplaces = ["other"]', "which no [[taste]] has"),
        ('[[notify]]\nto = "mail:you@example.org"', "set BOWERBIRD_SMTP_URL"),
        ('[[notify]]\nto = "ntfy:https://ntfy.sh/a"\nat = "8 pm"', "'8 pm' is no time: write it as 20:00"),
        ('[space]\nmax_size = "lots"', "'lots' is not a size; write 50 GB"),
        ('[space]\nmax_age = "2 moons"', "is not a number of days; write 90d"),
        ("[space]\nmin_percentile = 101", "'min_percentile'"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_asked(
    home: Home, capsys: pytest.CaptureFixture[str], table: str, words: str
) -> None:
    home.configure(table)
    with loopback(answer) as server:
        assert main(["mine", "--gateway", server.url]) == 2
        assert server.asked.total() == 0
    assert words in capsys.readouterr().err


def test_a_name_that_cannot_be_is_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.folder / "bowerbird.toml"
    path.write_text(path.read_text().replace("{hash}", "{colour}"))
    assert main(["mine"]) == 2
    assert "line 8: names: there is no {colour}; there are {day}" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_prune_wants_to_know_what_is_too_much(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune", "place"]) == 2
    assert "say what is too much: --max-size 50GB" in capsys.readouterr().err


def test_browse_names_what_an_older_run_kept(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(3):
        keep(home.store, jpeg(40, 30, seed))
    for more, names in (([], 6), ([], 6), (["--again"], 6)):
        assert main(["browse", "place", *more]) == 0
        assert len(home.names()) == names
    told = [line.partition(" pictures named in ") for line in capsys.readouterr().out.splitlines()]
    assert [(count, where) for count, _, where in told] == [
        (count, f"{home.place}/browse") for count in ("3", "0", "3")
    ]
    assert main(["browse", "s3://bucket"]) == 2
