from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from bowerbird.models.bundle import find
from layers.models.workshop.watermark.teacher import Opinion, Teacher


@pytest.mark.parametrize(("marked", "right", "wrong"), [(True, 15.0, -2.0), (False, -6.0, 9.0)])
def test_what_is_called_wrongly_is_worth_more(marked: bool, right: float, wrong: float) -> None:
    heat = np.zeros((2, 2), np.float32)

    assert 0.3 <= Opinion(right, heat).worth(marked=marked) < 0.35
    assert Opinion(wrong, heat).worth(marked=marked) > 0.9


def test_the_hottest_cell_is_where_a_mark_is() -> None:
    sky = Image.linear_gradient("L").resize((512, 512)).convert("RGB").filter(ImageFilter.GaussianBlur(3))
    teacher = Teacher(find("lite") / "watermark.onnx")
    before = teacher.look(np.asarray(sky))
    ImageDraw.Draw(sky).text((330, 440), "© Jane Doe", fill="white", font_size=30)

    after = teacher.look(np.asarray(sky))

    assert after.logit > before.logit + 3
    row, column = after.hottest()
    assert 440 <= row * 16 <= 480
    assert 320 <= column * 16 <= 480
