"""The claim by e-mail: one letter to the tour operator over a real SMTP server, and what becomes of the claim with it."""

import dataclasses
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import make
import pytest
from complaint_make import bring_to, complaint, step
from crowd import at_once
from post.making import mode
from post.relay import running
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.complaints.actions.claim_mailing import Parcel, mail_claim
from webapp.complaints.actions.claiming import Deed, Typed, claim_answered, claim_sent, mark_of, write_claim
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.claim_rules import blanks_in, gaps_in
from webapp.complaints.claims import addresses_for, letter_of
from webapp.complaints.models import ComplaintFile, ComplaintWord, OperatorClaim
from webapp.complaints.step_rules import CLOSED, Refused
from webapp.db import db, transaction
from webapp.desk.actions import look
from webapp.desk.integrity import inspect
from webapp.desk.person.actions import erase_person
from webapp.kit import clock
from webapp.letters.files import bytes_of, from_text
from webapp.post import actions as post
from webapp.post.actions.taking import Place, take
from webapp.post.incoming_rules import read_letter
from webapp.post.models import Incoming, Message
from webapp.post.rules import BY_HAND
from webapp.staff.audit import actor_of, job
from webapp.staff.rules import BadInput
from webapp.touches.models import Touch

OPERATOR = "claims@anex.example"
TEXT = "Туроператору: Анекс Тур\nОт туриста: Иванова\n\nПРЕТЕНЗИЯ\n\n1. Прошу *вернуть* <b>20 000 ₽</b>\n\nПодпись: ______"
SOON = timedelta(seconds=20)
DAY = timedelta(days=1)


@pytest.fixture
def now(now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def relay(app, cast, now):
    """A live agency with a mail server."""
    kept = app.extensions["snova.settings"]
    with running(pipelining=True) as server:
        app.extensions["snova.settings"] = dataclasses.replace(kept, mail={
            **kept.mail, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(server.port), "MAIL_TIMEOUT": "20",
            "MAIL_ANSWER_TIMEOUT": "20"})
        mode("live", now)
        yield server
    app.extensions["snova.settings"] = kept


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def row(cast, person, irina, now):
    today = now.date()
    trip = make.trip(person, purchase=today - 40 * DAY, departure=today - 12 * DAY, back=today - 3 * DAY, seller=cast.olga,
                     now=now, destination="Анталья", operator="Анекс Тур", booking_number="AB-123")
    row = complaint(person, trip=trip, wants="вернуть 20 000 ₽", now=now)
    write_claim(row.id, "Анекс Тур", TEXT, actor=irina, now=now)
    return row


def claim_of(row):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(OperatorClaim).where(OperatorClaim.complaint_id == row.id)).one()


def file_of(row, name="душ.jpg", data=b"jpg"):
    with transaction() as session:
        session.add(ComplaintFile(complaint_id=row.id, token=f"{name}-{row.id}", name=name, type="image/jpeg", size=len(data),
                                  sha256="0", added_at=row.created_at, data=data))
    return f"{name}-{row.id}"


def press(page, row, **more):
    """Send the form of the page as it stands there, with other values in it."""
    address = f"/complaints/{row.id}/claim"
    return page.post(f"{address}/letter", {**filled(page.get(address)), "address": OPERATOR, **more})


def filled(shown):
    """What a browser sends with «Send to the tour operator»: all fields that say they belong to the form of the button."""
    (button,) = [one for one in shown.root.all("button") if one.attrs.get("formaction", "").endswith("/claim/letter")]
    form = shown.root.one("form", id=button.attrs["form"])
    fields = [*form.all(), *[one for one in shown.root.all() if one.attrs.get("form") == form.attrs["id"]]]
    known = {"files": []}
    for one in fields:
        if one.tag == "textarea":
            # The reader joins lines of text; a browser does not.
            known[one.attrs["name"]] = "".join(one.children).removeprefix("\n").removeprefix("\r\n")
        elif one.attrs.get("type") == "checkbox" and "checked" in one.attrs:
            known["files"].append(one.attrs["value"])
        elif one.tag == "input" and one.attrs.get("type") != "checkbox" and one.attrs["name"] != "csrf_token":
            known[one.attrs["name"]] = one.attrs.get("value", "")
    return known


def mailed(row, actor, now, address=OPERATOR):
    """The same without a page."""
    return mail_claim(row.id, Parcel(address), seen=mark_of(claim_of(row)), actor=actor, now=now)


