"""Loopback galleries: Immich, PhotoPrism, Hydrus and a webhook, as far as we ask them.

The routes, fields and answers follow the sources that `bowerbird.deliver.galleries` cites.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from tests.integration.deliver.scenery_server import Uploaded, read_form
from tests.loopback import Handler, serving

#: status, headers, body
Said = tuple[int, dict[str, str], bytes]


@dataclass
class Request:
    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def form(self) -> dict[str, Any]:
        return read_form(self.headers, self.body)

    @property
    def told(self) -> Any:
        return json.loads(self.body)


def said(status: int, told: Any) -> Said:
    return status, {"Content-Type": "application/json"}, json.dumps(told).encode()


@dataclass
class Gallery:
    """Answers what is asked. `next_answers` come first: an answer, "drop" (none), "silent" (none in time).

    None among them is its own answer.
    """

    key: str = "opensesame"
    requests: list[Request] = field(default_factory=list)
    next_answers: list[Said | str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, request: Request) -> Said:
        raise NotImplementedError

    @property
    def asked(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.requests]


@dataclass
class Immich(Gallery):
    """Pictures by checksum, albums by name with their pictures, tags by value with theirs."""

    assets: dict[bytes, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    albums: dict[str, list[str]] = field(default_factory=dict)
    tagged: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, request: Request) -> Said:  # noqa: PLR0911 - one for each route
        if request.headers["x-api-key"] != self.key:
            return said(401, {"message": "Invalid API key", "error": "Unauthorized", "statusCode": 401})
        match request.method, request.path.split("/")[2:]:
            case "POST", ["assets"]:
                return self._upload(request)
            case "GET", ["albums"]:
                return said(200, [{"id": f"id-{name}", "albumName": name} for name in self.albums])
            case "POST", ["albums"]:
                name = request.told["albumName"]
                self.albums[name] = []
                return said(201, {"id": f"id-{name}", "albumName": name})
            case "PUT", ["albums", album, "assets"]:
                self.albums[album.removeprefix("id-")] += request.told["ids"]
                return said(200, [{"id": each, "success": True} for each in request.told["ids"]])
            case "PUT", ["tags"]:
                return said(200, [{"id": f"tag-{tag}", "value": tag} for tag in request.told["tags"]])
            case "PUT", ["tags", "assets"]:
                for tag in request.told["tagIds"]:
                    self.tagged.setdefault(tag.removeprefix("tag-"), []).extend(request.told["assetIds"])
                return said(200, {"count": 1})
        return said(404, {"message": f"Cannot {request.method} {request.path}"})

    def _upload(self, request: Request) -> Said:
        form = request.form
        image: Uploaded = form["assetData"]
        checksum = hashlib.sha1(image.data, usedforsecurity=False).digest()
        assert base64.b64decode(request.headers["x-immich-checksum"]) == checksum
        if checksum in self.assets:
            return said(200, {"id": self.assets[checksum][0], "status": "duplicate"})
        id_ = f"asset-{len(self.assets)}"
        self.assets[checksum] = (id_, form)
        return said(201, {"id": id_, "status": "created"})


@dataclass
class PhotoPrism(Gallery):
    """Batches of uploads; `imported` are names by album."""

    waiting: dict[str, list[Uploaded]] = field(default_factory=dict)
    imported: list[tuple[Uploaded, tuple[str, ...]]] = field(default_factory=list)

    def answer(self, request: Request) -> Said:
        if request.headers["Authorization"] != f"Bearer {self.key}":
            return said(401, {"error": "Unauthorized"})
        match request.method, request.path.split("/")[3:]:
            case "GET", ["session"]:
                return said(200, {"user": {"UID": "uabc"}})
            case "POST", ["users", "uabc", "upload", batch]:
                self.waiting.setdefault(batch, []).append(request.form["files"])
                return said(200, {"code": 200, "message": "1 files uploaded"})
            case "PUT", ["users", "uabc", "upload", batch]:
                albums = tuple(request.told["albums"])
                self.imported += [(each, albums) for each in self.waiting.pop(batch)]
                return said(200, {"code": 200, "message": "upload has been processed"})
        return said(404, {"error": "not found"})


@dataclass
class Hydrus(Gallery):
    """Files by hash. Those in `deleted` were there before."""

    files: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    tags: dict[str, list[str]] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Said:
        if request.headers["Hydrus-Client-API-Access-Key"] != self.key:
            return said(403, {"error": "Did not find an entry for that access key!"})
        match request.method, request.path:
            case "POST", "/add_files/add_file":
                sha256 = hashlib.sha256(request.body).hexdigest()
                status = 3 if sha256 in self.deleted else 2 if sha256 in self.files else 1
                self.files.add(sha256)
                return said(200, {"status": status, "hash": sha256, "note": ""})
            case "GET", "/get_service?service_name=my%20tags":
                return said(200, {"service": {"name": "my tags", "service_key": "6c6f"}})
            case "POST", "/add_tags/add_tags":
                self.tags[request.told["hash"]] = request.told["service_keys_to_tags"]["6c6f"]
                return said(200, {})
            case "POST", "/add_urls/associate_url":
                self.urls[request.told["hash"]] = request.told["url_to_add"]
                return said(200, {})
        return said(404, {"error": "not found"})


@dataclass
class Webhook(Gallery):
    """Takes everything."""

    def answer(self, request: Request) -> Said:  # noqa: ARG002
        return 204, {}, b""


@contextmanager
def running(gallery: Gallery) -> Iterator[None]:
    """Serve a gallery on 127.0.0.1 until the block ends."""
    stopping = threading.Event()

    class Answering(Handler):
        def do_POST(self) -> None:  # noqa: N802 - the name that http.server wants
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, self.headers, body)
            gallery.requests.append(request)
            special = gallery.next_answers.pop(0) if gallery.next_answers else None
            if isinstance(special, str):
                if special == "silent":
                    stopping.wait(10)
                self.close_connection = True
                return
            status, headers, told = special or gallery.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_PUT = do_POST  # noqa: N815 - the names that http.server wants

    with serving(Answering) as gallery.url:
        try:
            yield
        finally:
            stopping.set()
