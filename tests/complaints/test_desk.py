"""The desk of complaints: list, card, every step as a form, collisions, who may see what."""

from datetime import UTC, datetime, timedelta

import make
import pytest
from complaint_make import bring_to, complaint, given_for, procedure, step
from sqlalchemy import event, func, select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, note_answer, reply
from webapp.complaints.actions.answering import answer
from webapp.complaints.due_words import due_of
from webapp.complaints.integrity import faults
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, ComplaintWord, Procedure
from webapp.complaints.procedures import wording_of
from webapp.db import db
from webapp.kit import clock
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def fields(page, row, name="do"):
    """What the form on the page carries besides its fields."""
    action = f"/complaints/{row.id}/{name}"
    form = next(form for form in page.root.all("form") if form.attrs.get("action") == action)
    return {node.attrs["name"]: node.attrs.get("value", "") for node in form.all("input", type="hidden")}


def typed(verb, row, actor, now):
    """A step as its form sends it."""
    given = given_for(verb, row, actor, now)
    actions = given.pop("actions", [])
    if verb == "resolve":
        given["cost"] = "4000"
    if verb == "share":
        given = {"lesson": given["lesson"], "people": [actor.user_id]}
    for number, (what, who, day) in enumerate(actions, 1):
        given |= {f"what_{number}": what, f"who_{number}": who, f"day_{number}": day.strftime("%d.%m.%Y")}
    return {name: str(value) if not isinstance(value, list) else value for name, value in given.items()}


def card(browse, user, row):
    return browse(user).get(f"/complaints/{row.id}")


