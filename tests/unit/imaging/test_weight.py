"""What weighs in a file is the picture: not its metadata, and not what follows its end."""

import io

import pytest
from PIL import Image, PngImagePlugin

from bowerbird.imaging import weight
from tests.pictures import gradient, noise


def saved(form: str, **options: object) -> bytes:
    out = io.BytesIO()
    noise(64, 48).save(out, form, **options)
    return out.getvalue()


PLAIN = {
    "JPEG": saved("JPEG"),
    "PNG": saved("PNG"),
    "WEBP": saved("WEBP"),
    "AVIF": saved("AVIF"),
}


def described() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 50_000)
    return info


PADDED = {
    "JPEG": saved("JPEG", exif=b"Exif\0\0" + bytes(50_000), comment=b"x" * 5000),
    "PNG": saved("PNG", pnginfo=described()),
    "WEBP": saved("WEBP", exif=b"Exif\0\0" + bytes(50_000)),
}


@pytest.mark.parametrize("form", PLAIN)
def test_nearly_all_of_a_plain_file_is_the_picture(form: str) -> None:
    assert 0.85 * len(PLAIN[form]) < weight(PLAIN[form], form) <= len(PLAIN[form])


@pytest.mark.parametrize("form", PADDED)
def test_metadata_and_what_is_appended_weigh_nothing(form: str) -> None:
    assert len(PADDED[form]) > len(PLAIN[form]) + 50_000
    assert weight(PADDED[form], form) == weight(PLAIN[form], form)
    assert weight(PLAIN[form] + b"\xff\xd8" + bytes(10_000) + PLAIN["JPEG"], form) == weight(
        PLAIN[form], form
    )


def test_all_scans_of_a_progressive_picture_count() -> None:
    out = io.BytesIO()
    noise(64, 48).save(out, "JPEG", progressive=True)
    assert 0.9 * len(out.getvalue()) < weight(out.getvalue(), "JPEG") <= len(out.getvalue())


@pytest.mark.parametrize("form", PLAIN)
def test_a_file_cut_off_anywhere_has_a_weight_too(form: str) -> None:
    for length in range(30, len(PLAIN[form]), 7):
        assert 0 <= weight(PLAIN[form][:length], form) <= length


def test_a_less_compressed_picture_weighs_more() -> None:
    fine, coarse = io.BytesIO(), io.BytesIO()
    gradient(300, 200, 1).save(fine, "JPEG", quality=95)
    Image.open(fine).save(coarse, "JPEG", quality=30)
    assert weight(fine.getvalue(), "JPEG") > 2 * weight(coarse.getvalue(), "JPEG")
