"""Who signs: the pages, what is shown where nothing is set, photos, offices of their own, the log, two writers."""

import re
from io import BytesIO

import pytest
from desk.letter_make import mode, thanked
from files_make import picture, with_place
from letters.texts import Page as Mail
from sqlalchemy import event, select

from webapp.db import db, transaction
from webapp.desk.identity_forms import link_of
from webapp.letters import actions
from webapp.letters.identities import Fields, signature_for
from webapp.letters.models import Identity, LetterFile
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry, Office
from webapp.staff.rules import NotAllowed

URL = "/admin/letters/signatures"
pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def anna(browse, cast):
    return browse(cast.anna)


def seen(page):
    return page.root.one("input", id="seen").attrs["value"]


def save(anna, code="director", office="", **fields):
    form = {"seen": seen(anna.get(f"{URL}/{code}?office={office}")), "office": office, **fields}
    return anna.post(f"{URL}/{code}?office={office}", form)


def row(code="director", office_id=None):
    return db.session.scalars(select(Identity).where(Identity.code == code, Identity.office_id == office_id)).first()


@pytest.mark.parametrize("who", ["olga", "irina", "boris", "anna"])
def test_everybody_who_works_here_reads_who_signs_and_only_administrators_write(browse, cast, who):
    person = browse(getattr(cast, who))
    listed = person.get(URL)
    assert listed.status == 200 and "Директор по качеству" in listed.text and "не заполнено" in listed.text
    page = person.get(f"{URL}/director")
    assert bool(page.root.all("input", id="name")) == (who == "anna")
    if who != "anna":
        assert person.post(f"{URL}/director", {"name": "Я"}).status == 404


def test_the_model_refuses_everybody_but_administrators(app, cast, now):
    for who in (cast.olga, cast.irina, cast.boris):
        with pytest.raises(NotAllowed):
            actions.save_identity("director", None, Fields("Я"), actor=actor_of(who), now=now)
        with pytest.raises(NotAllowed):
            actions.keep_photo(picture(), actor=actor_of(who), now=now)
    with pytest.raises(LookupError):
        actions.save_identity("king", None, Fields("Я"), actor=actor_of(cast.anna), now=now)


def test_nobody_is_set_and_the_page_says_who_signs_instead(anna, cast):
    page = anna.get(f"{URL}/quality")
    assert "подпишется агентство" in page.text
    frame = Mail(page.root.one("iframe", class_="looks__light").attrs["srcdoc"])
    assert "Сто дорог" in frame.text and "+7 495 000-00-00" in frame.text


def test_what_is_kept_stands_in_the_letter_in_the_client_s_language(anna, cast, now):
    page = save(anna, name="Борис Ветров", name_en="Boris Vetrov", role="директор", role_en="Director",
                email="Boris@Agency.RU", phone="8 (916) 123-45-67", lines="Реестр РТА 001\n\nЗвоните с 10 до 19",
                telegram="@boris", vk="vk.com/stodorog", max="https://max.ru/stodorog")
    assert page.status == 303
    kept = row()
    assert (kept.email, kept.phone) == ("boris@agency.ru", "+79161234567")
    assert kept.links == ["https://vk.com/stodorog", "https://t.me/boris", "https://max.ru/stodorog"]
    russian = signature_for("director", cast.main, None, "ru")
    assert russian.lines == ("Реестр РТА 001", "Звоните с 10 до 19") and russian.name == "Борис Ветров"
    english = signature_for("director", cast.main, None, "en")
    assert (english.name, english.role) == ("Boris Vetrov", "Director") and english.lines == russian.lines
    sold = thanked(cast, now)
    message = db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one()
    links = [a["href"] for a in Mail(message.html).all("a")]
    assert {"https://t.me/boris", "https://vk.com/stodorog", "mailto:boris@agency.ru"} <= set(links)
    assert "Реестр РТА 001" in message.text and "https://t.me/boris" in message.text


def test_the_name_stands_in_from_the_mailbox_stays_and_answers_go_where_it_says(anna, cast, now):
    save(anna, name="Борис Ветров", role="директор", email="boris@agency.ru")
    message = _message(thanked(cast, now))
    assert re.fullmatch(r"Борис Ветров <noreply@\S+>", message.sender)
    assert message.reply_to == "Борис Ветров <boris@agency.ru>"