def test_a_complaint_goes_from_the_list_to_closed_through_its_forms(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    page = browse(cast.irina)
    assert row.number in page.get("/complaints").text
    while (move := rules.next_step(db.session.get_one(Complaint, row.id).state)) is not None:
        shown = page.get(f"/complaints/{row.id}")
        data = fields(shown, row, move.verb) | typed(move.verb, row, irina, now)
        answer = page.post(f"/complaints/{row.id}/{move.verb}", data)
        assert answer.status == 303, answer.text
    shown = page.get(f"/complaints/{row.id}")
    refused = page.post(f"/complaints/{row.id}/close", fields(shown, row, "close"))
    assert refused.status == 422
    assert "Закрыть пока нельзя: клиент не сказал, устраивает ли его решение, 1 обещание ещё не выполнено" in refused.text
    task = db.session.scalars(select(ComplaintAction)).one()
    assert [link.text for link in refused.root.one("section", id="errors").all("a")] == [task.what]
    page.follow(f"/complaints/{row.id}/answer", fields(shown, row, "answer") | {"answer": "yes"})
    task = db.session.scalars(select(ComplaintAction)).one()
    page.post(f"/touches/{task.touch_id}/tick", {"touch": task.touch_id})
    shown = page.get(f"/complaints/{row.id}")
    page.follow(f"/complaints/{row.id}/close", fields(shown, row, "close"))
    assert db.session.get_one(Complaint, row.id).state == rules.CLOSED
    assert row.number not in page.get("/complaints").text
    assert row.number in page.get("/complaints?show=closed").text


@pytest.mark.parametrize("state", rules.STATES)
def test_every_state_shows_in_both_languages(browse, cast, person, irina, boris, now, state):
    row = to_state(state, person, irina, boris, now)
    for user in (cast.irina, cast.boris):
        assert card(browse, user, row).status == 200
        assert browse(user).get("/complaints?show=void").status == 200
    browse(cast.boris).post("/me/language", {"language": "en"})
    english = card(browse, cast.boris, row)
    assert row.number in english.h1


def to_state(state, person, irina, boris, now):
    """A complaint that stands at `state`."""
    row = complaint(person, now=now, draft=state in (rules.DRAFT,))
    if state == rules.VOID:
        return step(row, "void", boris, now)
    if state in (rules.WAIVED, rules.CLOSED):
        step(bring_to(row, rules.RESOLVED, irina, now), "waive", boris, now)
        if state == rules.CLOSED:
            note_answer(row.id, "yes", actor=irina, now=now)
            from webapp.touches.actions.ticking import tick
            tick(db.session.scalars(select(ComplaintAction)).one().touch_id, actor=irina, now=now)
            step(row, "close", irina, now)
        return row
    return row if state in (rules.DRAFT, rules.RECEIVED) else bring_to(row, state, irina, now)


@pytest.mark.parametrize("state", rules.STATES)
def test_what_the_table_does_not_hold_is_refused_by_a_crafted_post(browse, cast, person, irina, boris, now, state):
    row = to_state(state, person, irina, boris, now)
    page = browse(cast.boris)
    before = snapshot(row.id)
    for verb in rules.VERBS:
        if (state, verb) in rules.MOVES:
            continue
        answer = page.post(f"/complaints/{row.id}/{verb}", {
            "version": str(row.version), "form_key": f"crafted-{verb}", "reason": "Хочу", **typed(verb, row, boris, now)})
        assert answer.status == 409, (verb, answer.status, answer.text[:300])
        assert snapshot(row.id) == before, verb


def snapshot(number):
    """Everything about a complaint that could have changed."""
    db.session.rollback()
    row = db.session.get_one(Complaint, number)
    values = {column.name: getattr(row, column.name) for column in Complaint.__table__.columns}
    return values, *(db.session.scalar(select(func.count()).select_from(model))
                     for model in (ComplaintEvent, ComplaintWord, ComplaintAction, Message))


def test_an_act_answers_with_the_page_of_the_complaint_first_and_counters_after_it(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "tell") | typed("tell", row, irina, now)
    answer = page.post(f"/complaints/{row.id}/tell", data, htmx=True)
    assert answer.status == 200 and not answer.is_full
    assert answer.html.lstrip().startswith("<nav") and "HX-Request" in answer.headers["Vary"]
    swapped = answer.html.index("hx-swap-oob")
    assert answer.html.index('id="step-7"') < swapped < answer.html.index('id="count-complaints-index"')
    assert answer.root.one("li", id="step-3").attrs.get("data-focus") is not None


def test_undo_stands_at_the_step_only_while_it_can_be_taken_back(browse, cast, person, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    ways = [user for user in (cast.irina, cast.boris) if f"/complaints/{row.id}/back" in card(browse, user, row).html]
    assert ways == [cast.irina, cast.boris]
    shown = card(browse, cast.irina, row)
    browse(cast.irina).follow(f"/complaints/{row.id}/back", fields(shown, row, "back"))
    assert db.session.get_one(Complaint, row.id).state == rules.TOLD
    step(row, "investigate", boris, now)
    ways = [user for user in (cast.irina, cast.boris) if f"/complaints/{row.id}/back" in card(browse, user, row).html]
    assert ways == [cast.boris], "what somebody else did only a director takes back"


def test_missing_facts_are_asked_for_and_nothing_typed_is_lost(browse, cast, person, irina, now):
    row = bring_to(complaint(person, now=now), rules.TOLD, irina, now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "investigate") | {"facts": "Звонили в отель"}
    answer = page.post(f"/complaints/{row.id}/investigate", data)
    assert answer.status == 422
    assert "Звонили в отель" in answer.text
    assert db.session.get_one(Complaint, row.id).state == rules.TOLD


@pytest.mark.parametrize(("points", "said"), [
    ("много", "целое число бонусов"), ("-5", "целое число бонусов"), ("10 000 000", "не больше 1 000 000 бонусов"),
    ("9" * 5000, "не больше 1 000 000 бонусов")])
def test_points_that_are_a_slip_of_the_hand_are_told_with_their_limit(browse, cast, person, irina, now, points, said):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "resolve") | typed("resolve", row, irina, now)
    answer = page.post(f"/complaints/{row.id}/resolve", {**data, "points": points})
    assert answer.status == 422 and said in " ".join(answer.text.split()) and points[:20] in answer.html


def test_many_points_are_asked_about_once(browse, cast, person, irina, now):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "resolve") | typed("resolve", row, irina, now)
    assert not page.get(f"/complaints/{row.id}").root.all("input", name="sure")
    asked = page.post(f"/complaints/{row.id}/resolve", {**data, "points": "50 000"})
    assert asked.status == 422 and "50 000 ₽ для клиента" in " ".join(asked.text.split())
    assert asked.root.one("input", name="sure") and db.session.get_one(Complaint, row.id).state == rules.INVESTIGATED
    assert page.post(f"/complaints/{row.id}/resolve", {**data, "points": "50 000", "sure": "y"}).status == 303
    assert db.session.get_one(Complaint, row.id).compensation_points == 50_000


