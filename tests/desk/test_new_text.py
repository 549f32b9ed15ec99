"""A new text for a step of the plan: nothing typed in the step is lost, and the way leads back."""

import pytest
from plan_edit import book
from sqlalchemy import select

from webapp.db import db
from webapp.letters.models import Letter

pytestmark = pytest.mark.usefixtures("stopped_clock")


def test_a_new_text_keeps_the_step_and_leads_back_to_it(anna):
    typed = {"kind": "telegram", "name_ru": "Привет в чате", "days": "4", "side": "after", "anchor": "return", "letter": "",
             "performer": "seller", "column": "after", "active": "y", "seen": book().stamp, "then": "text"}
    answer = anna.post(f"/admin/plans/{book().plan.id}/steps/new", typed)
    assert next(it for it in book().steps if it.code == "own_1").name_ru == "Привет в чате"
    page = anna.get(answer.location)
    assert page.root.one("select", id="channel").one("option", selected="").attrs["value"] == "chat"
    back = page.root.one("input", name="back").attrs["value"]
    made = anna.post("/admin/letters/new", {"title": "Привет", "channel": "chat", "klass": "service",
                                            "identity": "agency", "back": back})
    link = next(a for a in anna.get(made.location).root.all("a") if a.text == "Вернуться к шагу")
    letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    chosen = anna.get(link.attrs["href"]).root.one("select", id="letter").one("option", selected="")
    assert (letter.channel, chosen.attrs["value"]) == ("script", letter.code)