def test_the_conversation_says_to_whom_the_claim_and_its_copy_went(browse, cast, relay, person, row):
    page = browse(cast.irina)
    assert press(page, row, has_copy="y").status == 303
    lines = [" ".join(one.text.split()) for one in page.get(f"/complaints/{row.id}").root.one("ol", id="talk").all(
        "li", class_="case-talk__letter")]
    assert sum(f"туроператору: {OPERATOR}" in line for line in lines) == 1
    assert sum(f"копия клиенту: {person.email.address}" in line for line in lines) == 1


def claims_in(relay):
    """Mails with the claim that the server took; the client was told of the complaint besides."""
    mails = [message_from_bytes(bytes(raw), policy=default) for raw in relay.took]
    return [mail for mail in mails if mail["Subject"].startswith("Претензия туриста")]


def tasks_of(row):
    db.session.rollback()
    return [(task.status, task.due_on, task.assignee_id) for task in db.session.scalars(
        select(Touch).where(Touch.step_code == f"complaint_claim:{row.id}").order_by(Touch.id))]


def page_of(page, row):
    return page.get(f"/complaints/{row.id}/claim").text


def test_the_operator_reads_the_claim_with_its_files_and_nothing_meant_for_clients(browse, cast, relay, row, now):
    file_of(row)
    page = browse(cast.irina)
    assert press(page, row).status == 303
    assert claim_of(row).sent_on is None and "15 секунд" in page_of(page, row), "it has not left yet"
    look(now=now + SOON)
    (mail,) = claims_in(relay)
    assert mail["To"].addresses[0].addr_spec == OPERATOR and "AB-123" in mail["Subject"] and mail["Reply-To"]
    assert mail["List-Unsubscribe"] is None and "/u/" not in str(mail)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "От туриста: Иванова\n\nПРЕТЕНЗИЯ\n\n1. Прошу *вернуть* <b>20 000 ₽</b>\n" in text.replace("\r\n", "\n")
    assert "*вернуть* &lt;b&gt;" in html and "<br>От туриста" in html.replace("<br/>", "<br>")
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("душ.jpg", b"jpg")
    claim = claim_of(row)
    assert (claim.sent_on, claim.sent_how, claim.answer_by) == (now.date(), f"mailto:{OPERATOR}", now.date() + 10 * DAY)
    assert f"по e-mail на {OPERATOR}" in page_of(page, row) and not page.get(f"/complaints/{row.id}/claim").root.all("textarea", name="text")
    assert not inspect(now=now).faults


def test_pressed_twice_it_is_one_letter(browse, cast, relay, row, irina, now):
    page = browse(cast.irina)
    assert [press(page, row).status] == [303]
    form = {"seen": mark_of(claim_of(row)), "operator": "Анекс Тур", "text": TEXT, "address": OPERATOR}
    assert page.post(f"/complaints/{row.id}/claim/letter", form).status == 303
    assert page.post(f"/complaints/{row.id}/claim/letter", {**form, "text": "Другое"}).status == 409
    assert "Другое" in page.post(f"/complaints/{row.id}/claim/letter", {**form, "text": "Другое"}).text, "not dropped in silence"
    assert page.post(f"/complaints/{row.id}/claim/letter", {**form, "address": "other@anex.example"}).status == 409
    look(now=now + SOON)
    assert page.post(f"/complaints/{row.id}/claim/letter", form).status == 303, "after it has left, too"
    look(now=now + 3 * SOON)
    assert relay.seen[OPERATOR] == len(claims_in(relay)) == 1


def test_pressed_by_two_at_the_same_moment_it_is_one_letter(app, cast, relay, row, irina, now):
    seen = mark_of(claim_of(row))
    number = row.id
    at_once(app, 4, lambda _each: mail_claim(number, Parcel(OPERATOR), seen=seen, actor=irina, now=now).id)
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.address == OPERATOR)) == 1


def test_called_back_it_does_not_leave_and_may_be_changed_and_sent_anew(browse, cast, relay, row, irina, now):
    page = browse(cast.irina)
    press(page, row)
    address = f"/complaints/{row.id}/claim"
    assert page.post(address, {"operator": "Анекс", "text": "Другое", "seen": mark_of(claim_of(row))}).status == 409
    assert page.post(address + "/sent", {"on": now.strftime("%d.%m.%Y"), "words": "почтой"}).status == 409
    assert "Отозвано" in page.follow(address + "/recall", {}).text
    look(now=now + SOON)
    assert claims_in(relay) == [] and claim_of(row).sent_on is None
    assert "не дошло" not in page_of(page, row), "nothing went wrong"
    page.follow(address, {"operator": "Анекс Тур", "text": "Другое", "seen": mark_of(claim_of(row))})
    assert press(page, row).status == 303
    look(now=now + SOON)
    assert len(claims_in(relay)) == 1 and claim_of(row).sent_on == now.date()
    answer = page.post(address + "/recall", {})
    assert answer.status == 409 and "Письмо уже ушло" in answer.text