@pytest.mark.parametrize(("points", "status"), [("500", 303), ("", 422), ("0", 422)])
def test_points_alone_make_it_good_and_nothing_at_all_does_not(browse, cast, person, irina, now, points, status):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "resolve") | typed("resolve", row, irina, now)
    data = {name: value for name, value in data.items() if not name.startswith(("what_", "who_", "day_"))}
    answer = page.post(f"/complaints/{row.id}/resolve", {**data, "points": points})
    assert answer.status == status
    if status == 422:
        assert "Напишите, что сделать" in answer.root.one(class_="summary").text
        assert answer.root.one("input", name="what_1").attrs["aria-invalid"] == "true"


def test_no_complaint_is_taken_back_where_it_was_a_slip(browse, cast, person, irina, boris, now):
    for draft, stood in ((True, rules.DRAFT), (False, rules.RECEIVED)):
        row = complaint(person, now=now, draft=draft)
        step(row, "void", boris, now)
        page = browse(cast.boris)
        assert page.post(f"/complaints/{row.id}/back", fields(page.get(f"/complaints/{row.id}"), row, "back")).status == 303
        row = db.session.get_one(Complaint, row.id)
        assert (row.state, row.void_reason) == (stood, "") and row.due_at is not None
        assert not list(faults())
    theirs = complaint(person, now=now, draft=True)
    step(theirs, "void", irina, now - timedelta(minutes=16))
    with pytest.raises(rules.Refused, match="too-late"):
        act(theirs.id, "back", actor=irina, now=now)


def test_a_claim_that_is_too_late_is_not_promised_in_the_usual_words(browse, cast, person, now):
    gone = now.date() - timedelta(days=21)
    trip = make.trip(person, purchase=gone - timedelta(days=60), departure=gone - timedelta(days=7), back=gone,
                     seller=cast.olga, now=now)
    row = complaint(person, trip=trip, now=now)
    page = browse(cast.irina)
    shown = page.get(f"/complaints/{row.id}")
    assert "этот день прошёл" in shown.root.one("li", id="step-2").text
    operator = db.session.scalars(select(Procedure.id).where(Procedure.code == "operator")).one()
    data = fields(shown, row, "tell") | {"procedure": operator, "told_how": "phone"}
    text = page.post(f"/complaints/{row.id}/tell", {**data, "do": "show"}).root.one("textarea", name="procedure_text").text
    refused = page.post(f"/complaints/{row.id}/tell", {**data, "text_of": operator, "procedure_text": text})
    assert refused.status == 422 and "Поправьте текст для этого клиента" in refused.text
    own = {**data, "text_of": operator, "procedure_text": "Срок претензии прошёл, но мы всё равно спросим туроператора."}
    assert page.post(f"/complaints/{row.id}/tell", own).status == 303


def test_hours_of_a_deadline_are_those_of_the_reader(app, cast, now):
    far = make.client(cast.east, last="Дальняя", phone="+79990000009", email="far@example.com", now=now)
    row = complaint(far, now=now)
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert row.office.timezone == cast.east.timezone
    db.session.expunge(row)
    row.due_at = at + timedelta(hours=1)
    with app.test_request_context():
        assert due_of(row, at, "Europe/Moscow").words == "до 13:00 сегодня"
        assert due_of(row, at, "Asia/Yekaterinburg").words == "до 15:00 сегодня"
        assert due_of(row, at).words == due_of(row, at, cast.east.timezone).words


def test_choosing_a_procedure_shows_its_text_without_saving(browse, cast, person, now):
    row = complaint(person, now=now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "tell")
    answer = page.post(f"/complaints/{row.id}/tell", data | {"procedure": procedure("refund").id, "do": "show"})
    assert answer.status == 200
    assert wording_of(procedure("refund"), "text", "ru") in answer.text
    assert db.session.get_one(Complaint, row.id).state == rules.RECEIVED


def test_a_form_sent_twice_works_once(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "tell") | typed("tell", row, irina, now)
    assert [page.post(f"/complaints/{row.id}/tell", data).status for _ in range(2)] == [303, 303]
    assert len(db.session.scalars(select(ComplaintEvent).where(ComplaintEvent.verb == "tell")).all()) == 1


def test_two_people_answer_and_the_second_is_told_what_happened(browse, cast, person, irina, boris, now):
    row = complaint(person, now=now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "reply") | {"text": "Мы уже занимаемся"}
    reply(row.id, "Разбираемся", key="boris", actor=boris, now=now)
    stopped = page.post(f"/complaints/{row.id}/reply", data)
    assert stopped.status == 409
    assert cast.boris.name in stopped.text
    assert "Мы уже занимаемся" in stopped.text
    again = fields(stopped, row, "reply") | {"text": "Мы уже занимаемся"}
    assert page.post(f"/complaints/{row.id}/reply", again).status == 303
    words = db.session.scalars(select(ComplaintWord.text).order_by(ComplaintWord.id)).all()
    assert words == ["Разбираемся", "Мы уже занимаемся"]


