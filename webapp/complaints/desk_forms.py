"""Forms of one complaint made ready: what can be chosen, what is filled in already, which of them stand on the page."""

from datetime import date

from flask_babel import gettext as _
from flask_login import current_user

from webapp.complaints import desk_card as card
from webapp.complaints import forms
from webapp.complaints.about_forms import ChangeForm, likeliest, offer_trips
from webapp.complaints.actions.deciding import earlier_open
from webapp.complaints.actions.mailing import way_to
from webapp.complaints.decision_form import ResolveForm
from webapp.complaints.desk_query import trips_of
from webapp.complaints.form_parts import StepForm, options
from webapp.complaints.models import Complaint, Procedure
from webapp.complaints.procedures import causes_in_use, pick, procedures_in_use, wording_of
from webapp.complaints.questions import claim_days, last_given
from webapp.complaints.step_rules import DRAFT, MOVES, VOID, next_step, verbs_from
from webapp.kit import money
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.staff.words import ROLES as ROLE_WORDS
from webapp.web.i18n import day_long, day_short, page_language, today_here

TALK: dict[str, type[StepForm]] = {
    "reply": forms.ReplyForm, "note": forms.NoteForm, "answer": forms.AnswerForm, "give": forms.GiveForm,
    "ask": forms.PlainForm, "change": ChangeForm}
_NOT_AS_BEFORE = ("cost", "points", "actions", "keep", "procedure", "procedure_text", "readers")
"""Told in another shape, given already, or filled in by rules of their own."""
ALL_FORMS = {**forms.STEP_FORMS, **TALK}


def ready(name: str, row: Complaint, *, posted: bool = False) -> StepForm:
    """The form `name`, with what was posted or with what is known already."""
    form = ALL_FORMS[name]() if posted else ALL_FORMS[name](None)
    if isinstance(form, forms.TellForm):
        _offer_procedures(form, row, posted)
    elif isinstance(form, ResolveForm):
        form.offer_people(card.people_here(row.office_id))
        old = earlier_open(row) if row.rounds > 1 else []
        form.keep.choices = options(
            (one.id, f"{one.what}, {day_short(one.due_on)}, {one.user.name}") for one in old)
        if not posted:
            form.keep.data = [one.id for one in old]
        if not posted:
            form.told_how.data = _usual_way(row)
    elif isinstance(form, forms.AnalyseForm):
        form.root_cause.choices = options([(0, _("Choose …")), *(
            (cause.id, pick(cause, "name", page_language())) for cause in causes_in_use())])
    elif isinstance(form, forms.ShareForm):
        _offer_readers(form)
    elif isinstance(form, forms.GiveForm):
        form.owner.choices = options(card.people_here(row.office_id, (SERVICE, DIRECTOR)))
    elif isinstance(form, ChangeForm):
        _offer_about(form, row, posted)
    if not posted:
        _fill_in(form, name, row)
    step = next_step(row.state)
    return form if step and step.verb == name else form.name_apart(name)


def _fill_in(form: StepForm, name: str, row: Complaint) -> None:
    """What is known already."""
    step = next_step(row.state)
    if isinstance(form, forms.ConfirmForm):
        form.story.data, form.wants.data = row.story, row.wants
    elif isinstance(form, forms.GiveForm):
        form.owner.data = row.owner_id
    elif step and step.verb == name:
        _as_taken_back(form, name, row)


def _as_taken_back(form: StepForm, name: str, row: Complaint) -> None:
    """A step that was taken back is shown as it was filled in: nobody writes a decision twice for one slip."""
    before = last_given(row, name) or {}
    for field, value in before.items():
        if field in form and field not in _NOT_AS_BEFORE:
            form[field].data = value
    if isinstance(form, ResolveForm) and before:
        form.cost.data = money.display(before.get("cost", 0)).removesuffix("₽").strip()
        for number, (what, user_id, day) in enumerate(before.get("actions", ()), 1):
            form[f"what_{number}"].data, form[f"who_{number}"].data = what, user_id
            form[f"day_{number}"].data = date.fromisoformat(day)


def fill(form: StepForm, row: Complaint, wish: str) -> bool:
    """«Show the text», «Take the usual remedy»: fill in what the agency usually says; False for other buttons.

    «follow» is the choice itself: the text goes with it, as long as nobody has written a word of it.
    """
    if wish in ("show", "follow") and isinstance(form, forms.TellForm):
        chosen = _procedure(form.procedure.data)
        if chosen is None:
            form.say("procedure", _("Choose the procedure."))
        elif wish == "show" or _is_untouched(form, row):
            _show_text(form, chosen, row)
        return True
    if wish == "standard" and isinstance(form, forms.InvestigateForm) and row.procedure is not None:
        usual = wording_of(row.procedure, "remedy", page_language())
        form.solution.data = "\n".join(filter(None, (form.solution.data, usual)))
        return True
    return False


