import io
from dataclasses import replace

from PIL import Image

from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.keys import thumb_key
from bowerbird.core.yields import read_yields
from bowerbird.review.report.examples import A_ROW, Examples, smaller
from bowerbird.review.report.page import render_page
from bowerbird.review.sheet.places import Inside, Served
from bowerbird.review.sheet.summary import read_run
from bowerbird.review.sheet.thumbs import Thumb
from tests.fakes import FakeStore
from tests.many_decisions import Many, decided, many, small_copy


def examples(store: FakeStore, places: Inside | Served | None = None) -> Examples:
    return Examples(read_run(store), store, places or Served("all"))


def test_the_best_of_a_community_and_the_closest_calls_of_a_reason() -> None:
    found = examples(many(Many(400, 30, 0, 0)))
    best = found.kept_of("place7")
    assert [each.card.title for each in best] == [f"Number {n}" for n in (367, 327, 287, 247, 207, 167)]
    close = found.rejected_for("novelty")
    assert [each.card.title.split()[1] for each in close] == [str(n) for n in range(A_ROW)]
    assert found.kept_of("nowhere") == found.rejected_for("nothing") == []


def test_what_has_no_picture_is_left_out_and_is_not_sought_for_ever() -> None:
    store = many(Many(0, 0, 500, 0))
    assert examples(store).rejected_for("too-small") == []


def test_a_report_that_holds_its_pictures_stays_within_a_megabyte() -> None:
    store = many(Many(600, 200, 20, 20))
    page = render_page(read_yields(store), "A report", (), examples(store, Inside()))
    assert page.count("data:image/jpeg") == 9 * A_ROW + A_ROW
    assert len(page.encode()) < 1_000_000
    assert "<script" not in page
    assert "<table" not in page
    assert "The picture is not enough like those that the owner loves." in page


def test_a_small_picture_is_made_smaller() -> None:
    made = smaller(Thumb(small_copy(1), 256, 192))
    assert (made.width, made.height) == (160, 120)
    assert len(made.data) < len(small_copy(1)) / 1.5
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.format == "JPEG"
    broken = Thumb(b"\xff\xd8 nothing", 9, 9)
    assert smaller(broken) is broken


def test_what_comes_of_no_community_has_pictures_under_its_source() -> None:
    store = FakeStore()
    told = decided(1, "watermark", "kept")
    lines = [replace(told, submission=told.submission | {"community": None, "source": "bluesky"})]
    store.put(decisions_key("2026-03-01", "part"), log_file(lines), content_type="x")
    store.put(thumb_key(told.candidate), small_copy(1), content_type="image/jpeg")
    (row,) = read_yields(store).by["community"]
    assert (row.name, len(examples(store).kept_of(row.name))) == ("bluesky", 1)