def test_a_letter_nobody_takes_leaves_the_claim_unsent_and_says_so(browse, cast, relay, row, now):
    page = browse(cast.irina)
    # Letters about the trip are gone before the server refuses one.
    look(now=now + SOON)
    relay.rcpt = ["550 5.1.1 No such user"]
    press(page, row, address="wrong@anex.example")
    look(now=now + SOON)
    assert claim_of(row).sent_on is None
    said = page.get(f"/complaints/{row.id}/claim")
    assert "Письмо на wrong@anex.example не дошло" in said.text and "проверьте адрес" in said.text
    assert "письмо не дошло" in page.get(f"/complaints/{row.id}").text
    assert addresses_for("Анекс Тур") == []
    assert press(page, row).status == 303
    look(now=now + 2 * SOON)
    assert claim_of(row).sent_how == f"mailto:{OPERATOR}" and relay.seen[OPERATOR] == 1
    assert addresses_for("«анекс тур»") == [OPERATOR]


def test_the_address_is_offered_for_the_next_claim_to_the_operator(browse, cast, person, relay, row, irina, now):
    mailed(row, irina, now)
    other = complaint(person, now=now)
    write_claim(other.id, "АНЕКС-ТУР", TEXT, actor=irina, now=now)
    page = browse(cast.irina).get(f"/complaints/{other.id}/claim")
    assert page.root.one("input", name="address").attrs["value"] == OPERATOR
    assert [one.attrs["value"] for one in page.root.one("datalist").all("option")] == [OPERATOR]


def test_a_letter_that_comes_back_takes_the_claim_and_its_countdown_back(browse, cast, person, relay, row, irina, now):
    letter = mailed(row, irina, now)
    look(now=now + SOON)
    assert claim_of(row).answer_by == now.date() + 10 * DAY
    look_after_complaints(now=now + 11 * DAY)
    assert [status for status, *_rest in tasks_of(row)] == ["planned"]
    post.report(letter, "bounced", actor=job("returns"), code="no-mailbox", now=now + 11 * DAY)
    look(now=now + 11 * DAY)
    claim = claim_of(row)
    assert (claim.sent_on, claim.sent_how, claim.answer_by) == (None, "", None)
    assert [status for status, *_rest in tasks_of(row)] == ["cancelled"]
    assert db.session.get_one(Client, person.id).email is not None, "the address was nobody's"
    assert "не дошло" in page_of(browse(cast.irina), row)


def test_an_old_try_repeated_from_the_outbox_takes_nothing_back(browse, cast, relay, row, irina, now):
    first = mailed(row, irina, now, "old@anex.example")
    post.cancel_source(first.source, reason="person", actor=irina, now=now)
    with transaction() as session:
        session.get_one(Message, first.id).state = "failed"
    mailed(row, irina, now)
    look(now=now + SOON)
    post.retry(db.session.get_one(Message, first.id), actor=irina, now=now + DAY)
    look(now=now + DAY - SOON)
    assert (claim_of(row).sent_on, claim_of(row).sent_how) == (now.date(), f"mailto:{OPERATOR}")
    relay.rcpt = ["550 5.1.1 No such user"]
    look(now=now + DAY + SOON)
    assert claim_of(row).sent_on == now.date() and "не дошло" not in page_of(browse(cast.irina), row)


def test_what_the_operator_has_answered_stays_answered(relay, row, irina, now):
    letter = mailed(row, irina, now)
    look(now=now + SOON)
    claim_answered(row.id, Deed(now.date(), "Вернём"), actor=irina, now=now)
    post.report(letter, "bounced", actor=job("returns"), code="mailbox-full", now=now + DAY)
    look(now=now + DAY)
    assert claim_of(row).sent_on == now.date()