def stop_foreign_text(form: StepForm, row: Complaint) -> None:
    """A text that was shown for another procedure than the chosen one is not sent: an untouched one is replaced, a
    changed one stays, and either is read once more before the next press sends it."""
    if not isinstance(form, forms.TellForm) or form.text_is_of in (0, form.procedure.data):
        return
    chosen, other = _procedure(form.procedure.data), _procedure(form.text_is_of)
    if chosen is None:
        return
    name = pick(chosen, "name", page_language())
    if _is_untouched(form, row):
        _show_text(form, chosen, row)
        form.say("procedure_text", _("You chose another procedure: now this is the text of “%(name)s”. Read it, then "
                                     "press once more.", name=name))
        return
    form.text_of.data = str(chosen.id)
    form.say("procedure_text", _("This text was begun for “%(other)s”, but “%(name)s” is chosen. Show its text, or put "
                                 "this one right and press once more.", name=name,
                                 other=pick(other, "name", page_language()) if other else "…"))


def stop_late_claim(form: StepForm, row: Complaint, today: date) -> None:
    """The usual text of a claim promises days the law gives no more once they have passed: whoever sends it words it
    for this client first."""
    by = claim_days(row).file_by
    if not isinstance(form, forms.TellForm) or by is None or by >= today:
        return
    chosen = _procedure(form.procedure.data)
    if chosen is not None and chosen.kind == "operator" and _is_usual(form, chosen, row):
        form.say("procedure_text", _("The client could file the claim until %(day)s, but this text speaks as if there "
                                     "were still time. Put it right for this client, or choose another procedure.",
                                     day=day_long(by)))


def _is_usual(form: forms.TellForm, procedure: Procedure, row: Complaint) -> bool:
    usual = wording_of(procedure, "text", row.language)
    return " ".join((form.procedure_text.data or "").split()) == " ".join(usual.split())


def _procedure(number: int | None) -> Procedure | None:
    return next((one for one in procedures_in_use() if one.id == number), None)


def _show_text(form: forms.TellForm, chosen: Procedure, row: Complaint) -> None:
    form.procedure_text.data, form.text_of.data = wording_of(chosen, "text", row.language), str(chosen.id)


def _is_untouched(form: forms.TellForm, row: Complaint) -> bool:
    """Nothing is in the field but what the program put there."""
    text = " ".join((form.procedure_text.data or "").split())
    shown = _procedure(form.text_is_of)
    return not text or (shown is not None and text == " ".join(wording_of(shown, "text", row.language).split()))


def on_page(row: Complaint) -> dict[str, StepForm]:
    """All forms this person may use now, by name."""
    hats = current_user.hats
    names = [verb for verb in verbs_from(row.state) if MOVES[row.state, verb].roles & hats]
    if row.rounds > 1:
        names = [verb for verb in names if verb != "reopen" and (verb != "resolve" or DIRECTOR in hats)]
    if row.state != VOID:
        names += ["reply", "note"] if row.state != DRAFT else ["note"]
    if row.is_open:
        names += ["give", "change"]
    if card.is_waiting(row) or (row.satisfaction and row.is_open):
        names.append("answer")
    if card.is_waiting(row):
        names.append("ask")
    return {name: ready(name, row) for name in names}


def typed_in(form: StepForm) -> list[tuple[str, str]]:
    """Words somebody typed into a form that cannot be shown any more: they must not be lost."""
    return [(str(field.label.text), field.data) for field in form
            if field.type in ("TextAreaField", "StringField") and field.data]


def readers_of(form: forms.ShareForm) -> list[int]:
    """Ids of everybody the form means."""
    return card.readers_meant(form.groups.data or [], form.people.data or [])


def _usual_way(row: Complaint) -> str:
    return "letter" if way_to(row).channel else "phone"


def _offer_procedures(form: forms.TellForm, row: Complaint, posted: bool) -> None:
    language = page_language()
    form.procedure.choices = options([(0, _("Choose …")), *(
        (one.id, pick(one, "name", language)) for one in procedures_in_use())])
    if not posted:
        form.procedure.data, form.text_of.data = row.procedure_id or 0, str(row.procedure_id or "")
        form.procedure_text.data, form.told_how.data = row.procedure_text, _usual_way(row)


def _offer_readers(form: forms.ShareForm) -> None:
    offices = card.offices_at_work()
    form.groups.choices = options([
        ("all", _("Everybody")), *((f"office:{number}", name) for number, name in offices if len(offices) > 1),
        *((f"role:{role}", _role_words(role)) for role in card.ROLES)])
    form.people.choices = options((number, name) for number, name, _role, _offices in card.everybody())


def _offer_about(form: ChangeForm, row: Complaint, posted: bool) -> None:
    offer_trips(form, likeliest(trips_of(row.client_id), today_here()))
    if not posted:
        form.trip.data, form.contact.data = row.trip_id or 0, row.contact_email or row.contact_phone
        form.operator.data = "" if row.trip and row.operator == row.trip.operator else row.operator


def _role_words(role: str) -> str:
    """«Все: менеджеры»."""
    return _("All with the role: %(role)s", role=str(ROLE_WORDS[role]))