def test_words_typed_for_a_step_that_somebody_did_meanwhile_are_shown(browse, cast, person, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.TOLD, irina, now)
    page = browse(cast.irina)
    data = fields(page.get(f"/complaints/{row.id}"), row, "investigate") | typed("investigate", row, irina, now)
    step(row, "investigate", boris, now)
    stopped = page.post(f"/complaints/{row.id}/investigate", data | {"facts": "Мои слова о случае"})
    assert stopped.status == 409
    assert "Мои слова о случае" in stopped.text


@pytest.mark.parametrize("who", ["pavel", "anna", "vera"])
def test_nobody_else_sees_complaints(browse, cast, person, now, who):
    row = complaint(person, now=now)
    page = browse(getattr(cast, who))
    assert row.number not in page.get("/complaints").text
    assert page.get(f"/complaints/{row.id}").status == 404
    assert page.post(f"/complaints/{row.id}/tell").status == 404


def test_another_office_has_no_such_complaint(browse, cast, now):
    far = make.client(cast.east, last="Дальняя", phone="+79990000009", email="far@example.com", now=now)
    row = complaint(far, now=now)
    page = browse(cast.irina)
    assert page.get(f"/complaints/{row.id}").status == 404
    assert page.post(f"/complaints/{row.id}/reply", {"text": "Здравствуйте"}).status == 404
    assert row.number not in page.get("/complaints").text


def test_the_list_costs_the_same_for_one_and_for_many(browse, cast, person, now):
    page = browse(cast.irina)
    complaint(person, now=now)
    page.get("/complaints")
    few = queries(page, "/complaints")
    for number in range(12):
        other = make.client(cast.main, last=f"Клиент{number}", phone=f"+7916000{number:04}", email=None, now=now)
        complaint(other, now=now)
    assert queries(page, "/complaints") == few


def queries(browser, url):
    """How many statements one page costs."""
    seen = []
    count = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", count)
    page = browser.get(url)
    event.remove(db.engine, "before_cursor_execute", count)
    assert page.status == 200
    return len(seen)


@pytest.mark.parametrize("who", ["irina", "olga"])
def test_an_answer_without_words_is_no_dash(browse, cast, person, irina, now, who):
    row = bring_to(complaint(person, now=now - timedelta(hours=1)), rules.RESOLVED, irina, now - timedelta(hours=1))
    answer(row.id, "yes", now=now - timedelta(minutes=5))
    line = card(browse, getattr(cast, who), row).root.one("ol", id="talk").all("li", class_="case-talk__client")[-1]
    assert "—" not in line.text and not line.all("p", class_="case-talk__text")


def test_a_draft_is_not_called_unseen_by_who_reads_it(browse, cast, person, now):
    page = card(browse, cast.irina, complaint(person, now=now, draft=True))
    assert "Сервис этого ещё не видел" not in page.text and "ещё никто не подтвердил" in page.text


def test_who_is_looking_is_seen_by_colleagues(browse, cast, person, now):
    row = complaint(person, now=now)
    assert browse(cast.boris).post(f"/complaints/{row.id}/here", {"version": "1"}, htmx=True).status == 200
    assert cast.boris.name in card(browse, cast.irina, row).text
    assert cast.boris.name in browse(cast.irina).get("/complaints").text
    assert browse(cast.irina).post(f"/complaints/{row.id}/here", {"version": "1"}).status == 303


def test_a_complaint_is_written_down_by_hand_once(browse, cast, person, now):
    page = browse(cast.irina)
    assert page.get("/complaints/new").location.startswith("/clients/pick")
    address = f"/complaints/new?client={person.id}"
    form = page.get(address)
    key = form.root.one("input", name="form_key").attrs["value"]
    data = {"form_key": key, "source": "phone", "trip": "0", "story": "Не встретили в аэропорту", "tells": "yes"}
    assert page.post(address, {**data, "story": ""}).status == 422
    assert page.post(address, {**data, "contact": "абв"}).status == 422
    assert page.post(address, data).location == page.post(address, data).location
    other = page.post(address, {**data, "story": "И чемодан потеряли"})
    assert other.status == 409 and "уже отправлена" in other.text and "И чемодан потеряли" in other.text
    row = db.session.scalars(select(Complaint)).one()
    assert (row.source, row.state, row.story) == ("phone", rules.RECEIVED, "Не встретили в аэропорту")