def test_while_sending_is_held_the_claim_waits_and_counts_from_the_day_it_leaves(browse, cast, relay, row, irina, now):
    mode("held", now)
    page = browse(cast.irina)
    press(page, row)
    assert "включат" in page_of(page, row)
    look(now=now + DAY)
    assert claims_in(relay) == [] and claim_of(row).sent_on is None
    assert "письмо ждёт отправки" in page.get(f"/complaints/{row.id}").text
    mode("live", now + 2 * DAY)
    look(now=now + 2 * DAY)
    assert len(claims_in(relay)) == 1 and claim_of(row).sent_on == (now + 2 * DAY).date()


def test_at_night_it_waits_for_the_morning(browse, cast, relay, row, irina, monkeypatch):
    night = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: night)
    page = browse(cast.irina)
    press(page, row)
    said = page.get(f"/complaints/{row.id}/claim").root.one("section", **{"aria-label": "Письмо туроператору"}).text
    assert "в 09:00" in said and "клиент" not in said
    look(now=night + DAY / 2 + DAY / 24)
    assert claim_of(row).sent_on == (night + DAY).date()


def test_a_text_a_colleague_has_changed_meanwhile_does_not_leave_unread(browse, cast, relay, row, irina, now):
    page, address = browse(cast.boris), f"/complaints/{row.id}/claim/letter"
    before = {**filled(page.get(f"/complaints/{row.id}/claim")), "address": OPERATOR}
    write_claim(row.id, "Анекс Тур", "Короче", seen=before["seen"], actor=irina, now=now)
    answer = page.post(address, before)
    assert answer.status == 409 and letter_of(row.id) is None
    assert answer.root.one("textarea", name="text").text == "Короче", "nothing was typed, so nothing replaces it"
    assert answer.root.one("input", name="address").attrs["value"] == OPERATOR, "what was typed is kept"
    typed = page.post(address, {**before, "text": "Моё"})
    assert typed.status == 409 and typed.root.one("textarea", name="text").text == "Моё"
    assert "Короче" in typed.root.one("section", **{"aria-labelledby": "theirs"}).text
    assert page.post(address, filled(answer)).status == 303
    assert letter_of(row.id).text.startswith("Короче")


def test_what_is_typed_and_not_saved_is_what_the_operator_reads(browse, cast, relay, row, now):
    page = browse(cast.irina)
    refused = press(page, row, operator="Анекс", text="Прошу 30 000 ₽", address="anex")
    assert refused.status == 422 and claim_of(row).text == TEXT, "nothing is kept of what does not leave"
    assert filled(refused) == {**filled(refused), "operator": "Анекс", "text": "Прошу 30 000 ₽", "address": "anex"}
    assert press(page, row, operator="Анекс", text="Прошу 30 000 ₽").status == 303
    look(now=now + SOON)
    (mail,) = claims_in(relay)
    assert "Прошу 30 000 ₽" in mail.get_body(("plain",)).get_content()
    assert (claim_of(row).operator, claim_of(row).text) == ("Анекс", "Прошу 30 000 ₽")


def test_a_text_that_is_refused_keeps_address_and_ticks(browse, cast, row):
    file_of(row)
    page = browse(cast.irina)
    answer = page.post(f"/complaints/{row.id}/claim", {
        **filled(page.get(f"/complaints/{row.id}/claim")), "operator": "", "address": "new@anex.example", "files": []})
    assert answer.status == 422
    assert (filled(answer)["address"], filled(answer)["files"]) == ("new@anex.example", [])


def test_blanks_are_named_once_before_they_leave(browse, cast, relay, row, now):
    page, text = browse(cast.irina), "Адрес: Москва, ____\nдоговор реализации № ____ от ____\n\nПодпись: ____"
    assert "anyhow" not in page_of(page, row)
    answer = press(page, row, text=text)
    summary = answer.root.one("section", id="errors")
    assert answer.status == 422 and "autofocus" in summary.attrs and letter_of(row.id) is None
    assert "Не вписано: адрес, «договор реализации»." in summary.text and "Подпись" not in summary.text
    assert "checked" not in answer.root.one("input", name="anyhow", form="claim-text").attrs
    with pytest.raises(BadInput, match="blanks"):
        mail_claim(row.id, Parcel(OPERATOR, typed=Typed("Анекс", text)), seen=mark_of(claim_of(row)),
                   actor=actor_of(cast.irina), now=now)
    assert page.post(f"/complaints/{row.id}/claim/letter", {**filled(answer), "anyhow": "y"}).status == 303
    look(now=now + SOON)
    assert len(claims_in(relay)) == 1