@pytest.mark.parametrize(("fields", "answers"), [
    ({}, "olga@example.org"), ({"replies": "office"}, "office@example.org")])
def test_letters_of_the_seller_are_answered_to_the_manager_or_to_the_office(anna, cast, now, fields, answers):
    with transaction():
        db.session.get(Office, cast.main.id).email = "office@example.org"
    save(anna, "seller", role="ваш менеджер", **fields)
    signed = signature_for("seller", db.session.get(Office, cast.main.id), cast.olga)
    assert (signed.name, signed.role, signed.reply_to) == ("Ольга Соколова", "ваш менеджер", answers)
    assert row("seller").name == ""


def test_an_office_may_sign_otherwise_and_give_it_back(anna, cast):
    save(anna, name="Борис Ветров")
    save(anna, office=str(cast.east.id), name="Никита Дальний")
    assert signature_for("director", cast.main, None).name == "Борис Ветров"
    assert signature_for("director", cast.east, None).name == "Никита Дальний"
    assert "Сто дорог Восток" in anna.get(URL).root.one("main").text
    anna.post(f"{URL}/director/removal?office={cast.east.id}", {})
    assert signature_for("director", cast.east, None).name == "Борис Ветров"
    assert anna.get(f"{URL}/director?office=999999").status == 404


def test_old_values_stay_in_the_log(anna, cast):
    save(anna, name="Борис Ветров", email="boris@agency.ru")
    save(anna, name="Борис Штиль", email="boris@agency.ru")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "identity").order_by(AuditEntry.id.desc())).first()
    assert entry.facts == {"sign_name": ["Борис Ветров", "Борис Штиль"]}
    page = anna.get("/admin/log")
    assert "Изменена подпись: Директор" in page.text and "Борис Штиль" in page.text


UNFIT = [
    ({"email": "boris"}, "email"), ({"email": "a@b.example, c@d.example"}, "email"), ({"email": "борис@agency.ru"}, "email"),
    ({"email": "a@b.ru\r\nBcc: x@y.ru"}, "email"), ({"phone": "позвоните"}, "phone"), ({"telegram": "https://evil.example/x"}, "telegram"),
    ({"vk": "javascript:alert(1)"}, "vk"), ({"max": "http://[x"}, "max"), ({"lines": "а\nб\nв\nг"}, "lines"), ({"lines": "а" * 200}, "lines"),
    ({"name": "", "role": "директор"}, "name"), ({"name": "Ж" * 100}, "name")]


def test_what_cannot_stand_in_a_letter_is_refused_and_nothing_typed_is_lost(anna):
    for fields, where in UNFIT:
        page = save(anna, **{"name": "Борис Ветров", **fields})
        assert page.status == 422 and page.root.all(id=f"{where}-error"), fields
        assert row().name == ""
        assert page.root.one("input", id="name").attrs.get("value", "") == fields.get("name", "Борис Ветров")


@pytest.mark.parametrize(("kind", "typed", "address"), [
    ("telegram", "@anna", "https://t.me/anna"), ("telegram", "t.me/anna", "https://t.me/anna"), ("telegram", "http://t.me/anna", "https://t.me/anna"),
    ("telegram", "https://telegram.me/anna", "https://telegram.me/anna"), ("vk", "https://www.vk.com/a", "https://www.vk.com/a"),
    ("vk", "vk.com", ""), ("vk", "vk.com.evil.example/a", ""), ("vk", "https://vk.com@evil.example/", ""), ("max", "https://max.ru/u/x?a=1", "https://max.ru/u/x?a=1"),
    ("telegram", "data:text/html,x", ""), ("telegram", "https://t.me/\"onclick", ""), ("telegram", "", ""), ("telegram", "https://t.me/" + "a" * 300, ""),
    ("vk", "[]", ""), ("telegram", "http://[x", ""), ("max", "http://[x]/", "")])
def test_addresses_of_messengers(kind, typed, address):
    assert link_of(kind, typed) == address


