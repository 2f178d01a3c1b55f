"""Which of two copies stays, and why; and what is no copy."""

from pathlib import Path

import pytest
from PIL import Image, ImageFilter, ImageOps

import bowerbird.demo
from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.filter import traits
from bowerbird.filter.contest import Entry, Finding, Winner, contest
from tests.pictures import encoded

PHOTOGRAPHS = sorted(Path(bowerbird.demo.__file__).with_name("photographs").glob("*.jpg"))
WIDE = [path for path in PHOTOGRAPHS if path.stat().st_size > 250_000][:2]


def photograph(path: Path, width: int = 900) -> Image.Image:
    whole = Image.open(path).convert("RGB")
    return whole.resize((width, width * whole.height // whole.width), Image.Resampling.LANCZOS)


def judged(new: Image.Image, old: Image.Image, form: str = "PNG") -> Finding:
    return contest(*(Entry.of(encoded(each, form), imaging) for each in (new, old)))


def view(image: Image.Image, left: float) -> Image.Image:
    start, width = round(left * image.width), round(0.9 * image.width)
    return image.crop((start, 0, start + width, image.height))


@pytest.mark.parametrize("path", WIDE, ids=lambda path: path.stem)
def test_a_view_a_little_to_the_side_is_another_picture(path: Path) -> None:
    whole = photograph(path)
    finding = judged(view(whole, 0.05), view(whole, 0.02), "JPEG")
    assert (finding.winner, finding.why.partition(":")[0]) == (Winner.BOTH, "another moment or view")


def test_something_that_moved_makes_another_moment() -> None:
    whole = photograph(WIDE[0])
    moved = whole.copy()
    # What is in one part of the picture is somewhere else a moment later.
    for x in (300, 500):
        moved.paste(whole.crop((x, 150, x + 180, 450)).transpose(Image.Transpose.ROTATE_180), (x, 150))
    assert judged(moved, whole).winner is Winner.BOTH


@pytest.mark.parametrize("path", WIDE, ids=lambda path: path.stem)
def test_an_honest_larger_copy_wins_and_an_enlarged_one_does_not(path: Path) -> None:
    whole, small = photograph(path, 1000), photograph(path, 640)
    assert judged(whole, small).winner is Winner.NEW
    enlarged = small.resize(whole.size, Image.Resampling.BICUBIC)
    finding = judged(enlarged, small)
    assert finding.winner is Winner.OLD
    assert "enlarged or blurred" in finding.why


def test_a_larger_copy_made_from_a_much_smaller_one_does_not_win() -> None:
    whole = photograph(WIDE[0], 700)
    finding = judged(whole.resize((200, 200 * whole.height // 700)).resize((1400, 2 * whole.height)), whole)
    assert finding.winner is Winner.OLD


def test_a_toned_copy_is_a_grey_one() -> None:
    whole = photograph(WIDE[0])
    toned = ImageOps.colorize(whole.convert("L"), "#201004", "#fff0d0")
    assert traits.colour(toned) < 1 < traits.colour(whole)
    finding = judged(toned, whole)
    assert (finding.winner, finding.why.partition(",")[0]) == (Winner.OLD, "it has lost its colours")
    assert judged(whole, toned).winner is Winner.NEW


def test_two_grey_pictures_are_compared_by_what_they_hold() -> None:
    grey = photograph(WIDE[0], 1000).convert("L").convert("RGB")
    small = grey.resize((600, 600 * grey.height // 1000))
    assert judged(grey, small).winner is Winner.NEW
    one_bit = small.convert("1")
    assert judged(one_bit.resize(grey.size), grey).winner is Winner.OLD
    assert judged(grey, one_bit).winner is Winner.NEW


def test_other_formats_of_one_size_are_not_compared_by_weight() -> None:
    whole = photograph(WIDE[0])
    png, jpeg = (Entry.of(encoded(whole, form), imaging) for form in ("PNG", "JPEG"))
    for one, other in ((png, jpeg), (jpeg, png)):
        finding = contest(one, other)
        assert finding.winner is Winner.OLD
        assert "cannot be held against" in finding.why


def test_what_is_too_large_to_decode_whole_does_not_win() -> None:
    class Small:
        """Decodes nothing whole."""

        inspect = staticmethod(imaging.inspect)

        def decode(self, data: bytes, *, min_side: int | None = None) -> Image.Image:
            if min_side is None:
                raise imaging_error
            return imaging.decode(data, min_side=min_side)

    imaging_error = PermanentError("too much", Word.MEMORY)
    whole = photograph(WIDE[0])
    entries = [Entry.of(encoded(each), imaging) for each in (whole, whole.filter(ImageFilter.BLUR))]
    finding = contest(*entries, Small())
    assert finding == Finding(Winner.OLD, "not compared closely (memory: too much)")