def test_seconds_are_told_only_while_they_run(browse, cast, relay, row, irina, now, monkeypatch):
    letter, page = mailed(row, irina, now), browse(cast.irina)
    assert "15 секунд" in page_of(page, row)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    said = page_of(page, row)
    assert "15 секунд" not in said and "Письмо ещё ждёт" in said and "Отозвать" in said
    with transaction() as session:
        session.get_one(Message, letter.id).last_code = "no-connection"
    assert "Почтовый сервер недоступен" in page_of(page, row)


@pytest.mark.parametrize(("given", "says"), [
    ({"address": ""}, "Напишите адрес"), ({"address": "anex"}, "Это не e-mail"), ({"files": ["no-such"]}, "Одного из файлов"),
    ({"address": "претензии@anex.example"}, "латиницей"), ({"address": "stopped@anex.example"}, "стоп-листе")])
def test_what_cannot_be_sent_is_said_beside_its_field_and_nothing_is_kept(browse, cast, relay, row, now, given, says):
    post.suppress("stopped@anex.example", channel="email", reason=BY_HAND, actor=job("test"), now=now)
    answer = press(browse(cast.irina), row, **given)
    assert answer.status == 422 and says in answer.text
    assert letter_of(row.id) is None


def test_files_too_heavy_for_a_letter_stay_unticked_and_are_refused(browse, cast, relay, row, now):
    tokens = [file_of(row, f"{number}.jpg", b"x" * 6_000_000) for number in range(2)]
    page = browse(cast.irina)
    assert not [box for box in page.get(f"/complaints/{row.id}/claim").root.all("input", name="files") if "checked" in box.attrs]
    answer = press(page, row, files=tokens)
    assert answer.status == 422 and "10 МБ" in answer.text
    assert press(page, row, files=tokens[:1]).status == 303
    look(now=now + SOON)
    assert len(bytes(claims_in(relay)[0])) > 6_000_000


def test_files_of_another_complaint_do_not_go_along(browse, cast, relay, person, row, now):
    foreign = file_of(complaint(person, now=now), "чужое.jpg")
    assert press(browse(cast.irina), row, files=[foreign]).status == 422


@pytest.mark.parametrize("wanted", [True, False])
def test_the_client_gets_a_copy_only_when_agreed(browse, cast, person, relay, row, now, wanted):
    file_of(row)
    page = browse(cast.irina)
    press(page, row, **({"has_copy": "y"} if wanted else {}))
    look(now=now + SOON)
    copies = [mail for mail in claims_in(relay) if person.email.address in mail["To"]]
    assert len(copies) == wanted and len(claims_in(relay)) == 1 + wanted
    if wanted:
        text = copies[0].get_body(("plain",)).get_content()
        assert "копия претензии" in text and "Прошу *вернуть*" in text and list(copies[0].iter_attachments())


def test_the_copy_is_called_back_with_the_letter(browse, cast, relay, row, now):
    page = browse(cast.irina)
    press(page, row, has_copy="y")
    page.follow(f"/complaints/{row.id}/claim/recall", {})
    look(now=now + SOON)
    assert claims_in(relay) == []


def test_no_complaint_no_claim(cast, relay, row, irina, now):
    mailed(row, irina, now)
    step(row, "void", actor_of(cast.boris), now)
    look(now=now + SOON)
    assert claims_in(relay) == [] and letter_of(row.id).state == "cancelled"
    with pytest.raises(Refused):
        mailed(row, irina, now)


@pytest.mark.parametrize("who", ["olga", "anna", "vera"])
def test_only_those_who_handle_complaints_send_and_call_back(browse, cast, relay, row, irina, now, who):
    page = browse(getattr(cast, who))
    assert page.post(f"/complaints/{row.id}/claim/letter", {"address": OPERATOR, "seen": mark_of(claim_of(row))}).status == 404
    mailed(row, irina, now)
    assert page.post(f"/complaints/{row.id}/claim/recall", {}).status == 404
    assert letter_of(row.id).state == "queued"


def test_the_operators_answer_is_no_word_of_the_client_and_leads_to_the_claim(browse, cast, relay, row, irina, now):
    letter = mailed(row, irina, now)
    look(now=now + SOON)
    raw = (f"From: Anex <answers@anex.example>\r\nTo: us@agency.example\r\nSubject: Re: claim\r\nMessage-ID: <a@anex.example>\r\n"
           f"In-Reply-To: {letter.message_id}\r\n\r\nWe will refund half.\r\n").encode()
    take(read_letter(raw), Place("inbox", "us@agency.example", 1, 1, now, cast.main.id), now=now)
    came = db.session.scalars(select(Incoming)).one()
    page = browse(cast.irina)
    assert came.state == "unsorted"
    shown = page.get(f"/incoming/{came.id}")
    assert f"/complaints/{row.id}/claim" in [link.attrs["href"] for link in shown.root.all("a")]
    page.post(f"/incoming/{came.id}/client", {"client": row.client_id})
    assert db.session.scalars(select(ComplaintWord)).all() == [], "the client's page would show it as theirs"


