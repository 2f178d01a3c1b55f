"""No secret shows: not in what is printed or logged, not in what is stored, however hard a host tries."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from tests.loopback import Handler, serving
from tests.pictures import jpeg
from tests.unit.deliver.survivors import keep

SECRETS = {
    "BOWERBIRD_REDDIT_CLIENT_SECRET": "reddit-client-s3cret",
    "BOWERBIRD_REDDIT_REFRESH_TOKEN": "reddit-refresh-s3cret",
    "BOWERBIRD_IMGUR_CLIENT_ID": "imgur-s3cret",
    "BOWERBIRD_FLICKR_API_KEY": "flickr-s3cret",
    "BOWERBIRD_SCENERY_PASSWORD": "scenery-s3cret",
    "AWS_ACCESS_KEY_ID": "aws-key",
    "AWS_SECRET_ACCESS_KEY": "aws-s3cret",
    "AWS_SESSION_TOKEN": "aws-session-s3cret",
}

LINKS = {
    "https://imgur.com/a/aaaaaaa": "album",
    "https://imgur.com/bbbbbbb": "page",
    "https://www.flickr.com/photos/someone/6946979188/": "photo",
    "https://pictures.example/a.jpg": "file",
}


@dataclass
class Parrot:
    """A host that says back what it was told, or `body`, with a status of its choice.

    `heard` is what it was told.
    """

    url: str = ""
    status: int = 200
    heard: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    parrot = Parrot()

    class Answering(Handler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            told = f"{self.path} {dict(self.headers)} {self.rfile.read(length)!r}"
            parrot.heard += told
            picture = parrot.status == 200 and self.path.startswith("/a.jpg")
            echo = json.dumps(
                {"stat": "fail", "code": 100, "message": told, "data": {"error": told}}
            ).encode()
            body = parrot.body or (jpeg() if picture else echo)
            # `mine` would wait a minute and more for a picture that is merely late; no key goes to its host.
            late = parrot.status == 429 and self.path.startswith("/a.jpg")
            self.send_response(404 if late else parrot.status, told[:500].replace("\n", " "))
            for name, value in parrot.headers.items():
                self.send_header(name, value.replace("ECHO", self.path))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - http.server's names

    with serving(Answering) as parrot.url:
        yield parrot


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def shown(text: str) -> list[str]:
    return [secret for secret in SECRETS.values() if "s3cret" in secret and secret in text]


def stored(folder: Path) -> str:
    return "".join(path.read_bytes().decode(errors="replace") for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (302, {"Location": "https://elsewhere.exampleECHO"}),
        (400, {}),
        (403, {"X-Robots-Tag": "noai"}),
        (404, {}),
        (429, {"Retry-After": "ECHO"}),
        (200, {"Content-Encoding": "ECHO"}),
    ],
)
def test_a_host_that_repeats_the_owners_key_gets_it_into_no_log_and_no_file(  # noqa: PLR0913, PLR0917 - fixtures
    parrot: Parrot,
    tmp_path: Path,
    status: int,
    headers: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    parrot.status, parrot.headers = status, headers
    (tmp_path / "urls.txt").write_text("\n".join(LINKS))
    out = tmp_path / "out"
    source = ["--source", f"urls:{tmp_path / 'urls.txt'}", "--gateway", parrot.url]
    main(["-v", "mine", *source, "--out", str(out)])
    main(["-v", "candidates", *source, "--json", "--skipped"])
    said = capsys.readouterr()
    assert {"imgur-s3cret", "flickr-s3cret"} <= set(shown(parrot.heard)), "the keys are used"
    assert shown(said.out + said.err + caplog.text + stored(out)) == []


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
def test_doctor_and_mine_tell_no_aws_secret(  # noqa: PLR0913, PLR0917 - fixtures
    parrot: Parrot,
    tmp_path: Path,
    status: int,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("HOME", str(tmp_path))
    # boto3 keeps the credentials of whichever test used it first in this process.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    parrot.status = status
    (tmp_path / "urls.txt").write_text("https://pictures.example/a.jpg\n")
    place = ["--out", "s3://bucket/place", "--endpoint-url", parrot.url, "--gateway", parrot.url]
    main(["-v", "doctor", "--json", "--source", "lemmy:lemmy.example", *place])
    if status == 403:
        main(["-v", "mine", "--source", f"urls:{tmp_path / 'urls.txt'}", *place])
    said = capsys.readouterr()
    assert "aws-key" in parrot.heard, "requests are signed"
    assert shown(said.out + said.err + caplog.text + stored(tmp_path)) == []


PASSWORD = SECRETS["BOWERBIRD_SCENERY_PASSWORD"]


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, json.dumps({"message": f"wrong password: {PASSWORD}"}).encode(), {}),
        (200, json.dumps({"message": 181 * "x" + f": {PASSWORD} was wrong"}).encode(), {}),
        (200, f"<html>{PASSWORD}".encode(), {}),
        (200, f"<html>{27 * '.'}{PASSWORD}".encode(), {}),
        (307, b"", {"Location": f"https://elsewhere.example/?password={PASSWORD}"}),
        (422, b"", {}),
        (500, b"", {}),
    ],
)
def test_a_gallery_that_repeats_its_password_gets_it_nowhere(  # noqa: PLR0913, PLR0917 - fixtures
    parrot: Parrot,
    tmp_path: Path,
    status: int,
    body: bytes,
    headers: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    parrot.status, parrot.body, parrot.headers = status, body, headers
    keep(FolderStore(tmp_path))
    main(["-v", "deliver", "--from", str(tmp_path), "--to", parrot.url])
    said = capsys.readouterr()
    assert PASSWORD in parrot.heard, "the password is used"
    everything = said.out + said.err + caplog.text + stored(tmp_path)
    assert PASSWORD[:8] not in everything, everything
