"""A loopback scenery: its import route, field by field, with its limits, messages and weaknesses.

Follows https://github.com/qwertyforce/scenery: src/server/index.ts (the multipart parser's limits),
routes/import_image.ts (the order of checks) and helpers/image_ops.ts (messages). As in the original, looking
for the sha256 and taking the next id are not one step: two requests at once can import a picture twice, or
give two pictures one id.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from python_multipart.multipart import FormParser, parse_options_header

from bowerbird.core.errors import PermanentError
from bowerbird.imaging import inspect, sniff

FIELD_BYTES = 1000
IMAGE_BYTES = 50_000_000

# Stands for the original's long pattern: http(s), a public host with a dot, no spaces.
_VALID_URL = re.compile(
    r"https?://(?!(?:10|127|192\.168)\.)[^\s/:]+\.[a-z]{2,}(?::\d{2,5})?(?:[/?#]\S*)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Imported:
    id: int
    sha256: str
    source_url: str
    tags: tuple[str, ...]
    filename: str


@dataclass(frozen=True)
class Uploaded:
    filename: str
    data: bytes


@dataclass
class Scenery:
    """`work` is done between taking an id and keeping it; `silent` leaves a wrong password unanswered.

    `next_answers` are given instead of the route's own, one a request: (status, body), or "cut" and "drop".
    """

    password: str = "opensesame"
    work: Callable[[], object] = lambda: None
    silent: bool = False
    url: str = ""
    images: list[Imported] = field(default_factory=list)
    similar: dict[str, Any] = field(default_factory=dict)
    next_answers: list[tuple[int, bytes] | str] = field(default_factory=list)
    requests: int = 0

    def answer(self, path: str, headers: Message, body: bytes) -> tuple[int, bytes] | None:
        """Find the route and parse the form."""
        if path != "/import_image":
            return 404, b"<html>not found</html>"
        try:
            return self.import_image(read_form(headers, body))
        except TooLargeError:
            return _error(413, "Payload Too Large", "request file too large")

    def import_image(self, form: dict[str, Any]) -> tuple[int, bytes] | None:
        """Answer as the route does; None is no answer at all."""
        url = str(form.get("source_url") or "")
        if url and not _VALID_URL.fullmatch(url):
            return 422, b'{"message":"invalid url"}'
        if "image" not in form:
            return _error(400, "Bad Request", "body must have required property 'image'")
        if not isinstance(form["image"], Uploaded):
            return 500, b""
        tags: list[str] = []
        if form.get("tags"):
            try:
                tags = [tag for tag in json.loads(form["tags"]) if isinstance(tag, str)]
            except (ValueError, TypeError):
                return _error(500, "Internal Server Error", "Unexpected token in JSON")
        if not self.password or form.get("import_images_bot_password") != self.password:
            return None
        return 200, json.dumps({"message": self._import(form["image"], tags, url) or "fail"}).encode()

    def _import(self, image: Uploaded, tags: list[str], url: str) -> str:
        sha256 = hashlib.sha256(image.data).hexdigest()
        for found in self.images:
            if found.sha256 == sha256:
                return f"Image with the same sha256 is already in the db. Image id = {found.id} "
        if "bypass_dup_check" not in tags and sha256 in self.similar:
            return f"Similar image is already in the db. Image ids = {json.dumps(self.similar[sha256])} "
        if sniff(image.data) not in {"PNG", "JPEG"}:
            return "Not supported mime type"
        try:
            info = inspect(image.data)
        except PermanentError:
            return ""
        tags.append("vertical" if info.height > info.width else "horizontal")
        new_id = max((found.id for found in self.images), default=0) + 1
        self.work()
        self.images.append(Imported(new_id, sha256, url, tuple(dict.fromkeys(tags)), image.filename))
        return f"Success! Image id = {new_id}"


class TooLargeError(Exception):
    """A file beyond the parser's limit."""


def _error(status: int, error: str, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"statusCode": status, "error": error, "message": message}).encode()


def read_form(headers: Message, body: bytes) -> dict[str, Any]:
    """Parse as @fastify/multipart with `attachFieldsToBody`: fields are cut at their limit, files are not."""
    form: dict[str, Any] = {}

    def on_field(part: Any) -> None:
        form[part.field_name.decode()] = (part.value or b"")[:FIELD_BYTES].decode(errors="replace")

    def on_file(part: Any) -> None:
        part.file_object.seek(0)
        data = part.file_object.read()
        if len(data) > IMAGE_BYTES:
            raise TooLargeError
        form[part.field_name.decode()] = Uploaded((part.file_name or b"").decode(), data)

    kind, options = parse_options_header(headers["Content-Type"])
    if kind != b"multipart/form-data":
        return form
    parser = FormParser(
        "multipart/form-data",
        on_field,
        on_file,
        boundary=options[b"boundary"],
        config={"MAX_MEMORY_FILE_SIZE": 2 * IMAGE_BYTES},
    )
    parser.write(body)
    parser.finalize()
    return form


@contextmanager
def serving(scenery: Scenery) -> Iterator[Scenery]:
    """Serve on 127.0.0.1 until the block ends."""
    stopping = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            scenery.requests += 1
            special = scenery.next_answers.pop(0) if scenery.next_answers else None
            answer = special if isinstance(special, tuple) else scenery.answer(self.path, self.headers, body)
            if special == "drop":
                self.close_connection = True
                return
            if answer is None and scenery.silent:
                stopping.wait(30)
                self.close_connection = True
                return
            status, said = answer or (200, b"")
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", said.decode())
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(said) + (9 if special == "cut" else 0)))
            self.end_headers()
            self.wfile.write(said)
            if special == "cut":
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that was killed is no error of the server."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scenery.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield scenery
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
