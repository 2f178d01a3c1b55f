"""The page in a real browser, on a phone and on a desk, light and dark."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from bowerbird.adapters.place import Place
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.labels import read_labels
from bowerbird.host.alive import beat
from bowerbird.host.counts import RunCounts
from bowerbird.host.paused import is_paused
from bowerbird.host.status import Diary, write_status
from bowerbird.panel.token import Credentials, open_credentials
from bowerbird.panel.wiring import everything, guarded
from bowerbird.review.sheet.album import write_album
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.summary import read_run
from bowerbird.serve.http.app import create_app
from tests.fakes import FakeStore
from tests.integration.chromium import come_true
from tests.many_decisions import HOSTILE, Many, decided, many
from tests.serving import running, service

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
MEGABYTE = 1_000_000
#: Everything that can be pressed on a phone is as high as a finger: WCAG 2.5.5, and links in text 24 px.
SMALL_TARGETS = """() => [...document.querySelectorAll('button, select, summary, .press, .tabs a')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
UNNAMED = """() => [...document.querySelectorAll('img')].filter(i => !i.hasAttribute('alt')).length"""


@dataclass
class Home:
    """A served place with its state."""

    store: FakeStore
    state: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(state: Path, store: FakeStore, credentials: Credentials | None = None) -> Iterator[Home]:
    place = Place("s3://bucket/pictures", store, state, shared=True)
    app = guarded(everything([place], create_app(service())), credentials)
    with running(app) as port:
        yield Home(store, state, port)


def mining(state: Path) -> None:
    """As `mine` leaves its marks."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only here

    state.mkdir(parents=True, exist_ok=True)
    diary = Diary(lambda: datetime.now(UTC), 300.0)
    diary.crawled("reddit", "7 new posts")
    diary.failed(f"lemmy:{HOSTILE}", f"it refused: {HOSTILE}")
    beat(state)
    write_status(state, diary.status(RunCounts()))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    mining(tmp_path / "state")
    with served(tmp_path / "state", many(Many(60, 40, 9, 5))) as home:
        yield home


@contextmanager
def opened(browser: Browser, path: str, **options: object) -> Iterator[tuple[Page, list[str]]]:
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.goto(path)
    yield page, complaints
    context.close()


def ready(page: Page) -> None:
    page.wait_for_selector("body[data-ready]")
    if page.locator("#keeps").count():
        page.wait_for_selector("body[data-upkeep]")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_and_complains_of_nothing(browser: Browser, home: Home, size: dict[str, int]) -> None:
    with opened(browser, f"{home.url}/", viewport=size) as (page, complaints):
        for name, waits in (("", True), ("label/", True), ("sheet/", False), ("report/", False)):
            page.goto(f"{home.url}/1/{name}")
            if waits:
                ready(page)
            for scheme, paper in (("light", "rgb(246, 244, 239)"), ("dark", "rgb(18, 20, 26)")):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                seen = "getComputedStyle(document.documentElement).backgroundColor"
                assert (name, page.evaluate(seen)) == (name, paper)
                wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert (name, wide) == (name, window)
            assert (name, page.evaluate(UNNAMED)) == (name, 0)
            if name != "label/":
                assert (name, page.evaluate(SMALL_TARGETS)) == (name, [])
        assert complaints == []


def test_what_runs_and_what_failed_is_in_sight(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/", viewport=PHONE) as (page, complaints):
        ready(page)
        expect(page.locator("#state")).to_have_text("Mining")
        expect(page.locator("#about")).to_contain_text("every 5 minutes")
        sources = page.locator("#sources li")
        expect(sources.nth(0)).to_contain_text("fine")
        expect(sources.nth(1)).to_contain_text("cannot be read")
        expect(page.locator("#failures li")).to_contain_text("<script>")  # as text
        expect(page.locator("#hosts li")).to_contain_text("60 kept of 114")
        assert page.locator("#pause").bounding_box()["y"] < PHONE["height"] / 2  # type: ignore[index]
        assert complaints == []


def test_a_keep_appears_by_itself(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/", viewport=PHONE) as (page, complaints):
        page.clock.install()
        ready(page)
        titles = page.locator("#keeps .title")
        expect(titles).to_have_count(24)
        line = decided(7, "watermark", "kept", "2026-03-05")
        home.store.put(decisions_key("2026-03-05", "new"), log_file([line]), content_type="x")
        first = titles.first
        for _ in range(20):
            page.clock.run_for(5000)
            with suppress(AssertionError):
                expect(first).to_have_text("Number 7 ", timeout=300)
                break
        expect(titles).to_have_count(25)
        expect(first).to_have_text("Number 7 ")
        assert not [each for each in complaints if "404" not in each]  # this one has no small copy


def test_older_ones_follow_until_all_are_there(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/", viewport=DESK) as (page, complaints):
        for count in (48, 60):
            page.click("#older")
            expect(page.locator("#keeps li")).to_have_count(count)
        expect(page.locator("#older")).to_be_hidden()
        titles = page.locator("#keeps .title").all_inner_texts()
        assert [title.split()[1] for title in titles] == [str(n) for n in range(59, -1, -1)]
        assert complaints == []


def test_a_pause_and_its_end(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/", viewport=PHONE) as (page, complaints):
        ready(page)
        page.locator("#pause").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#state")).to_have_text("Paused")
        assert is_paused(home.state)
        page.reload()
        expect(page.locator("#state")).to_have_text("Paused")
        page.click("#pause")
        expect(page.locator("#state")).to_have_text("Mining")
        assert not is_paused(home.state)
        assert complaints == []


def test_a_picture_is_looked_at_by_keys_alone(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/", viewport=DESK) as (page, complaints):
        ready(page)
        page.locator("#keeps button").nth(1).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#shown-title")).to_have_text("Number 58 ")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#shown-title")).to_have_text("Number 57 ")
        page.locator("#shown").evaluate("image => image.decode()")
        expect(page.locator("#post")).to_have_attribute("rel", "noopener noreferrer")
        page.keyboard.press("Escape")
        expect(page.locator("#viewer")).to_be_hidden()
        assert page.evaluate("document.activeElement.closest('li').innerText").startswith("Number 58")
        assert complaints == []


def test_the_label_page_leads_back(browser: Browser, home: Home) -> None:
    with opened(browser, f"{home.url}/1/", viewport=PHONE) as (page, complaints):
        page.click("nav >> text=Label")
        ready(page)
        page.click("#keep")
        expect(page.locator("#progress")).to_contain_text("2 of")
        page.click("#up")
        ready(page)
        assert page.url == f"{home.url}/1/"
        while not (labels := list(read_labels(home.store))):
            page.wait_for_timeout(20)  # it is under way
        assert [label.keep for label in labels] == [True]
        page.click("text=Move the threshold")
        ready(page)
        assert "slider" in page.url
        assert [each for each in complaints if "train" not in each] == []


def test_nothing_moves_where_movement_is_unwelcome(browser: Browser, home: Home) -> None:
    for motion, moves in (("reduce", "none"), ("no-preference", "come")):
        with opened(browser, f"{home.url}/", viewport=PHONE, reduced_motion=motion) as (page, _):
            ready(page)
            item = page.locator("#keeps li").first
            item.evaluate("item => { item.className = 'new'; }")
            assert item.evaluate("item => getComputedStyle(item).animationName") == moves


@contextmanager
def tunnel(to: int) -> Iterator[int]:
    """Another port that leads to the server, as `ssh -L` makes one."""
    with socket.create_server(("127.0.0.1", 0)) as entrance:

        def carry(one: socket.socket, other: socket.socket) -> None:
            with suppress(OSError), closing(other):
                while data := one.recv(65536):
                    other.sendall(data)

        def take() -> None:
            with suppress(OSError):
                while True:
                    near, _ = entrance.accept()
                    far = socket.create_connection(("127.0.0.1", to))
                    for pair in ((near, far), (far, near)):
                        threading.Thread(target=carry, args=pair, daemon=True).start()

        threading.Thread(target=take, daemon=True).start()
        yield entrance.getsockname()[1]


def test_a_tunnel_on_another_port_works(browser: Browser, home: Home) -> None:
    with tunnel(home.port) as port, opened(browser, f"http://localhost:{port}/") as (page, complaints):
        ready(page)
        page.click("#pause")
        expect(page.locator("#state")).to_have_text("Paused")
        assert complaints == []


def test_a_phone_signs_in_once(browser: Browser, tmp_path: Path) -> None:
    credentials, token = open_credentials(tmp_path / "state")
    mining(tmp_path / "state")
    with (
        served(tmp_path / "state", many(Many(2, 0, 0, 0)), credentials) as home,
        opened(browser, f"{home.url}/1/", viewport=PHONE) as (page, complaints),
    ):
        expect(page.locator("h1")).to_have_text("Sign in")
        page.fill("#token", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_have_text("This is not the token.")
        assert "Number" not in page.content()
        page.fill("#token", str(token).upper())
        page.click("text=Sign in >> nth=-1")
        ready(page)
        expect(page.locator("#keeps li")).to_have_count(2)
        (cookie,) = page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert page.evaluate("document.cookie") == ""
        page.click("#pause")
        expect(page.locator("#state")).to_have_text("Paused")
        page.reload()
        expect(page.locator("#state")).to_have_text("Paused")
        assert [each for each in complaints if "401" not in each and "403" not in each] == []


def test_the_link_with_the_token_signs_in_and_leaves_no_trace(browser: Browser, tmp_path: Path) -> None:
    credentials, token = open_credentials(tmp_path / "state")
    with (
        served(tmp_path / "state", FakeStore(), credentials) as home,
        opened(browser, f"{home.url}/#{token}", viewport=PHONE) as (page, _),
    ):
        ready(page)
        assert page.url == f"{home.url}/1/"
        expect(page.locator("#state")).to_have_text("Not running")
        expect(page.locator("#pause")).to_be_hidden()


def test_the_page_of_another_site_does_nothing(browser: Browser, home: Home, tmp_path: Path) -> None:
    with (
        served(tmp_path / "other", FakeStore()) as other,
        opened(browser, f"{other.url}/favicon.ico") as (page, _),
    ):
        send = (
            f"fetch('{home.url}/1/paused', {{method: 'PUT', mode: 'no-cors', body: '{{\"paused\": true}}'}})"
        )
        for script in (send, send.replace("PUT", "POST"), f"fetch('{home.url}/1/now', {{mode: 'no-cors'}})"):
            page.evaluate(f"{script}.catch(() => 0)")
        assert not is_paused(home.state)


class Weight:
    """Counts the bytes that a page brings."""

    def __init__(self, page: Page) -> None:
        self.responses: list[Response] = []
        page.on("response", self._came)

    def _came(self, response: Response) -> None:
        self.responses.append(response)

    def bytes(self) -> int:
        return sum(len(each.body()) for each in self.responses if each.status == 200)


def test_the_first_look_at_five_thousand_decisions_is_less_than_a_megabyte(
    browser: Browser, tmp_path: Path
) -> None:
    store = many()
    with served(tmp_path / "state", store) as home:
        for name in ("", "sheet/", "report/"):
            # Each in a tab of its own: what one still fetches would be counted for the next.
            with opened(browser, "about:blank", viewport=DESK) as (page, said):
                weight = Weight(page)
                page.goto(f"{home.url}/1/{name}", wait_until="networkidle" if name else "load")
                if not name:
                    ready(page)
                assert (name, weight.bytes() < MEGABYTE) == (name, True)
                assert said == []
    write_album(Sheet(read_run(store), None, store, "A run"), tmp_path / "sheet.html")
    with opened(browser, "about:blank", viewport=DESK) as (page, said):
        weight = Weight(page)
        page.goto((tmp_path / "sheet.html").as_uri())
        # A busy browser seems idle before it has asked for the pictures.
        come_true(page, "[...document.images].filter(image => image.naturalWidth).length >= 20")
        page.wait_for_load_state("networkidle")
        assert weight.bytes() < MEGABYTE
        pages = 0
        page.click("text=All 600")
        while page.locator("[rel=next]").count():
            page.locator("[rel=next]").first.click()
            pages += 1
        assert (pages, page.locator(".card").count()) == (4, 120)
        assert page.locator(".card img").first.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        assert said == []
