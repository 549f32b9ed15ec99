"""Makes the pictures of the READMEs: starts a demo agency in a scratch folder and photographs its real pages.

`.venv/bin/python docs/pictures.py` (needs Chromium and requirements-dev.txt); writes docs/pictures/*.png.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
PORT = "8191"
SITE = f"http://127.0.0.1:{PORT}"
PASSWORD = "sto-dorog-100"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
# (file, who, address, width, height, theme)
PICTURES = (
    ("board", "olga", "/board", 1366, 860, "light"), ("board-dark", "olga", "/board", 1366, 860, "dark"),
    ("today-phone", "olga", "/today", 390, 844, "light"), ("outbox-dark", "boris", "/outbox", 1366, 760, "dark"),
)


def main() -> None:
    """Start, photograph, stop."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SNOVA_INSTANCE": folder, "PORT": PORT}
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "setup", "--demo"], cwd=ROOT, env=env, check=True)
        server = subprocess.Popen([sys.executable, "wsgi.py"], cwd=ROOT, env=env)
        try:
            _wait()
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                for name, who, url, width, height, theme in PICTURES:
                    _shoot(browser, name, who, url, width, height, theme)
                _trip(browser)
                _import(browser)
                browser.close()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _wait() -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(SITE + "/healthz", timeout=2)
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the demo agency did not start")


def _tab(browser: Any, who: str, width: int, height: int, theme: str) -> Any:
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme,
                               device_scale_factor=1.5 if width < 500 else 1, locale="ru-RU").new_page()
    page.goto(SITE + "/login")
    page.fill("[name=email]", f"{who}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    return page


def _shoot(browser: Any, name: str, who: str, url: str, width: int, height: int, theme: str) -> None:
    page = _tab(browser, who, width, height, theme)
    page.goto(SITE + url)
    page.screenshot(path=OUT / f"{name}.png")
    page.context.close()


def _trip(browser: Any) -> None:
    page = _tab(browser, "olga", 1366, 900, "light")
    page.goto(SITE + "/board?show=back")
    page.locator("tbody.row th a").nth(2).click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / "trip.png")
    page.context.close()


def _import(browser: Any) -> None:
    page = _tab(browser, "irina", 1366, 860, "light")
    page.goto(SITE + "/import")
    page.set_input_files("input[type=file]", ROOT / "tests" / "data" / "checklist.csv")
    page.locator("main form[enctype] button").last.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / "import.png")
    page.context.close()


if __name__ == "__main__":
    main()