def test_a_photo_is_made_small_and_comes_along_in_the_mail(anna, cast, now):
    page = save(anna, name="Борис Ветров", photo=(BytesIO(with_place()), "IMG_0001.JPG"))
    assert page.status == 303
    kept = db.session.scalars(select(LetterFile)).one()
    assert kept.type == "image/jpeg" and kept.size < 30_000 and b"Camera" not in kept.data
    shown = anna.get(f"{URL}/director").root.one("iframe", class_="looks__light").attrs["srcdoc"]
    assert Mail(shown).all("img")[0]["src"].startswith("data:image/jpeg;base64,")
    message = _message(thanked(cast, now))
    assert re.search(r'<img src="cid:[0-9a-f]{24}@photo" alt=""', message.html) and kept.sha256 in message.files
    letter = anna.http.get(f"/outbox/{message.id}/letter").get_data(as_text=True)
    assert "data:image/jpeg;base64," in letter and "cid:" not in letter
    save(anna, name="Борис Ветров")
    assert row().photo == kept.sha256
    save(anna, name="Борис Ветров", no_photo="y")
    assert row().photo is None


def test_a_file_that_is_no_photo_is_refused_in_words(anna):
    for data, said in ((b"%PDF-1.7 x", "PDF"), (b"<svg xmlns='x'/>", "SVG"), (b"GIF89a....", "GIF"),
                       (picture() + b"<script>", "спрятано"), (picture()[:300], "повреждён"),
                       (b"x" * (5 * 1024 * 1024 + 1), "больше 5")):
        page = save(anna, name="Борис Ветров", photo=(BytesIO(data), "photo.jpg"))
        assert page.status == 422 and said in page.root.one(id="photo-error").text
    assert not db.session.scalars(select(LetterFile)).all()


def test_the_preview_follows_what_is_typed_and_keeps_nothing(anna, cast):
    page = anna.post(f"{URL}/director/preview", {"name": "Кто-то <b>", "role": "директор", "language": "en"}, htmx=True)
    assert anna.post(f"{URL}/director/preview", {"name": "Кто-то", "vk": "[]"}, htmx=True).status == 200
    assert not page.is_full and "Кто-то <b>" in Mail(page.root.one("iframe", class_="looks__light").attrs["srcdoc"]).text
    dark = page.root.one("iframe", class_="looks__dark").attrs["srcdoc"]
    assert "@media all" in dark and "prefers-color-scheme" not in dark
    assert row().name == ""


def test_what_a_colleague_has_written_meanwhile_is_not_overwritten_unawares(anna, browse, cast):
    old = seen(anna.get(f"{URL}/director"))
    save(anna, name="Борис Ветров")
    page = anna.post(f"{URL}/director", {"name": "Пётр", "seen": old})
    assert page.status == 409 and row().name == "Борис Ветров"
    assert anna.post(f"{URL}/director", {"name": "Пётр", "seen": seen(page)}).status == 303
    assert row().name == "Пётр"


def test_letters_that_wait_are_signed_anew(anna, cast, now):
    mode("held")
    sold = thanked(cast, now)
    page = save(anna, name="Борис Ветров", email="boris@agency.ru")
    assert "1 сообщение, которое ждало отправки, переписано" in anna.get(page.location).text
    message = _message(sold)
    assert "Борис Ветров" in message.text and message.reply_to == "Борис Ветров <boris@agency.ru>"
    assert message.sender.startswith("Борис Ветров <")


def test_the_form_warns_when_the_quality_director_is_a_manager(anna, cast):
    for fields in ({"name": "соколова ольга"}, {"name": "Марина Ясная", "email": "Olga+q@example.org"}):
        page = anna.post(f"{URL}/quality/preview", fields, htmx=True)
        assert "Ольга Соколова" in page.root.one(class_="note--yellow").text
    page = anna.post(f"{URL}/quality/preview", {"name": "Марина Ясная", "email": "marina@example.org"}, htmx=True)
    assert not page.root.all(class_="note--yellow")


def test_the_list_asks_no_question_per_office(anna, cast):
    few = _queries(anna)
    with transaction() as session:
        for number in range(12):
            office = Office(code=f"o{number}", name=f"Офис {number}", timezone="Europe/Moscow")
            session.add(office)
            session.flush()
            session.add(Identity(code="director", office_id=office.id, name=f"Директор {number}"))
    assert _queries(anna) <= few + 1


def _queries(anna):
    number = 0

    def count(*_args):
        nonlocal number
        number += 1
    event.listen(db.engine, "before_cursor_execute", count)
    anna.get(URL)
    event.remove(db.engine, "before_cursor_execute", count)
    return number


def _message(sold):
    db.session.expire_all()
    return db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one()
