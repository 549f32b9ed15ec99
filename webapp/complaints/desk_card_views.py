"""The page of one complaint and its steps: what the table allows is done, everything else is refused in words."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import KeyTaken, once
from webapp.clients.models import Client
from webapp.club.friend_placeholders import points_in
from webapp.complaints import desk_card, desk_forms, due_words, words
from webapp.complaints.actions import act
from webapp.complaints.actions.mailing import waiting_letter, way_to
from webapp.complaints.claim_rules import CALLED_BACK, fate_of
from webapp.complaints.claims import letter_of, source_of
from webapp.complaints.decision_form import ROWS, SHOWN_ROWS
from webapp.complaints.desk_blueprint import PEOPLE, bp, card_url, complaint_or_404, forget_counts, me
from webapp.complaints.desk_query import news_in, who_looks
from webapp.complaints.form_parts import StepForm
from webapp.complaints.forms import ShareForm
from webapp.complaints.models import Complaint, ComplaintWatcher
from webapp.complaints.own_views import own_card
from webapp.complaints.procedures import pick, wording_of
from webapp.complaints.questions import actions_of, before_of, claim_days, events_of, may_work_with, terms_for
from webapp.complaints.step_rules import INVESTIGATED, OPEN, STEPS, TOLD, Refused, is_settled, next_step, step_number
from webapp.complaints.upload_words import size_of
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.post import wording
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, BadInput, NotAllowed
from webapp.web.guard import DESK, allow
from webapp.web.i18n import page_language
from webapp.web.page import is_partial, page, see_other

_GOES_ON = {"close": "closing", "void": "case", "waive": "closing"}
"""Where somebody goes on after a verb, if not at the next step."""


@bp.get("/<int:complaint_id>")
@allow(*DESK)
def show(complaint_id: int) -> Response:
    """Seven steps, conversation, client: everything about one complaint. Managers read what concerns their client."""
    row = complaint_or_404(complaint_id)
    return card(row) if may_work_with(current_user) else own_card(row)


@bp.post("/<int:complaint_id>/<any(confirm, tell, investigate, resolve, document, analyse, share, waive, close,"
         " reopen, void, back):verb>")
@allow(*PEOPLE)
def do(complaint_id: int, verb: str) -> Response | BaseResponse:
    """One step, or whatever else the table allows from here."""
    row = complaint_or_404(complaint_id)
    form = desk_forms.ready(verb, row, posted=True)
    if desk_forms.fill(form, row, wish := request.form.get("do", "")):
        place = "procedure" if wish == "follow" else f"step-{step_number(row.state) + 1}"
        return card(row, posted=(verb, form), focus=place)
    is_good = form.submitted()
    desk_forms.stop_foreign_text(form, row)
    desk_forms.stop_late_claim(form, row, local_day(clock.now(), zone(row.office.timezone)))
    if not is_good or form.errors:
        return card(row, 422, posted=(verb, form))
    given = given_by(form)
    try:
        _id, is_new = once(form.form_key.data or "", f"complaint:{row.id}:{verb}", lambda: act(
            row.id, verb, given, seen=form.seen, actor=me(), now=clock.now()).id,
            content=sorted(given.items()), actor=me(), now=clock.now())
    except KeyTaken:
        form.form_key.renew()
        return refused(row, verb, form, sent_before(), 409)
    except Refused as error:
        owed = [one for one in actions_of([row.id]) if one.is_open]
        sentence = words.not_closable(error, len(owed)) if verb == "close" else words.refused(error)
        return refused(row, verb, form, sentence, 409 if error.code in ("collision", "no-move") else 422)
    except NotAllowed:
        return refused(row, verb, form, words.refused(Refused("role")), 422)
    except BadInput as error:
        say(form, error)
        return card(again(row), 422, posted=(verb, form))
    return done(row.id, _said(verb, given, row) if is_new else _("This was saved before."), _GOES_ON.get(verb, "step"))


def done(complaint_id: int, said: str, place: str, anchor: str | None = None) -> Response | BaseResponse:
    """After an act: the page as it is now, in place for htmx, with `said` and the focus where the work goes on."""
    row = complaint_or_404(complaint_id)
    if not is_partial():
        return see_other(card_url(row, anchor), said)
    forget_counts()
    number = step_number(row.state) + 1
    step = f"step-{number}" if number <= len(STEPS) else "closing"
    return card(row, said=said, focus=step if place == "step" else place)


def given_by(form: StepForm) -> dict[str, Any]:
    """What the verbs are given; groups of readers become people."""
    given = form.given
    if isinstance(form, ShareForm):
        given["readers"] = desk_forms.readers_of(form)
        given = {name: given[name] for name in ("lesson", "readers")}
    return given


def refused(row: Complaint, name: str, form: StepForm, sentence: str, status: int) -> Response:
    """The page with what happened meanwhile, and with everything that was typed."""
    seen = form.seen_event
    row = again(row)
    return card(row, status, posted=(name, form), refusal=sentence,
                seen_event=seen if form.seen != row.version else None)


def sent_before() -> str:
    """The sentence about a form that was sent, changed and sent again."""
    return _("This form was sent before with something else in it. Check what stands there now.")


def again(row: Complaint) -> Complaint:
    """The complaint as it is now: what was refused left nothing behind."""
    number = row.id
    db.session.rollback()
    return complaint_or_404(number)


def say(form: StepForm, error: BadInput) -> None:
    """The sentence beside the field it belongs to."""
    field = words.FIELDS.get(error.field, error.field)
    form.say(field if field in form else "", words.fault(error))


def card(row: Complaint, status: int = 200, *, posted: tuple[str, StepForm] | None = None, refusal: str = "",
         seen_event: int | None = None, said: str = "", focus: str = "") -> Response:
    """The page, or what stands in it; `posted` is the form that came, `seen_event` what its reader had seen of the
    history, `focus` the place where the person goes on."""
    events, now = events_of(row), clock.now()
    on_page = desk_forms.on_page(row)
    lost: list[tuple[str, str]] = []
    if posted is not None:
        name, form = posted
        if name in on_page:
            on_page[name] = form
        else:
            lost = desk_forms.typed_in(form)
    step = next_step(row.state)
    return page(
        "complaints/card.html", "complaints/_case_answer.html", status, row=row, said=said, focus=focus, words=words,
        steps=desk_card.steps_of(row, events),
        due=due_words.due_of(row, now, current_user.zone), forms=on_page, step=step,
        posted=posted[0] if posted else "", lost=lost,
        refusal=refusal, since=desk_card.meanwhile(events, seen_event) if seen_event is not None else None,
        form=posted[1] if posted and posted[0] in on_page else None, version=row.version,
        event=events[-1].id if events else 0, zone=row.office.timezone, rows=ROWS, shown_rows=SHOWN_ROWS,
        **_around(row, events, now))


def _around(row: Complaint, events: Any, now: Any) -> dict[str, Any]:
    """What stands beside the steps: the conversation, the client, colleagues."""
    talk, today = desk_card.conversation_of(row), local_day(now, zone(row.office.timezone))
    promised = actions_of([row.id])
    client = db.session.get_one(Client, row.client_id)
    watchers = db.session.query(User).join(ComplaintWatcher, ComplaintWatcher.user_id == User.id).filter(
        ComplaintWatcher.complaint_id == row.id).order_by(User.name).all()
    usual = wording_of(row.procedure, "remedy", page_language()) if row.procedure and row.state != INVESTIGATED else ""
    claim, letter = desk_card.claim_of(row), letter_of(row.id)
    return {
        "talk": talk, "is_unanswered": bool(news_in([row.id])), "promised": promised, "client": client,
        "before": before_of(row), "watchers": watchers, "is_mine": any(user.id == current_user.id for user in watchers),
        "looking": who_looks([row.id], current_user, now).get(row.id, []), "today": today, "events": events,
        "names": desk_card.names_in(events), "claim_source": source_of(row.id),
        "usual": usual, "claim": claim, "claim_by": claim_days(row).file_by,
        "claim_fate": fate_of(letter.state) if letter and letter.last_code != CALLED_BACK else "",
        "readers": desk_card.readers_of(row), "earlier": desk_card.earlier_of(events), "way": way_to(row),
        "is_waiting": desk_card.is_waiting(row), "wording": wording, "due_words": due_words, "pick": pick,
        "settled": is_settled(row.satisfaction, row.rounds), "owed": [one for one in promised if one.is_open],
        "number_done": step_number(row.state), "is_open": row.state in OPEN, "terms": terms_for(row.procedure),
        "may_back": desk_card.may_take_back(row, events, talk, current_user, now),
        "is_second_look": row.rounds > 1 and row.state in (TOLD, INVESTIGATED),
        "points_in": points_in, "size_of": size_of, "is_director": DIRECTOR in current_user.hats,
        "language": page_language()}


def leaving(row: Complaint, event: str) -> str:
    """When the letter of an event ("resolve", "word:12") really leaves; "" where nothing waits."""
    return due_words.leaves_words(waiting_letter(row, event), row.office.timezone, clock.now())


def _said(verb: str, given: dict[str, Any], row: Complaint) -> str:
    if verb in ("tell", "resolve") and given.get("told_how") == "letter":
        if verb == "resolve" and given.get("points"):
            return _("Saved. %(leaves)s The points are on the card already, so the step stands.",
                     leaves=leaving(row, verb))
        return _("Saved. %(leaves)s Until then the step can be taken back.", leaves=leaving(row, verb))
    return {"confirm": _("Confirmed. The client gets the number and the link."), "close": _("The complaint is closed."),
            "void": _("Put aside: it counts nowhere."), "reopen": _("Opened once more. A director decides this time."),
            "waive": _("The last steps are left out, with your reason kept."),
            "back": _("The step is taken back.")}.get(verb, _("Saved."))
