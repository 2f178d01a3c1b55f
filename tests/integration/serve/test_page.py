"""The page in a real browser. Needs a Chromium; how the gate gets one is in `.ci/run`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.service import Service
from tests.pictures import encoded
from tests.serving import BrightModels, running, service

HOSTILE = "<img src=x onerror=alert(1)>.jpg"


@dataclass
class Opened:
    page: Page
    complaints: list[str]


@contextmanager
def opened(browser: Browser, serving: Service | None = None, width: int = 1280) -> Iterator[Opened]:
    """The page on a server of its own; whatever the browser complains of is collected."""
    with running(create_app(serving or service())) as port:
        page = browser.new_page(viewport={"width": width, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#bundle")).to_contain_text("bright@1.0.0")
        yield Opened(page, complaints)
        page.close()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    files = {
        HOSTILE: encoded(Image.new("RGB", (800, 600), (0, 200, 0))),
        "dull.png": encoded(Image.new("RGB", (800, 600), (0, 20, 0)), "PNG"),
        "marked.png": encoded(Image.new("RGB", (800, 600), (0, 200, 255)), "PNG"),
        "page.jpg": b"<!doctype html><script>alert(2)</script>",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in files]


def test_verdicts_with_bars_reasons_and_thumbnails(browser: Browser, pictures: list[Path]) -> None:
    with opened(browser) as found:
        page = found.page
        page.set_input_files("#files", pictures)
        expect(page.get_by_role("status")).to_have_text("1 kept · 3 rejected")
        assert page.locator(".name").all_text_contents() == [path.name for path in pictures]
        assert page.locator(".reason").all_text_contents() == [
            "Looks like what you love",
            "Not to your taste",
            "Carries a watermark",
            "A web page, not a picture",
        ]
        kept = page.locator(".card").nth(0)
        expect(kept.locator(".badge")).to_have_text("✓ Kept")
        bars = kept.get_by_role("img", name="threshold")
        assert [bar.get_attribute("aria-label") for bar in bars.all()] == [
            "match 0.78, threshold 0.50",
            "watermark 0.00, threshold 0.90",
        ]
        assert kept.locator("canvas").evaluate(
            "it => [...it.getContext('2d').getImageData(9, 9, 1, 1).data]"
        )[1] == pytest.approx(200, abs=3)
        marks = page.locator(".card").nth(2).locator(".measure")
        assert ["against" in str(mark.get_attribute("class")) for mark in marks.all()] == [False, True]
        expect(page.locator(".card").nth(3).locator(".blank")).to_be_visible()
        assert found.complaints == []


def test_pictures_can_be_dropped(browser: Browser) -> None:
    with opened(browser) as found:
        dropped = found.page.evaluate_handle(
            """async () => {
                const canvas = new OffscreenCanvas(300, 200);
                canvas.getContext("2d").fillRect(0, 0, 300, 200);
                const transfer = new DataTransfer();
                transfer.items.add(new File([await canvas.convertToBlob()], "black.png"));
                return transfer;
            }"""
        )
        found.page.dispatch_event("body", "drop", {"dataTransfer": dropped})
        expect(found.page.get_by_role("status")).to_have_text("0 kept · 1 rejected")
        expect(found.page.locator(".facts")).to_contain_text("300 \N{MULTIPLICATION SIGN} 200 · PNG · ")
        assert found.complaints == []


def test_the_keyboard_is_enough(browser: Browser, pictures: list[Path]) -> None:
    with opened(browser) as found:
        page = found.page
        # Playwright does not wait until choosers are caught: on a busy machine the key would come before.
        page.on("filechooser", lambda _: None)
        page.keyboard.press("Tab")  # the way up
        page.keyboard.press("Tab")
        expect(page.locator("#files")).to_be_focused()
        ring = page.locator("#drop").evaluate("it => getComputedStyle(it).outlineStyle")
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.get_by_label("too small or too long")).to_be_checked()
        chooser.value.set_files(pictures[0])
        expect(page.locator(".reason")).to_have_text("Too small for the gallery")
        page.get_by_role("button", name="Clear").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".card")).to_have_count(0)
        expect(page.locator("#files")).to_be_focused()
        assert ring == "solid"


def test_a_busy_server_is_asked_again(browser: Browser, pictures: list[Path]) -> None:
    models = BrightModels()
    models.free.clear()
    with opened(browser, service(models, Limits(requests=1))) as found:
        with found.page.expect_response(lambda answer: answer.status == 503):
            found.page.set_input_files("#files", pictures[:3])
        models.free.set()
        expect(found.page.get_by_role("status")).to_have_text("1 kept · 2 rejected")


def test_what_failed_can_be_tried_again(browser: Browser, pictures: list[Path]) -> None:
    with opened(browser) as found:
        found.page.context.set_offline(True)
        found.page.set_input_files("#files", pictures[:1])
        expect(found.page.locator(".reason")).to_have_text("The server does not answer.")
        found.page.context.set_offline(False)
        found.page.get_by_role("button", name="Try again").click()
        expect(found.page.get_by_role("status")).to_have_text("1 kept · 0 rejected")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out(browser: Browser, pictures: list[Path], width: int) -> None:
    with opened(browser, width=width) as found:
        found.page.set_input_files("#files", pictures)
        expect(found.page.get_by_role("status")).to_have_text("1 kept · 3 rejected")
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark(browser: Browser) -> None:
    papers = set()
    with opened(browser) as found:
        for scheme in ("light", "dark"):
            found.page.emulate_media(color_scheme=scheme)
            papers.add(found.page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert papers == {"rgb(246, 244, 239)", "rgb(18, 20, 26)"}
