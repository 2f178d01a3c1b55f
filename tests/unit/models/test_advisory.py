import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter, PngImagePlugin

from bowerbird.models.advisory import detail, exposure, observe, sharpness, synthetic

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8))
URL = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def png(**texts: str) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        chunks.add_text(name, text)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def jpeg(*, software: str = "", comment: bytes = b"") -> bytes:
    exif = Image.Exif()
    if software:
        exif[ExifTags.Base.Software] = software
    if comment:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


SETTINGS = "a lake\nSteps: 20, Sampler: Euler a, CFG scale: 7"


@pytest.mark.parametrize(
    ("data", "claim"),
    [
        (jpeg() + f"{URL}trainedAlgorithmicMedia".encode(), "digital-source-type: trainedAlgorithmicMedia"),
        (jpeg() + f"{URL}digitalCapture".encode(), None),
        (png(parameters=SETTINGS), "png: parameters"),
        (png(parameters="of the universe"), None),
        (png(prompt='{"3": {"class_type": "KSampler"}}'), "png: prompt"),
        (png(Software="NovelAI"), "png: Software"),
        (png(Software="GIMP"), None),
        (jpeg(software="Midjourney v6"), "exif: midjourney"),
        (jpeg(software="Adobe Lightroom"), None),
        (jpeg(comment=b"UNICODE\0" + SETTINGS.encode("utf-16-be")), "exif: generation settings"),
        (jpeg(comment=b"ASCII\0\0\0" + SETTINGS.encode()), "exif: generation settings"),
        (b"not a picture", None),
    ],
)
def test_a_file_that_says_it_was_generated_is_named(data: bytes, claim: str | None) -> None:
    assert synthetic(data) == claim


def test_blur_lowers_sharpness_and_a_sharp_subject_keeps_it() -> None:
    blurred = NOISE.filter(ImageFilter.GaussianBlur(6))
    subject = blurred.copy()
    subject.paste(NOISE.crop((300, 200, 500, 400)), (300, 200))

    assert sharpness(Image.new("RGB", (50, 50), "red")) == 0.0
    assert sharpness(blurred) < sharpness(NOISE) / 10
    assert sharpness(subject) > sharpness(NOISE) / 2


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("black", (0.0, 1.0, 0.0)), ("white", (1.0, 0.0, 1.0)), ("#808080", (0.502, 0.0, 0.0))],
)
def test_exposure_counts_what_is_lost(colour: str, expected: tuple[float, float, float]) -> None:
    seen = exposure(Image.new("RGB", (40, 30), colour))

    assert (seen.brightness, seen.crushed, seen.blown) == pytest.approx(expected, abs=1e-3)


def test_observe_gathers_all_and_claims_only_what_is_claimed() -> None:
    assert set(observe(NOISE, jpeg())) == {"sharpness", "brightness", "crushed", "blown"}
    assert observe(NOISE, png(parameters=SETTINGS))["synthetic"] == "png: parameters"


def test_an_enlarged_picture_lacks_the_highest_frequencies() -> None:
    small = NOISE.filter(ImageFilter.GaussianBlur(0.6))
    large = NOISE.resize((1600, 1200), Image.Resampling.BICUBIC)

    sharp, enlarged = detail(small), detail(large)

    assert sharp is not None
    assert enlarged is not None
    assert enlarged < sharp - 1


def test_a_picture_smaller_than_a_tile_has_no_measure_of_detail() -> None:
    assert detail(NOISE.crop((0, 0, 800, 255))) is None
