import http.client
import json
import random
from collections import Counter

import pytest
from PIL import Image

from benchmarks import photographs, stream
from benchmarks.derive_mix import MIX
from benchmarks.server import serving
from benchmarks.stream import Mix
from bowerbird.filter.shape import NOMADS
from bowerbird.models.bundle import load


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> Mix:
    """Fourteen candidates as recorded, but small ones, of two photographs."""
    place = tmp_path_factory.mktemp("mix")
    for name in ("forest-stream.jpg", "coffee.jpg"):
        with Image.open(photographs.DEMO / name) as whole:
            whole.resize((480, 320)).save(place / name)
    told = json.loads(MIX.read_text())
    told["sizes"] = {
        name: [(width // 6, height // 6) for width, height in sizes] for name, sizes in told["sizes"].items()
    }
    (place / "small.json").write_text(json.dumps(told))
    return stream.r_all(place, 14, load("lite"), place / "small.json")


def test_a_crawl_finds_what_was_planned(mix: Mix) -> None:
    told = Counter((each.host, each.width is not None, bool(each.previews)) for each in mix.candidates)
    assert told == {
        ("reddit", True, True): 12,
        ("reddit", False, False): 1,
        ("imgur", False, True): 1,
    }


def test_every_link_has_its_file(mix: Mix) -> None:
    links = [copy.url for each in mix.candidates for copy in each.previews if "width=" in copy.url]
    links += [each.urls[0] for each in mix.candidates]
    assert [link for link in links if link.removeprefix("https://") not in mix.files] == []


def test_portraits_and_png_are_in_it(mix: Mix) -> None:
    sizes = [(each.width, each.height) for each in mix.candidates if each.width and each.height]
    assert sum(width < height for width, height in sizes) > len(sizes) / 3
    assert any(link.endswith(".png") for link in mix.originals)


def test_the_recorded_sizes_are_those_of_the_kinds() -> None:
    sizes = json.loads(MIX.read_text())["sizes"]
    assert all(NOMADS.reason(*size) for size in sizes["declared unfit"])
    assert not any(NOMADS.reason(*size) for name in ("fit", "fit PNG") for size in sizes[name])


def test_a_host_sends_webp_of_a_png_to_whoever_accepts_it() -> None:
    mix = Mix("one")
    mix.declare(Image.linear_gradient("L").resize((400, 400)).convert("RGB"), "PNG")
    link = next(copy.url for copy in mix.candidates[0].previews if copy.width == 320)
    types = {}
    with serving(mix.files) as server:
        for accept in ("image/webp,image/jpeg", "image/jpeg"):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
            path = link.removeprefix("https://preview.redd.it")
            connection.request("GET", path, headers={"Host": "preview.redd.it", "Accept": accept})
            answer = connection.getresponse()
            types[accept] = (answer.getheader("Content-Type"), len(answer.read()))
            connection.close()
    assert types["image/webp,image/jpeg"][0] == "image/webp"
    assert types["image/jpeg"][0] == "image/png"
    assert server.sent.total() == sum(size for _, size in types.values())


def test_photographs_keep_their_shape() -> None:
    image = photographs.of_area(photographs.DEMO / "forest-stream.jpg", 0.2, random.Random(1))
    assert image.width * image.height == pytest.approx(2e5, rel=0.01)
    assert image.width / image.height == pytest.approx(1600 / 1065, rel=0.01)
