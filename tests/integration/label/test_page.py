"""The page in a real browser."""

from __future__ import annotations

import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.labels import read_labels
from bowerbird.review.label.app import create_app
from bowerbird.review.label.lessons import Lessons
from bowerbird.review.label.session import open_session
from tests.integration.label.place import HOSTILE, fill
from tests.integration.label.teacher import FakeTeacher


@dataclass
class Opened:
    page: Page
    store: FolderStore
    complaints: list[str]

    def labels(self) -> dict[str, bool]:
        return {label.candidate: label.keep for label in read_labels(self.store)}

    def wait_for(self, labels: dict[str, bool]) -> None:
        """Labels are stored behind the page's back."""
        deadline = time.monotonic() + 20
        while self.labels() != labels:
            assert time.monotonic() < deadline, self.labels()
            time.sleep(0.02)


@contextmanager
def serving(store: FolderStore, teacher: FakeTeacher | None = None) -> Iterator[int]:
    session = open_session(store)
    lessons = (
        None if teacher is None else Lessons(session, lambda: teacher, "bowerbird train --feedback here")
    )
    if lessons is not None:
        lessons.look_at_all()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(create_app(session, lessons=lessons), lifespan="off", log_level="error")
        )
        thread = threading.Thread(target=lambda: server.run(sockets=[bound]), daemon=True)
        thread.start()
        yield port
        server.should_exit = True
        thread.join(10)


