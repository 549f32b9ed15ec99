"""Limits of files: what was sent or taken out again counts too, what does not fit is named, a closed page keeps none."""

import make
import pytest
from complaint_make import complaint, step
from complaint_visitor import attached, from_address, new_key, sent
from files_make import picture
from sqlalchemy import func, select

from webapp.complaints import form_rules as rules
from webapp.complaints.actions.client_words import say
from webapp.complaints.actions.entering import look_at_entries
from webapp.complaints.actions.uploading import add_upload, drop_upload, tidy_uploads
from webapp.complaints.integrity import faults
from webapp.complaints.links import status_link
from webapp.complaints.models import ComplaintFile, ComplaintTaken, ComplaintUpload, ComplaintWord
from webapp.complaints.upload_rules import BadUpload, Made
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of

HERE = "192.0.2.1"


@pytest.fixture
def visitor(browse, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return from_address(browse())


@pytest.fixture
def row(cast, now):
    return complaint(make.client(cast.main, now=now), now=now)


@pytest.fixture
def path(row, now):
    with transaction():
        return "/k/" + status_link(row, now=now).rpartition("/")[2]


def paper(content):
    return Made(f"{content}.pdf", "application/pdf", str(content).encode())


def add(content, key, now, address=HERE):
    add_upload(key, paper(content), address=address, now=now)


def fill(row, number, now):
    """So many files of a complaint, each from somewhere else."""
    for start in range(0, number, 10):
        key = new_key()
        for n in range(start, min(number, start + 10)):
            add(n, key, now, f"192.0.{n}.1")
        say(row.id, "", key, now=now)


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_files_that_were_sent_count_for_the_hour(row, now, monkeypatch):
    monkeypatch.setattr(rules, "FILES_AN_HOUR", 3)
    key = new_key()
    for n in range(3):
        add(n, key, now)
    say(row.id, "ещё", key, now=now)
    with pytest.raises(BadUpload, match="too-often"):
        add("new", new_key(), now)
    add("another address", new_key(), now, "192.0.5.1")
    add("an hour later", new_key(), now + rules.HOUR)


def test_files_taken_out_again_count_for_the_hour_and_bytes_do(now, cast, monkeypatch):
    monkeypatch.setattr(rules, "BYTES_AN_HOUR", 5)
    key = new_key()
    add("abc", key, now)
    drop_upload(key, db.session.scalars(select(ComplaintUpload.token)).one())
    with pytest.raises(BadUpload, match="too-often"):
        add("def", key, now)
    # Once more the same content, pressed twice: nothing is counted.
    add("xy", key, now)
    add("xy", key, now)
    assert count(ComplaintTaken) == 2


def test_all_together_fill_no_more_than_a_days_room_and_staff_are_told(now, cast, monkeypatch):
    monkeypatch.setattr(rules, "BYTES_A_DAY", 5)
    add("abc", new_key(), now)
    with pytest.raises(BadUpload, match="no-room"):
        add("def", new_key(), now, "192.0.9.9")
    assert [fault for fault in faults() if "room of a day" in fault]
    add("def", new_key(), now + rules.DAY)
    assert tidy_uploads(now=now + rules.DAY) == 1 and count(ComplaintTaken) == 1


def test_a_file_that_does_not_fit_any_more_is_named_and_nothing_is_lost(visitor, row, path, now):
    fill(row, rules.MOST_IN_ALL, now)
    answer = visitor.post(path, {"form_key": new_key(), "text": "Вот чек", "files": attached(("chek.jpg", picture()))},
                          content_type="multipart/form-data")
    assert answer.status == 422 and "chek.jpg" in answer.text and "сорок файлов" in answer.text
    assert answer.root.one("textarea", name="text").text.strip() == "Вот чек" and count(ComplaintUpload) == 0


def test_files_chosen_before_others_filled_the_complaint_are_refused_with_the_word(visitor, row, path, now):
    key = new_key()
    add("chek", key, now)
    fill(row, rules.MOST_IN_ALL, now)
    words = count(ComplaintWord)
    answer = visitor.post(path, {"form_key": key, "text": "Вот чек"})
    assert answer.status == 422 and "chek.pdf" in answer.text
    assert count(ComplaintWord) == words and count(ComplaintUpload) == 1


def test_the_same_holds_before_the_worker_came(visitor, cast, now):
    token = sent(visitor)
    for start in range(0, rules.MOST_IN_ALL, 10):
        key = new_key()
        for n in range(start, start + 10):
            add(n, key, now, f"192.0.{n}.1")
        assert visitor.post(f"/k/{token}", {"form_key": key, "text": "ещё"}).status == 303
    key = new_key()
    add("chek", key, now, "192.0.99.1")
    answer = visitor.post(f"/k/{token}", {"form_key": key, "text": "Вот чек"})
    assert answer.status == 422 and "chek.pdf" in answer.text
    assert look_at_entries(now=now) == 1 and count(ComplaintFile) == rules.MOST_IN_ALL


def test_the_same_photo_sent_with_a_later_word_stands_with_both(row, now):
    for text in ("раз", "два"):
        key = new_key()
        add("same", key, now)
        word = say(row.id, text, key, now=now)
        assert db.session.scalars(select(ComplaintFile.name).where(ComplaintFile.word_id == word.id)).one() == "same.pdf"


def test_the_page_of_what_is_no_complaint_keeps_no_files(visitor, cast, row, path, now):
    step(row, "void", actor_of(cast.boris), now)
    visitor.post(path, {"form_key": new_key(), "do": "add", "files": attached(("chek.jpg", picture()))},
                 content_type="multipart/form-data")
    assert count(ComplaintUpload) == 0 and count(ComplaintTaken) == 0
