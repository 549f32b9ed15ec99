"""Attachments: part of a version, published and restored with it, shown in previews and in the outbox, never opened."""

from io import BytesIO

import pytest
from desk.letter_make import edition, form, letter, mode, thanked, url
from files_make import paper, picture, with_place
from sqlalchemy import select

from webapp.db import db
from webapp.letters import actions
from webapp.letters.drafts import words_of
from webapp.letters.models import LetterFile
from webapp.letters.store import letter_in_force
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed

pytestmark = pytest.mark.usefixtures("stopped_clock")
NAME = "Что взять в Турцию.pdf"


def attach(anna, data=None, name=NAME, code="thank_you", **typed):
    fields = form(code, **typed)
    return anna.post(url(code, "/files"), {**fields, "files": (BytesIO(paper() if data is None else data), name)})


def publish(anna, code="thank_you", **typed):
    return anna.follow(url(code, "/publication"), form(code, **typed))


def names(row):
    return [file["name"] for file in row.files]


def message_of(sold):
    db.session.expire_all()
    return db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one()


def test_a_file_is_part_of_the_draft_until_it_is_published(anna, cast, now):
    assert attach(anna, subject="Спасибо и памятка").status == 303
    assert names(edition("thank_you").draft) == [NAME]
    assert edition("thank_you").draft.subject == "Спасибо и памятка"
    assert letter_in_force("thank_you", "ru").files == ()
    page = anna.get(url("thank_you"))
    assert NAME in page.root.one(id="attachments").text and NAME in page.root.one(id="preview").text
    publish(anna)
    assert [file.name for file in letter_in_force("thank_you", "ru").files] == [NAME]
    message = message_of(thanked(cast, now))
    page = anna.get(f"/outbox/{message.id}")
    link = page.root.one("a", href=f"/outbox/{message.id}/files/{letter_in_force('thank_you', 'ru').files[0].sha}")
    answer = anna.http.get(link.attrs["href"])
    assert answer.data == paper() and answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "%D0%A7%D1%82%D0%BE" in answer.headers["Content-Disposition"] and "sandbox" in answer.headers["Content-Security-Policy"]


def test_published_versions_never_change_and_a_restored_one_brings_its_files_back(anna):
    attach(anna)
    publish(anna)
    with_file = edition("thank_you").in_force
    sha = with_file.files[0]["sha"]
    anna.follow(url("thank_you", f"/files/{sha}/removal"), form("thank_you"))
    assert names(edition("thank_you").draft) == [] and names(with_file) == [NAME]
    publish(anna)
    assert letter_in_force("thank_you", "ru").files == ()
    page = anna.get(url("thank_you", f"/versions/{with_file.id}"))
    assert NAME in page.root.one("del").text
    anna.follow(url("thank_you", f"/versions/{with_file.id}/restoration"), {})
    assert [file.sha for file in letter_in_force("thank_you", "ru").files] == [sha]
    assert anna.http.get(f"/admin/letters/{letter('thank_you').id}/files/{sha}").data == paper()


def test_the_same_file_is_kept_once_and_the_same_name_takes_its_place(anna):
    attach(anna)
    attach(anna, code="packing")
    attach(anna, picture(), name="Карта.png")
    assert len(db.session.scalars(select(LetterFile)).all()) == 2
    assert names(edition("thank_you").draft) == [NAME, "Карта.jpg"]
    attach(anna, paper(b"3 0 obj << >> endobj\n"))
    assert names(edition("thank_you").draft) == ["Карта.jpg", NAME]


def test_a_picture_is_attached_without_where_it_was_taken(anna):
    attach(anna, with_place(), name="Пляж.jpeg")
    kept = db.session.scalars(select(LetterFile)).one()
    assert b"Camera" not in kept.data and names(edition("thank_you").draft) == ["Пляж.jpg"]


REFUSED = [
    (b"", "a.pdf", "пустой"), (b"MZ\x90", "a.pdf", "только PDF"), (b"PK\x03\x04", "a.docx", "только PDF"),
    (paper(b"3 0 obj << /S /Launch >> endobj\n"), "a.pdf", "скрипт"), (paper()[:-6], "a.pdf", "повреждён"),
    (picture() + b"<script>", "a.pdf", "спрятано"), (b"x" * (5 * 1024 * 1024 + 1), "a.pdf", "больше 5"),
    (paper(end=b"<html>"), "a.pdf", "спрятано"), (b"%!PS", "a.pdf", "только PDF")]


def test_what_is_no_honest_file_is_refused_and_nothing_typed_is_lost(anna):
    for data, name, said in REFUSED:
        page = attach(anna, data, name=name, subject="Новая тема")
        assert page.status == 422 and said.lower() in page.root.one(id="files-error").text.lower()
        assert page.root.one("input", id="subject").attrs["value"] == "Новая тема"
    assert edition("thank_you").draft is None and not db.session.scalars(select(LetterFile)).all()


def test_without_a_file_the_button_asks_for_one(anna):
    page = anna.post(url("thank_you", "/files"), form("thank_you"))
    assert page.status == 422 and "Выберите файл" in page.text


def test_a_letter_carries_ten_megabytes_at_most_and_warns_long_before(anna):
    def megabytes(number):
        return paper(b"6 0 obj << /Length 1 >> stream\n" + bytes([65 + number]) * (4 * 1024 * 1024) + b"\nendstream endobj\n")
    for number in range(2):
        assert attach(anna, megabytes(number), name=f"{number}.pdf").status == 303
    assert "8.0 МБ" in anna.get(url("thank_you")).root.one(class_="note--yellow").text
    page = attach(anna, megabytes(2), name="2.pdf")
    assert page.status == 422 and "10 МБ" in page.root.one(id="files-error").text
    assert len(edition("thank_you").draft.files) == 2


def test_only_administrators_attach_and_only_files_of_the_letter_are_given(anna, browse, cast, now, app):
    attach(anna)
    sha = edition("thank_you").draft.files[0]["sha"]
    olga = browse(cast.olga)
    assert olga.post(url("thank_you", "/files"), {}).status == 404
    assert olga.http.get(f"/admin/letters/{letter('thank_you').id}/files/{sha}").status_code == 200
    assert olga.http.get(f"/admin/letters/{letter('packing').id}/files/{sha}").status_code == 404
    with pytest.raises(NotAllowed):
        actions.keep_attachment(paper(), "a.pdf", actor=actor_of(cast.boris), now=now)
    assert anna.post(url("bon_voyage", "/files"), form("bon_voyage")).status == 404


def test_a_colleague_s_file_is_not_thrown_away_unawares(anna):
    old = form("thank_you")
    attach(anna)
    page = anna.post(url("thank_you", "/draft"), {**old, "subject": "Другая"})
    assert page.status == 409 and names(edition("thank_you").draft) == [NAME]
    assert page.root.one("input", id="subject").attrs["value"] == "Другая"


def test_a_test_to_myself_brings_everything_along(anna, cast, now):
    attach(anna)
    anna.follow(url("thank_you", "/test"), form("thank_you"))
    row = db.session.scalars(select(Message).where(Message.klass == "test")).one()
    assert NAME in row.files and row.reply_to == cast.anna.email


def test_letters_that_wait_get_the_new_file_too(anna, cast, now):
    mode("held")
    sold = thanked(cast, now)
    assert message_of(sold).files == ""
    attach(anna)
    publish(anna)
    assert NAME in message_of(sold).files
    assert words_of(edition("thank_you").in_force).files[0].name == NAME
