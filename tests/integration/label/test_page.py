"""The page in a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.labels import read_labels
from bowerbird.review.label.app import create_app
from bowerbird.review.label.session import open_session
from tests.integration.label.place import HOSTILE, fill


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
def serving(store: FolderStore) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(create_app(open_session(store), port), lifespan="off", log_level="error")
        )
        thread = threading.Thread(target=lambda: server.run(sockets=[bound]), daemon=True)
        thread.start()
        yield port
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    store = FolderStore(tmp_path)
    fill(store)
    with serving(store) as port:
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("body[data-ready]")
        yield Opened(page, store, complaints)
        page.close()


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
    expect(opened.page.locator("#large")).to_have_class("reject")


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


def test_it_fits_a_phone(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 390, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
