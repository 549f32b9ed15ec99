"""The stop list: many addresses at once, looked up whole, lifted with a reason; and the limits of news."""

import io
from datetime import timedelta

import pytest
from post.making import JOB, fresh, mode, write
from sqlalchemy import select

from webapp.db import db
from webapp.post import actions
from webapp.post.models import Suppression
from webapp.post.rules import Cap
from webapp.staff.actions import change_settings
from webapp.staff.audit import actor_of
from webapp.staff.models import setting
from webapp.staff.rules import NotAllowed

URL = "/admin/stop-list"


@pytest.fixture
def irina(browse, cast, now):
    mode("trial", now)
    return browse(cast.irina)


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(Suppression).order_by(Suppression.id)))


def test_a_pasted_list_stops_everything_and_names_what_is_no_address(irina, cast, now):
    waiting = write(cast.main, None, now=now, address="vera@example.com")
    words = "Vera@Example.com, 8 (916) 000-00-09;не адрес\nvera@example.com\n"
    page = irina.follow(URL, {"addresses": words, "scope": "all", "note": "просили в офисе"})
    assert "2 адреса внесено" in page.text and "Не адрес: не адрес" in page.text and "просили в офисе" in page.text
    assert [(row.channel, row.klass, row.reason, row.actor) for row in rows()] == [
        ("email", "", "stop-list", "Ирина Мельник"), ("sms", "", "stop-list", "Ирина Мельник")]
    assert fresh(waiting).state == "cancelled"
    assert write(cast.main, None, now=now, channel="sms", address="+79160000009").state == "cancelled"
    assert "vera@example.com" not in page.text
    page = irina.follow(URL, {"addresses": words, "scope": "all", "note": "ещё раз"})
    assert "2 там уже были" in page.text and len(rows()) == 2


def test_a_file_is_read_and_news_alone_can_be_stopped(irina, cast, now):
    data = {"scope": "news", "note": "старая база", "file": (io.BytesIO("адрес;\nvera@example.com;\n".encode("cp1251")), "s.csv")}
    answer = irina.http.post(URL, data=data, content_type="multipart/form-data")
    assert answer.status_code == 303 and [row.klass for row in rows()] == ["marketing"]
    assert write(cast.main, None, now=now, address="vera@example.com").state == "queued"


@pytest.mark.parametrize("words", [{}, {"addresses": "x", "scope": "all", "note": "y"}, {"addresses": "a@example.com", "scope": "all"},
                                   {"addresses": "a@example.com", "note": "y"},
                                   {"addresses": "a@example.com", "scope": "god", "note": "y"}])
def test_what_is_missing_is_said_and_nothing_is_stopped(irina, words):
    page = irina.post(URL, words)
    assert page.status == 422 and rows() == []
    assert not words.get("addresses") or words["addresses"] in page.html


def test_an_address_is_looked_up_whole_and_lifted_with_a_reason(irina, cast, now):
    irina.follow(URL, {"addresses": "vera@example.com", "scope": "all", "note": "конкурент"})
    assert "не целый адрес" in irina.get(f"{URL}?q=vera@").text
    seen = irina.get(f"{URL}?q=VERA@example.com")
    assert "конкурент" in seen.text and "не пишем" in seen.text
    assert irina.post(f"{URL}/lift", {"address": "vera@example.com"}).status == 422
    done = irina.follow(f"{URL}/lift", {"address": "vera@example.com", "reason": "ошиблись"})
    assert "ошиблись" in done.text and "Писать можно" in done.text
    assert write(cast.main, None, now=now, address="vera@example.com").state == "queued"
    assert "Писать можно" in irina.get(f"{URL}?q=nobody@example.com").text


def test_the_export_holds_marks_and_no_address(irina, browse, cast):
    irina.follow(URL, {"addresses": "vera@example.com", "scope": "all", "note": "=1+1"})
    assert irina.get(f"{URL}/export.csv").status == 404
    text = browse(cast.boris).http.get(f"{URL}/export.csv").get_data(as_text=True)
    assert rows()[0].address_hash in text and "vera" not in text and ";'=1+1;" in text


def test_managers_have_no_stop_list(browse, cast, now):
    assert browse(cast.olga).get(URL).status == 404
    with pytest.raises(NotAllowed):
        actions.stop_many([("a@example.com", "email")], klass="", note="x", actor=actor_of(cast.olga), now=now)


def test_the_limits_of_news_are_set_by_an_administrator(browse, cast):
    anna, boris = browse(cast.anna), browse(cast.boris)
    assert "Больше новостей и предложений" in boris.get("/admin/sending/limits").text
    assert boris.post("/admin/sending/limits", {"day": "2", "week": "5"}).status == 404
    assert (Cap().day, Cap().week) == (1, 3) and 'value="3"' in anna.get("/admin/sending/limits").html
    for words in ({}, {"day": "0", "week": "3"}, {"day": "x", "week": "3"}, {"day": "1", "week": "51"}, {"months": "-1"}):
        assert anna.post("/admin/sending/limits", {"day": "1", "week": "3", "months": "1", **words} if words else {}).status == 422
    anna.follow("/admin/sending/limits", {"day": "2", "week": "5", "months": "12"})
    assert setting("marketing_cap") == {"day": 2, "week": 5} and setting("keep_letters_months") == 12


@pytest.mark.parametrize(("months", "days", "kept"), [(36, 1079, True), (36, 1081, False), (1, 31, False), (0, 9999, True)])
def test_texts_of_letters_are_kept_as_long_as_the_agency_says(cast, now, months, days, kept):
    mode("trial", now)
    actions.suppress("anna@example.com", channel="email", reason="stop-list", actor=JOB, now=now)
    over = write(cast.main, None, now=now)
    waiting = write(cast.main, None, now=now, address="vera@example.com", not_before=now + timedelta(days=99999))
    actions.mark_settled([over.id])
    change_settings({"keep_letters_months": months}, actor=JOB, now=now)
    gone = actions.forget_texts(now=now + timedelta(days=days))
    assert gone == {"letters": 0 if kept else 1} == actions.forget_texts(now=now) | gone
    assert bool(fresh(over).text) is kept and fresh(waiting).text and fresh(over).subject
