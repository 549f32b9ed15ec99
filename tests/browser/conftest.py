"""A real browser on the real app: Chromium through playwright, signed in as anybody of the cast."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from page import sign_in
from werkzeug.serving import make_server

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which(
    "google-chrome") or ""
SERIOUS = ("serious", "critical")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs Chromium; without it they skip with a reason."""
    for item in items:
        if Path(__file__).parent in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole run."""
    from playwright.sync_api import expect, sync_playwright
    # A busy machine is no fault of the product.
    expect.set_options(timeout=30_000)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app on a real port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


class Tab:
    """A browser tab: `page` is playwright's; `go` opens an address of the site; faults of scripts are collected."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.site, self.faults = page, site, []  # type: ignore[var-annotated]
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text)
                if said.type == "error" and "Content Security Policy" in said.text else None)

    def go(self, path: str) -> "Tab":
        """Open `path`."""
        self.page.goto(self.site + path)
        return self

    def text(self, selector: str) -> str:
        """Words of the first match."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def axe(self) -> list[str]:
        """Serious and critical faults axe finds on the page."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"] if v["impact"] in SERIOUS]

    def sideways(self) -> int:
        """By how many pixels the page scrolls sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def tab(app: Flask, site: str, chromium: Any) -> Iterator[Callable[..., Tab]]:
    """`tab(user, width=1366, dark=False, scripts=True)` gives a signed-in tab."""
    contexts = []
    opened = []

    def open_tab(user: Any = None, *, width: int = 1366, height: int = 768, dark: bool = False,
                 scripts: bool = True) -> Tab:
        context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=scripts,
                                       color_scheme="dark" if dark else "light", locale="ru-RU")
        contexts.append(context)
        if user is not None:
            http = app.test_client()
            sign_in(http, user)
            cookie = http.get_cookie("snova")
            assert cookie is not None
            context.add_cookies([{"name": "snova", "value": cookie.value, "url": site}])
        found = Tab(context.new_page(), site)
        opened.append(found)
        return found
    yield open_tab
    for context in contexts:
        context.close()
    assert [fault for one in opened for fault in one.faults] == []
