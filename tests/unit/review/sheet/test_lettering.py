from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bowerbird.review.sheet.lettering import Ink, fit, write

INK = Ink(14, "#ffffff")


def test_what_fits_is_left_alone() -> None:
    assert fit("Trollveggen", INK.face, 500) == "Trollveggen"


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    short = fit("Aurora over Lofoten, the third night", INK.face, 100)
    assert short.startswith("Aurora")
    assert short.endswith("…")
    assert INK.face.getlength(short) <= 100


def test_letters_that_the_font_lacks_are_left_out() -> None:
    assert fit("夜明け 🗻 Mount Fuji", INK.face, 500) == "Mount Fuji"


@given(st.text(st.characters(), max_size=80))
def test_any_text_can_be_written(text: str) -> None:
    image = Image.new("RGB", (200, 30))
    assert write(ImageDraw.Draw(image), (0, 0), text, INK, 150) <= 150
