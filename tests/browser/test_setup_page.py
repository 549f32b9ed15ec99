"""From an empty server to a demo board and back to a clean agency, in a real browser."""

import threading
from collections.abc import Iterator

import pytest
from desk.agencies import new_agency
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from webapp.batches.actions import run_batches
from webapp.db import db
from webapp.kit import clock
from webapp.post.actions.modes import present_mode
from webapp.post.models import Message
from webapp.staff.first_code import first_address
from webapp.staff.models import User


@pytest.fixture
def fresh(tmp_path) -> Iterator[tuple[object, str]]:
    """A server on which nobody has set up anything yet."""
    agency = new_agency(tmp_path / "fresh", clock.now())
    server = make_server("127.0.0.1", 0, agency.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield agency, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    with agency.app.app_context():
        db.session.remove()
        db.engine.dispose()
    agency.store.drop()


def test_a_new_install_shows_the_demo_board_sends_nothing_and_is_clean_after_one_click(fresh, chromium):
    agency, site = fresh
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU").new_page()
    page.set_default_timeout(20_000)
    address = first_address(agency.app.extensions["snova.settings"]).split("/welcome", 1)[1]
    page.goto(f"{site}/welcome{address}")
    for name, value in (("agency", "Попутный ветер"), ("name", "Мария Смирнова"), ("email", "maria@example.org"),
                        ("password", "пять тёплых морей"), ("again", "пять тёплых морей")):
        page.fill(f"[name={name}]", value)
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("Настройка")
    expect(page.locator("h2#steps")).to_have_text("Осталось 4 из 4")
    page.goto(f"{site}/setup/data")
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Начать").click()
    expect(page.locator("h1")).to_have_text("Загрузка учебного агентства")
    with agency.app.app_context():
        run_batches(now=clock.now)
        db.session.remove()
    page.get_by_role("link", name="К доске").click()
    assert page.locator("tbody[id^=trip-]").count() > 20
    with agency.app.app_context():
        left = db.session.execute(select(Message.provider).where(Message.state.in_(("sent", "delivered")))).scalars()
        assert set(left) <= {"trial", "demo"} and present_mode() == "trial", "files, and nothing but files"
        db.session.remove()
    page.get_by_role("link", name="Убрать учебное агентство").click()
    page.get_by_role("button", name="Убрать учебное агентство").click()
    expect(page.locator("h1")).to_have_text("Настройка")
    page.goto(f"{site}/board")
    expect(page.get_by_text("Поездок пока нет")).to_be_visible()
    with agency.app.app_context():
        assert [user.email for user in db.session.scalars(select(User))] == ["maria@example.org"]
        assert present_mode() == "held"
        db.session.remove()
