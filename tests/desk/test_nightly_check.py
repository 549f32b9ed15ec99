"""The nightly check of the data, and a worker that never came: people who can help are told on their pages."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from board_make import six_trips
from desk.agencies import new_agency
from flask import current_app
from flask_migrate import stamp
from page import Browser

from webapp.batches.actions import run_slot
from webapp.batches.models import last_beat
from webapp.db import db, transaction
from webapp.desk import setup
from webapp.desk.actions import check_data
from webapp.kit import clock
from webapp.staff.lists import user_by_email
from webapp.touches.models import Occasion

DAY = timedelta(days=1)


def night(now: Any) -> None:
    """The worker's run, with a session of its own."""
    with current_app.app_context():
        run_slot("check", DAY, now=now, work=lambda _slot: check_data(now=now))


@pytest.fixture
def damaged(app: Any, cast: SimpleNamespace) -> int:
    """A trip whose colour somebody changed past the program."""
    trip = six_trips(cast)["near"]
    with transaction() as session:
        occasion = session.get_one(Occasion, trip.occasion_id)
        occasion.broken = 3
        return occasion.id


def test_a_fault_is_a_red_line_for_administrators_with_a_page_that_names_it(browse, cast, damaged) -> None:
    night(clock.now())
    strip = browse(cast.anna).get("/admin/users").root.one("p", class_="strip--red")
    assert "Ночная проверка нашла в данных 1 ошибку." in strip.text
    page = browse(cast.anna).get(strip.one("a").attrs["href"])
    assert page.root.one("code", translate="no").text.startswith(f"occasion {damaged}:")
    assert "резервную копию" in page.text


def test_nobody_else_is_frightened(browse, cast, damaged) -> None:
    night(clock.now())
    for user in (cast.olga, cast.boris):
        assert "Ночная проверка" not in browse(user).get("/today").text
        assert browse(user).get("/admin/check").status == 404
    assert browse().get("/admin/check").location.startswith("/login")


def test_the_line_goes_when_a_later_night_finds_nothing(browse, cast, damaged) -> None:
    night(clock.now() - DAY)
    with transaction() as session:
        session.get_one(Occasion, damaged).broken = 0
    night(clock.now())
    page = browse(cast.anna).get("/admin/check")
    assert "Всё сходится." in page.text and not page.root.all("p", class_="strip--red")


def test_before_the_first_night_the_page_says_so(browse, cast) -> None:
    assert "Проверки ещё не было" in browse(cast.anna).get("/admin/check").text


@pytest.mark.slow
def test_a_worker_that_never_came_is_told_five_minutes_after_the_set_up(tmp_path, monkeypatch) -> None:
    start = clock.now()
    place = new_agency(tmp_path / "new", start)
    with place.app.app_context():
        stamp()
        monkeypatch.setattr(setup, "upgrade", lambda: None)
        list(setup.prepare(demo=True, now=start))
        assert last_beat() == start
        list(setup.prepare(demo=True, now=start + DAY))
        assert last_beat() == start
        for minutes, told in ((4, False), (6, True)):
            monkeypatch.setattr(clock, "now", lambda minutes=minutes: start + timedelta(minutes=minutes))
            assert ("Письма не уходят с" in Browser(place.app, user_by_email("olga@demo.example")).get("/board").text) is told
        db.session.remove()
        db.engine.dispose()
    place.store.drop()