def test_whoever_handles_it_is_told_on_the_day_of_the_answer_until_it_is_there(browse, cast, row, irina, now, monkeypatch):
    claim_sent(row.id, Deed(now.date(), "почтой"), actor=irina, now=now)
    look_after_complaints(now=now + 9 * DAY)
    assert tasks_of(row) == []
    for _twice in range(2):
        look_after_complaints(now=now + 10 * DAY)
    assert tasks_of(row) == [("planned", now.date() + 10 * DAY, cast.irina.id)]
    monkeypatch.setattr(clock, "now", lambda: now + 12 * DAY)
    page = browse(cast.irina)
    today = page.get("/today")
    assert "Туроператор не ответил на претензию" in today.text
    assert f"/complaints/{row.id}/claim" in [link.attrs["href"] for link in today.root.all("a")]
    said = page_of(page, row)
    assert "ответа нет, ждали до" in said and "письменный ответ" in said
    assert "ответа нет, ждали до" in page.get(f"/complaints/{row.id}").text
    page.follow(f"/complaints/{row.id}/claim/answer", {"on": (now + 12 * DAY).strftime("%d.%m.%Y"), "words": "Отказ"})
    look_after_complaints(now=now + 13 * DAY)
    assert [status for status, *_rest in tasks_of(row)] == ["done"]


def test_a_day_that_has_passed_is_said_and_not_counted_on(browse, cast, row, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now + 25 * DAY)
    page = browse(cast.irina)
    for address in (f"/complaints/{row.id}/claim", f"/complaints/{row.id}"):
        shown = page.get(address)
        (mark,) = [one for one in shown.root.all("span", class_="state--over") if "срок прошёл" in one.text]
        assert "7 декабря" in mark.text and "просрочено" not in mark.text
    assert "Отправить её ещё можно" in page_of(page, row)
    assert press(page, row).status == 303, "late is better than never"


def test_an_erased_client_is_in_no_letter_to_an_operator(cast, person, relay, row, irina, now):
    token = file_of(row)
    mail_claim(row.id, Parcel(OPERATOR, [token]), seen=mark_of(claim_of(row)), actor=irina, now=now)
    look(now=now + SOON)
    letter = letter_of(row.id)
    (named,) = from_text(letter.files)
    assert bytes_of(named.sha) == b"jpg"
    boris = actor_of(cast.boris)
    bring_to(row, "resolved", boris, now)
    step(row, "document", boris, now)
    with transaction():
        row.satisfaction = "yes"
    step(row, "waive", boris, now)
    for task in db.session.scalars(select(Touch).where(Touch.step_code.startswith("complaint_action"))):
        with transaction():
            task.status = "done"
    step(row, "close", boris, now)
    assert row.state == CLOSED
    db.session.rollback()
    erase_person(db.session.get_one(Client, person.id), actor=boris, now=now)
    letter = letter_of(row.id)
    assert (letter.address, letter.subject, letter.text, letter.html, letter.files) == ("", "", "", "", "")
    assert bytes_of(named.sha) is None and claim_of(row).text == ""
    look(now=now + 30 * DAY)
    look_after_complaints(now=now + 30 * DAY)
    assert tasks_of(row) == []


def test_gaps_of_a_text_are_named():
    assert gaps_in("От: Иванова\nАдрес: Тверь, ____\nдоговор № ___ от ___.\nПодпись: _____ / Иванова /") == [
        "address", "договор", "signature"]
    assert blanks_in("Подпись: ____") == []
    assert gaps_in("прошу:\n_____.\n\nЯ просил вернуть деньги.\n____") == ["demand", "Я просил вернуть деньги."]
    made = "заключён договор о реализации туристского продукта № ____ от ____.\nПодпись: ____ / Я /"
    assert gaps_in(made) == ["contract", "signature"]
    assert gaps_in("слово " * 30 + "____") == ["…" + " ".join(["слово"] * 10)], "no word is cut"
    assert gaps_in("____") == [""]
