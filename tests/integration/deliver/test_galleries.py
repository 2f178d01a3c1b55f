"""Delivering to Immich, PhotoPrism, Hydrus, a webhook and a folder on loopback, well-behaved and not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.assembly.delivering import deliverer
from bowerbird.core.errors import RetryableError, UsageError
from bowerbird.core.keys import sidecar_key
from bowerbird.deliver.deliverer import BusyError
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.sweep import Sweep
from tests.fakes import FakeStore
from tests.integration.deliver.galleries_server import (
    Gallery,
    Hydrus,
    Immich,
    PhotoPrism,
    Said,
    Webhook,
    running,
    said,
)
from tests.pictures import encoded, gradient, jpeg
from tests.unit.deliver.survivors import keep, record, sidecar

SECRETS = {
    "immich_api_key": "opensesame",
    "photoprism_token": "opensesame",
    "hydrus_access_key": "opensesame",
    "webhook_secret": "whsec_" + base64.b64encode(b"opensesame").decode(),
}
HTML: Said = (200, {"Content-Type": "text/html"}, b"<html>sign in</html>")


def settings(**more: object) -> GallerySettings:
    return GallerySettings(**{**SECRETS, **more})


class World:
    """A place with one picture, and a gallery."""

    def __init__(self, name: str, gallery: Gallery) -> None:
        self.name, self.gallery = name, gallery
        self.store = FakeStore()
        self.key = keep(self.store, jpeg(80, 60))
        told = sidecar(title="A <hill>", created_utc=1_700_000_000)
        told["decision"]["decided_at"] = "2026-11-26T12:00:00.000Z"
        self.store.objects[sidecar_key(self.key)] = json.dumps(told).encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.store.objects[self.key]).hexdigest()

    def deliver(self, **more: object) -> str:
        made = deliverer(self.store, f"{self.name}:{self.gallery.url}", settings(**more))
        return made.deliver(self.key).state

    def detail(self) -> str:
        return str(record(self.store, self.key, self.gallery.url).get("problem"))


MAKERS: dict[str, Callable[[], Gallery]] = {
    "immich": Immich,
    "photoprism": PhotoPrism,
    "hydrus": Hydrus,
    "webhook": Webhook,
}
ALL = pytest.mark.parametrize("name", MAKERS)


@pytest.fixture
def world(name: str) -> Iterator[World]:
    gallery = MAKERS[name]()
    with running(gallery):
        yield World(name, gallery)


@ALL
def test_a_picture_is_delivered_once(world: World) -> None:
    assert world.deliver() == "imported"
    asked = len(world.gallery.requests)
    assert world.deliver() == "imported"
    assert len(world.gallery.requests) == asked
    assert record(world.store, world.key, world.gallery.url)["state"] == "imported"


@ALL
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(401, {"message": "no"}), "status 401: .* does not let us in; check the key"),
        (said(403, {"error": "no"}), "status 403: .* does not let us in; check the key"),
        (said(404, {}), "status 404"),
        (
            (302, {"Location": "https://elsewhere.example/opensesame"}, b""),
            r"it has moved to 'https://elsewhere.example/\*\*\*'",
        ),
    ],
)
def test_a_wrong_key_or_address_ends_the_command(world: World, answer: Said, why: str) -> None:
    world.gallery.next_answers = [answer]
    with pytest.raises(UsageError, match=why) as error:
        world.deliver(webhook_secret="opensesame")
    assert "opensesame" not in str(error.value)
    assert world.deliver() == "imported"


@ALL
@pytest.mark.parametrize("answer", [said(500, {"message": "oh"}), said(400, {"message": ["a", "b"]})])
def test_a_failure_is_tried_again(world: World, answer: Said) -> None:
    world.gallery.next_answers = [answer]
    with pytest.raises(RetryableError, match=f"status {answer[0]}: (oh|a, b)"):
        world.deliver()
    assert world.deliver() == "imported"


@ALL
def test_a_picture_that_is_called_a_bad_request_holds_up_nobody_for_ever(world: World) -> None:
    for _ in range(4):
        world.gallery.next_answers = [said(400, {"message": "odd file"})]
        with pytest.raises(RetryableError, match="status 400: odd file"):
            world.deliver()
    world.gallery.next_answers = [said(400, {"message": "odd file"})]
    assert world.deliver() == "refused"


@ALL
@pytest.mark.parametrize(
    ("status", "after", "wait"), [(429, "7", 7.0), (503, "later", None), (429, "9" * 9, 3600.0)]
)
def test_a_busy_gallery_is_left_alone_for_as_long_as_it_says(
    world: World, status: int, after: str, wait: float | None
) -> None:
    keep(world.store, jpeg(80, 60, 1))
    made = deliverer(world.store, f"{world.name}:{world.gallery.url}", settings())
    sweep = Sweep(world.store, made)
    world.gallery.next_answers = [(status, {"Retry-After": after}, b"<html>slow down</html>")]
    assert not sweep.once()
    assert len(world.gallery.requests) == 1
    assert sweep.wait_s == (wait or 0.0)
    world.gallery.next_answers = [(status, {"Retry-After": after}, b"")]
    with pytest.raises(BusyError):
        made.deliver(world.key)
    assert sweep.once()
    assert sweep.counts["imported"] == 2


@ALL
@pytest.mark.parametrize("trouble", ["drop", "silent", said(502, {}), said(504, {})])
def test_an_end_that_nobody_knows_waits_for_the_claim_to_run_out(world: World, trouble: Said | str) -> None:
    world.gallery.next_answers = [trouble]
    timeout_s = 0.5 if trouble == "silent" else 30.0
    with pytest.raises(RetryableError) as error:
        world.deliver(deliver_timeout_s=timeout_s)
    assert error.value.retry_after_s == 8 * timeout_s
    asked = len(world.gallery.requests)
    with pytest.raises(RetryableError, match="another attempt"):
        world.deliver()
    assert len(world.gallery.requests) == asked


@ALL
def test_too_large_is_refused_for_good(world: World) -> None:
    if world.name == "photoprism":
        assert world.deliver() == "imported"  # it knows who we are from now on
        world.key = keep(world.store, jpeg(80, 60, 1))
        world.gallery.next_answers = [None]
    world.gallery.next_answers += [said(413, {})]
    assert world.deliver() == "refused"
    assert world.deliver() == "refused"


@pytest.mark.parametrize("name", ["immich", "photoprism", "hydrus"])
@pytest.mark.parametrize("answer", [HTML, said(200, []), said(200, {}), (200, {}, b'{"id": 7, "status": [')])
def test_what_is_no_such_gallery_is_told(world: World, answer: Said) -> None:
    world.gallery.next_answers = [answer]
    with pytest.raises(UsageError, match=r"this is not|does not say"):
        world.deliver()


@ALL
@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Transfer-Encoding": "chunked"}, b"-5\r\n{}"),
        (200, {"Content-Encoding": "gzip"}, b"no gzip"),
    ],
    ids=["a chunk of negative size", "no gzip"],
)
def test_an_answer_that_is_broken_off_the_wire_is_unclear(world: World, answer: Said) -> None:
    world.gallery.next_answers = [answer]
    with pytest.raises((RetryableError, BusyError)):
        world.deliver()


@pytest.mark.parametrize("name", ["immich", "photoprism", "hydrus"])
def test_a_stranger_who_repeats_the_key_does_not_get_it_into_sidecars(world: World) -> None:
    """At a mistyped address anybody answers; what is cut short must not be half a key."""
    texts = (b"opensesame", b"x" * 194 + b"opensesame", b"[" * 35 + b"opensesame")
    for answer in [(200, {}, text) for text in texts] + [(409, {"Location": f"/{'x' * 190}opensesame"}, b"")]:
        world.gallery.next_answers = [answer]
        with pytest.raises((RetryableError, UsageError)) as raised:
            world.deliver()
        assert "opens" not in f"{raised.value} {world.store.objects}"


@pytest.mark.parametrize("name", ["hydrus"])
@pytest.mark.parametrize("status", [[1], {"1": 1}, "1", 9e99, 10**30, None])
def test_a_status_of_another_kind_is_none(world: World, status: object) -> None:
    world.gallery.next_answers = [said(200, {"status": status})]
    with pytest.raises(UsageError, match="no status that we know"):
        world.deliver()


@pytest.mark.parametrize("name", ["immich"])
def test_what_a_gallery_calls_a_picture_is_kept_as_plain_text(world: World) -> None:
    world.gallery.next_answers = [said(201, {"id": "\x1b[31m7\u202e" + "x" * 4000, "status": "created"})]
    world.deliver(deliver_tags="")
    detail = str(record(world.store, world.key, world.gallery.url)["detail"])
    assert detail.startswith("imported as [31m7xxx")
    assert detail.isprintable()
    assert len(detail) < 400


@pytest.mark.parametrize("name", ["immich", "photoprism", "hydrus"])
def test_a_missing_key_is_told_before_anything_is_sent(world: World) -> None:
    with pytest.raises(UsageError, match=r"set BOWERBIRD_[A-Z_]+, or BOWERBIRD_[A-Z_]+_FILE"):
        world.deliver(immich_api_key="", photoprism_token="", hydrus_access_key="")
    assert world.gallery.requests == []


@pytest.mark.parametrize("name", ["immich"])
def test_immich_gets_name_description_album_and_tags(world: World) -> None:
    assert world.deliver(deliver_album="Bowerbird", deliver_tags="{community},from_bowerbird") == "imported"
    gallery = world.gallery
    assert isinstance(gallery, Immich)
    ((id_, form),) = gallery.assets.values()
    assert form["assetData"].filename == f"2026-11-26 A-hill {world.sha256[:8]}.jpg"
    assert form["assetData"].data == world.store.objects[world.key]
    assert form["fileCreatedAt"] == "2023-11-14T22:13:20.000Z"
    assert form["fileModifiedAt"] == "2026-11-26T12:00:00.000Z"
    assert form["sidecarData"].filename.endswith(".jpg.xmp")
    assert b"A &lt;hill&gt;" in form["sidecarData"].data
    assert gallery.albums == {"Bowerbird": [id_]}
    assert gallery.tagged == {"EarthPorn": [id_], "from_bowerbird": [id_]}


@pytest.mark.parametrize("name", ["immich"])
def test_an_album_is_found_again_and_a_half_done_delivery_goes_on(world: World) -> None:
    gallery = world.gallery
    assert isinstance(gallery, Immich)
    gallery.albums = {"other": [], "Bowerbird": []}
    gallery.next_answers = [None, said(500, {})]  # the upload goes well, finding the album does not
    with pytest.raises(RetryableError):
        world.deliver(deliver_album="Bowerbird")
    assert world.deliver(deliver_album="Bowerbird") == "already"
    assert gallery.albums == {"other": [], "Bowerbird": ["asset-0"]}
    assert len(gallery.assets) == 1


@pytest.mark.parametrize("name", ["hydrus"])
def test_hydrus_gets_tags_and_the_address(world: World) -> None:
    gallery = world.gallery
    assert isinstance(gallery, Hydrus)
    assert world.deliver() == "imported"
    assert gallery.tags == {world.sha256: ["EarthPorn", "title:A <hill>", "creator:someone"]}
    assert gallery.urls == {world.sha256: "https://www.reddit.com/r/EarthPorn/comments/1/"}
    assert World("hydrus", gallery).deliver() == "already"


@pytest.mark.parametrize("name", ["hydrus"])
def test_what_was_deleted_in_hydrus_does_not_come_back(world: World) -> None:
    assert isinstance(world.gallery, Hydrus)
    world.gallery.deleted.add(world.sha256)
    assert world.deliver() == "refused"
    assert world.gallery.tags == {}


@pytest.mark.parametrize("name", ["photoprism"])
def test_photoprism_imports_into_an_album_and_a_busy_import_is_tried_again(world: World) -> None:
    gallery = world.gallery
    assert isinstance(gallery, PhotoPrism)
    gallery.next_answers = [None, None, said(503, {"error": "busy"})]
    with pytest.raises(RetryableError, match="busy"):
        world.deliver()
    assert world.deliver(deliver_album="Finds", deliver_xmp="embedded") == "imported"
    *_, (upload, albums) = gallery.imported
    assert albums == ("Finds",)
    picture = Image.open(io.BytesIO(upload.data))
    assert b"someone" in picture.info["xmp"]


@pytest.mark.parametrize("name", ["webhook"])
@pytest.mark.parametrize("file", [False, True])
def test_a_webhook_is_signed_and_says_what_is_known(world: World, *, file: bool) -> None:
    assert world.deliver(deliver_file=file) == "imported"
    (request,) = world.gallery.requests
    assert request.headers["webhook-id"] == world.sha256
    signed = f"{world.sha256}.{request.headers['webhook-timestamp']}.".encode() + request.body
    digest = hmac.digest(b"opensesame", signed, hashlib.sha256)
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    event = json.loads(request.form["event"].data) if file else request.told
    assert event["type"] == "picture.kept"
    assert event["data"]["title"] == "A <hill>"
    assert event["data"]["post"] == "https://www.reddit.com/r/EarthPorn/comments/1/"
    if file:
        assert request.form["file"].data == world.store.objects[world.key]


@pytest.mark.parametrize("name", ["webhook"])
def test_a_webhook_without_a_secret_is_not_signed(world: World) -> None:
    assert world.deliver(webhook_secret="") == "imported"
    assert world.gallery.requests[0].headers["webhook-signature"] is None
    with pytest.raises(UsageError, match="what follows whsec_ is not base64"):
        world.deliver(webhook_secret="whsec_!")


def in_folder(world: World, folder: Path, **more: object) -> str:
    return deliverer(world.store, f"folder:{folder}", settings(**more)).deliver(world.key).state


def test_a_folder_gets_readable_names_and_what_is_there_stays(tmp_path: Path) -> None:
    world = World("folder", Webhook())
    name = tmp_path / f"2026-11-26/2026-11-26 A-hill {world.sha256[:8]}.jpg"
    assert in_folder(world, tmp_path, deliver_xmp="beside") == "imported"
    assert name.read_bytes() == world.store.objects[world.key]
    assert b"someone" in name.with_name(f"{name.name}.xmp").read_bytes()
    assert in_folder(World("folder", Webhook()), tmp_path) == "already"
    name.write_text("mine")
    assert in_folder(World("folder", Webhook()), tmp_path) == "imported"
    assert name.read_text() == "mine"


def test_a_folder_that_is_not_mounted_is_not_filled(tmp_path: Path) -> None:
    world = World("folder", Webhook())
    with pytest.raises(UsageError, match="no such folder; make or mount it"):
        in_folder(world, tmp_path / "stick")
    made = deliverer(world.store, f"folder:{tmp_path}", settings())
    tmp_path.rmdir()
    with pytest.raises(RetryableError, match="make or mount it"):
        made.deliver(world.key)


def test_pictures_go_as_they_are(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "place")
    data = encoded(gradient(80, 60), "WEBP")
    key = keep(store, data, "WEBP")
    gallery = Immich()
    with running(gallery):
        assert deliverer(store, f"immich:{gallery.url}/api", settings()).deliver(key).state == "imported"
    ((_, form),) = gallery.assets.values()
    assert form["assetData"].data == data


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("flickr:me", "say one of folder:DIR, hydrus:URL, immich:URL"),
        ("immich:", "cannot deliver to"),
        ("immich:ftp://x", "Immich's address is written as"),
        ("immich:http://me:secret@x", "leave user and password out of Immich's address"),
        ("webhook:http://x:port/", "is not a URL"),
    ],
)
def test_a_wrong_destination_is_told(to: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        deliverer(FakeStore(), to, settings())