@contextmanager
def opening(
    browser: Browser, folder: Path, teacher: FakeTeacher | None = None, **context: Any
) -> Iterator[Opened]:
    store = FolderStore(folder)
    fill(store)
    with serving(store, teacher) as port:
        page = browser.new_page(**context)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("body[data-ready]")
        yield Opened(page, store, complaints)
        page.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    with opening(browser, tmp_path, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


@pytest.fixture
def taught(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """A page that learns, on a phone."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with opening(browser, tmp_path, FakeTeacher(), **phone) as opened:
        opened.page.wait_for_selector("body[data-learned='5']")
        yield opened


def titles(page: Page) -> list[str]:
    return [
        alt.partition(" ")[0] for alt in page.locator("#strip img").evaluate_all("all => all.map(i => i.alt)")
    ]


def test_the_closest_calls_come_first_and_what_has_no_picture_is_left_out(opened: Opened) -> None:
    assert titles(opened.page) == ["just", "near", "marked", "far", "good"]
    expect(opened.page.locator("#progress")).to_have_text("1 of 5 here · 0 of 5 labelled")
    assert (
        opened.page.locator("#large").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    )


def test_one_key_labels_and_goes_on_and_undo_takes_it_back(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("k")
    page.keyboard.press("r")
    expect(page.locator("#progress")).to_have_text("3 of 5 here · 2 of 5 labelled")
    opened.wait_for({"t:just": True, "t:near": False})
    page.keyboard.press("u")
    expect(page.locator("#title")).to_contain_text("near")
    opened.wait_for({"t:just": True})
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#title")).to_contain_text("just")
    page.keyboard.press("r")
    opened.wait_for({"t:just": False})
    assert opened.complaints == []


def test_buttons_do_the_same(opened: Opened) -> None:
    opened.page.click("#reject")
    opened.page.click("#next")
    opened.page.click("#keep")
    opened.wait_for({"t:just": False, "t:marked": True})
    opened.page.click("#undo")
    opened.wait_for({"t:just": False})


def test_labels_are_there_when_the_page_is_opened_again(opened: Opened) -> None:
    opened.page.keyboard.press("r")
    opened.wait_for({"t:just": False})
    opened.page.reload()
    opened.page.wait_for_selector("body[data-ready]")
    assert titles(opened.page) == ["near", "marked", "far", "good"]
    opened.page.uncheck("[name=open]")
    assert titles(opened.page) == ["just", "near", "marked", "far", "good"]
    expect(opened.page.locator("#frame")).to_have_class("reject")


def test_filters_by_verdict_reason_and_community(opened: Opened) -> None:
    page = opened.page
    page.select_option("[name=verdict]", "kept")
    assert titles(page) == ["just", "good"]
    page.select_option("[name=verdict]", "rejected")
    page.select_option("[name=reason]", "Watermarked")
    assert titles(page) == ["marked"]
    page.select_option("[name=reason]", "")
    page.select_option("[name=community]", "SkyPorn")
    assert titles(page) == ["near"]
    page.select_option("[name=verdict]", "kept")
    expect(page.locator("#empty")).to_be_visible()
    assert page.locator("#keep").is_disabled()
    page.keyboard.press("k")
    assert opened.labels() == {}


def test_the_threshold_shows_at_once_what_would_change(opened: Opened) -> None:
    page = opened.page
    expect(page.locator("#change")).to_have_text("2 of 4 would pass: 0 more, 0 fewer")
    page.locator("#threshold").fill("9")
    expect(page.locator("#change")).to_have_text("3 of 4 would pass: 1 more, 0 fewer")
    page.select_option("[name=verdict]", "changing")
    assert titles(page) == ["near"]
    page.keyboard.press("r")
    expect(page.locator("#change")).to_contain_text("agrees with 0 of your 1 labels")
    page.locator("#threshold").fill("15")
    expect(page.locator("#change")).to_contain_text("1 of 4 would pass: 0 more, 1 fewer")
    expect(page.locator("#change")).to_contain_text("agrees with 1 of your 1 labels")
    assert titles(page) == ["just"]


def test_what_strangers_wrote_is_text(opened: Opened) -> None:
    page = opened.page
    expect(page.locator("#title")).to_have_text(f"just {HOSTILE}")
    assert page.locator("#title a").get_attribute("href") == "https://example.org/just"
    page.keyboard.press("ArrowRight")
    expect(page.locator("#title")).to_contain_text("near")
    assert page.locator("#title a").count() == 0
    assert HOSTILE in "".join(page.locator("[name=community] option").all_text_contents())
    assert page.locator("script").count() == 1
    assert opened.complaints == []


def test_a_label_that_was_not_stored_is_said_so_and_taken_back(opened: Opened) -> None:
    opened.page.route("**/label", lambda route: route.abort())
    opened.page.keyboard.press("k")
    expect(opened.page.locator("#problem")).to_contain_text("Not stored")
    expect(opened.page.locator("#progress")).to_contain_text("0 of 5 labelled")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (390, 660), (844, 390), (1440, 900)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_buttons_are_in_sight_and_large_enough(
    browser: Browser, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    context = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    with opening(browser, tmp_path, **context) as opened:
        boxes = [box for button in opened.page.locator("nav button").all() if (box := button.bounding_box())]
        assert len(boxes) == 5
        assert all(box["y"] + box["height"] <= height and box["y"] >= 0 for box in boxes)
        assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        for name in ("keep", "reject", "title", "progress", "why"):
            assert contrast(opened.page, f"#{name}") >= 4.5, name


def contrast(page: Page, selector: str) -> float:
    """Of an element's text, to what is behind it (WCAG 2)."""
    return float(
        page.locator(selector).evaluate("""element => {
            const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
            const light = (colour) => {
                const [r, g, b] = numbers(colour).map((v) => v / 255).map(
                    (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            let behind = element;
            while (numbers(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
            const styles = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
            const two = styles.map(light);
            return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
        }""")
    )


def test_a_picture_is_shown_no_larger_than_it_is_and_a_survivor_from_its_own_file(opened: Opened) -> None:
    large = opened.page.locator("#large")
    expect(large).to_have_js_property("naturalWidth", 900)  # the survivor's, not the small copy's
    opened.page.keyboard.press("ArrowRight")
    expect(opened.page.locator("#about")).to_contain_text("small copy")
    expect(large).to_have_js_property("naturalWidth", 256)
    assert large.evaluate("image => image.clientWidth") == 256


def test_what_settles_most_is_asked_first_and_each_answer_moves_the_scores(taught: Opened) -> None:
    page = taught.page
    expect(page.locator("#progress")).to_have_text("1 of 20")
    assert titles(page) == ["good", "far", "near", "just"]
    expect(page.locator("#a-day")).to_have_text("would keep about 2 a day")
    page.tap("#keep")
    expect(page.locator("#told")).to_have_text("1 answers brought much")
    expect(page.locator("#progress")).to_have_text("2 of 20")
    expect(page.locator("#title")).to_contain_text("far")
    expect(page.locator("#why")).to_contain_text("match 2, now 5")
    expect(page.locator("#a-day")).to_have_text("would keep about 3 a day")
    expect(page.locator("#command")).to_have_text("bowerbird train --feedback here")
    page.tap("#undo")
    expect(page.locator("#a-day")).to_have_text("would keep about 2 a day")
    taught.wait_for({})
    assert taught.complaints == []


def test_a_swipe_labels_and_a_double_tap_zooms(taught: Opened) -> None:
    page = taught.page
    finger = page.context.new_cdp_session(page)
    began, touches = time.time(), itertools.count()

    # The times are told, not taken: on a busy machine two taps in a row may come seconds apart.
    def touch(kind: str, *at: int) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        told = {"type": kind, "touchPoints": points, "timestamp": began + next(touches) / 100}
        finger.send("Input.dispatchTouchEvent", told)

    def swipe(by: int) -> None:
        touch("touchStart", 195, 300)
        for step in range(1, 6):
            touch("touchMove", 195 + by * step // 5, 300)
        touch("touchEnd")

    swipe(40)  # too short to be meant
    swipe(150)
    taught.wait_for({"t:good": True})
    swipe(-150)
    taught.wait_for({"t:good": True, "t:far": False})
    expect(page.locator("#large")).to_have_attribute("alt", re.compile("^near"))
    for _ in range(2):
        touch("touchStart", 195, 320)
        touch("touchEnd")
    expect(page.locator("#frame")).to_contain_class("zoomed")
    swipe(-150)  # moves the picture
    for _ in range(2):
        touch("touchStart", 195, 320)
        touch("touchEnd")
    expect(page.locator("#frame")).not_to_contain_class("zoomed")
    assert taught.labels() == {"t:good": True, "t:far": False}


def test_one_word_for_all_that_look_alike_but_those_left_out(taught: Opened) -> None:
    page = taught.page
    strip = page.locator("#strips > li")
    strip.locator("[aria-pressed]").nth(2).click()
    strip.get_by_role("button", name="reject 3").click()
    taught.wait_for({"t:just": False, "t:near": False, "t:good": False})
    expect(page.locator("#alike")).to_be_hidden()
    page.keyboard.press("u")
    taught.wait_for({})
    expect(page.locator("#alike")).to_be_visible()
    page.keyboard.press("Shift+K")
    taught.wait_for(dict.fromkeys(("t:just", "t:near", "t:good", "t:far"), True))


def test_what_keeps_the_page_from_learning_is_told(taught: Opened) -> None:
    taught.page.route("**/taste", lambda route: route.abort())
    taught.page.keyboard.press("k")
    expect(taught.page.locator("#told")).to_contain_text("Nothing was learned")
    taught.wait_for({"t:good": True})
