"""The same button pressed several times at the same moment: one of them counts, the others learn it or change nothing."""

import make
import pytest
from crowd import at_once
from files_make import paper
from plan_edit import book, publish, sold
from sqlalchemy import delete, func, select

from webapp.batches.models import Batch
from webapp.clients import actions as clients
from webapp.clients import consent_texts as texts
from webapp.clients.links import CONSENT
from webapp.clients.models import PersonalLink, consent_log
from webapp.db import db, transaction
from webapp.letters import actions as letters
from webapp.letters.identities import Fields
from webapp.letters.models import Identity, LetterFile
from webapp.staff.audit import actor_of
from webapp.touches.actions import replanning

pytestmark = pytest.mark.usefixtures("cast")


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_same_file_attached_by_many_is_kept_once(app, cast, now):
    anna = actor_of(cast.anna)
    kept = at_once(app, 6, lambda _: letters.keep_attachment(paper(), "a.pdf", actor=anna, now=now))
    assert len(set(kept)) == 1 and count(LetterFile) == 1


def test_one_of_many_new_texts_of_a_consent_is_published(app, cast, now):
    anna = actor_of(cast.anna)

    def act(number):
        try:
            return clients.publish_text("news", {name: (f"{number}", "Текст") for name in texts.LANGUAGES}, seen=1,
                                        actor=anna, now=now)
        except clients.TextMeanwhile as error:
            return -error.number
    assert sorted(at_once(app, 4, act)) == [-2, -2, -2, 2]


def test_one_click_on_a_consent_is_one_line_in_the_log(app, cast, now):
    reader = make.client(cast.main, now=now)
    clients.make_link(CONSENT, reader.id, now=now)
    number = db.session.scalars(select(PersonalLink.id)).one()

    def link():
        return db.session.get_one(PersonalLink, number)
    given = at_once(app, 6, lambda _: clients.agree(link(), ["data", "sms"], address="127.0.0.1", now=now))
    assert sorted(given) == [0, 0, 0, 0, 0, 2]
    for code in ("sms", "data"):
        at_once(app, 3, lambda _, code=code: clients.take_back(link(), code, address="127.0.0.1", now=now))
    assert [(row.channel, row.given) for row in consent_log(reader.id)] == [
        ("data", False), ("sms", False), ("sms", True), ("data", True)]


def test_the_first_words_of_a_signature_are_one_row(app, cast, now):
    with transaction() as session:
        session.execute(delete(Identity))
    anna, began_with = actor_of(cast.anna), Fields().stamp

    def act(number):
        try:
            return letters.save_identity("director", None, Fields(name=f"Имя {number}"), seen=began_with, actor=anna,
                                         now=now)
        except letters.SignedMeanwhile:
            return False
    assert sorted(at_once(app, 4, act)) == [False, False, False, True]
    assert count(Identity) == 1


def test_a_plan_applied_twice_at_once_is_one_work(app, cast, now):
    sold(cast, now)
    publish(cast.anna, now, loyalty={"active": False})
    anna, plan_id = actor_of(cast.anna), book().plan.id
    assert len(set(at_once(app, 4, lambda _: replanning.begin(plan_id, actor=anna, now=now).id))) == 1
    assert count(Batch) == 1