def test_search_and_filters(browse, cast, person, irina, now):
    mine, other = complaint(person, now=now), complaint(
        make.client(cast.main, last="Петрова", phone="+79160000055", email=None, now=now), now=now - timedelta(days=40),
        source="letter", operator="Север")
    page = browse(cast.irina)

    def found(query):
        text = page.get(f"/complaints?{query}").text
        return [row for row in (mine, other) if row.number in text]
    assert found("q=Петрова") == [other]
    assert found(f"q={mine.number}") == [mine]
    assert found("source=letter") == [other]
    assert found("operator=Север") == [other]
    assert found("show=draft") == []
    assert found(f"from={now:%d.%m.%Y}") == [mine]


def chosen(page, row, number, **more):
    """Step 2 as the form on the page sends it."""
    shown = page.get(f"/complaints/{row.id}")
    return {**fields(shown, row, "tell"), "procedure": number, "told_how": "letter", **more}


def field_text(answer):
    return " ".join(answer.root.one("textarea", name="procedure_text").text.split())


def test_the_text_of_one_procedure_never_leaves_under_the_name_of_another(browse, cast, person, irina, now):
    row, page = complaint(person, now=now), browse(cast.irina)
    first, second = procedure("apology"), procedure("refund")
    shown = page.post(f"/complaints/{row.id}/tell", chosen(page, row, first.id, do="show"))
    text, about = field_text(shown), shown.root.one("input", name="text_of").attrs["value"]
    stopped = page.post(f"/complaints/{row.id}/tell",
                        chosen(page, row, second.id, procedure_text=text, text_of=about))
    assert stopped.status == 422 and "теперь здесь текст" in stopped.text
    assert "проверим договор" in field_text(stopped)
    mine = text + " Звоните."
    stopped = page.post(f"/complaints/{row.id}/tell",
                        chosen(page, row, second.id, procedure_text=mine, text_of=about))
    assert stopped.status == 422 and field_text(stopped) == mine
    about = stopped.root.one("input", name="text_of").attrs["value"]
    sent = page.post(f"/complaints/{row.id}/tell", chosen(page, row, second.id, procedure_text=mine, text_of=about))
    assert sent.status == 303
    kept = db.session.get_one(Complaint, row.id)
    assert (kept.procedure_id, kept.procedure_text) == (second.id, mine)


@pytest.mark.parametrize("more", [{"text_of": "first"}, {"procedure_text": "first"}])
def test_the_model_refuses_the_text_of_another_procedure(cast, person, irina, now, more):
    row, first, second = complaint(person, now=now), procedure("apology"), procedure("refund")
    given = {**given_for("tell", row, irina, now), "procedure": second.id,
             **{name: first.id if name == "text_of" else wording_of(first, "text", "ru") for name in more}}
    with pytest.raises(BadInput, match="text of another"):
        act(row.id, "tell", given, actor=irina, now=now)
    assert db.session.get_one(Complaint, row.id).state == "received"


def test_the_choice_takes_its_text_along_but_never_overwrites_own_words(browse, cast, person, irina, now):
    row, page = complaint(person, now=now), browse(cast.irina)
    first, second = procedure("apology"), procedure("refund")
    shown = page.post(f"/complaints/{row.id}/tell", chosen(page, row, first.id, do="follow"))
    about, text = shown.root.one("input", name="text_of").attrs["value"], field_text(shown)
    shown = page.post(f"/complaints/{row.id}/tell", chosen(page, row, second.id, do="follow", text_of=about,
                                                           procedure_text=text))
    assert "проверим договор" in field_text(shown)
    shown = page.post(f"/complaints/{row.id}/tell", chosen(page, row, second.id, do="follow", text_of=about,
                                                           procedure_text=text + " Звоните."))
    assert field_text(shown) == text + " Звоните."


def test_an_empty_step_2_names_the_missing_procedure_first(browse, cast, person, irina, now):
    row, page = complaint(person, now=now), browse(cast.irina)
    answer = page.post(f"/complaints/{row.id}/tell", chosen(page, row, 0))
    assert answer.status == 422
    assert "Выберите порядок" in answer.root.one("section", id="errors").all("li")[0].text
