"""Words of surveys and reviews: what a score is called, states, reasons, lines of the log, names of steps."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import db
from webapp.staff.log_words import add_log_words
from webapp.surveys import finding_rules, review_rules, rules
from webapp.surveys.actions.following import CALL
from webapp.surveys.asking import KIND
from webapp.surveys.models import Review, SurveyAnswer
from webapp.touches.kind_words import add_kind_words, add_step_words
from webapp.trips.models import Trip

_NEVER, _UNLIKELY, _MAYBE, _LIKELY, _GLADLY = (
    _l("certainly not"), _l("hardly"), _l("perhaps"), _l("probably"), _l("certainly"))
SCORES: dict[str, Any] = {
    str(number): words for number, words in enumerate(
        (_NEVER, _NEVER, _NEVER, _UNLIKELY, _UNLIKELY, _MAYBE, _MAYBE, _LIKELY, _LIKELY, _GLADLY, _GLADLY))}
MARKS: dict[str, Any] = {"1": _l("very badly"), "2": _l("badly"), "3": _l("so-so"), "4": _l("well"),
                         "5": _l("very well")}
DOCUMENTS: dict[str, Any] = {rules.RIGHT: _l("Yes, everything"), rules.PARTLY: _l("There were small things"),
                             rules.WRONG: _l("No, something was wrong")}
MOODS: dict[str, Any] = {rules.BAD: _l("0 to 6"), rules.FAIR: _l("7 and 8"), rules.GOOD: _l("9 and 10")}
MOOD_STATES = {rules.BAD: "over", rules.FAIR: "wait", rules.GOOD: "ok"}
STATES: dict[str, Any] = {
    review_rules.NEW: _l("Waits to be looked at"), review_rules.SHOWN: _l("Everybody reads it"),
    review_rules.HIDDEN: _l("Hidden"), review_rules.WITHDRAWN: _l("The client took it back")}
STATE_KINDS = {review_rules.NEW: "today", review_rules.SHOWN: "ok", review_rules.HIDDEN: "pause",
               review_rules.WITHDRAWN: "skip"}
REASONS: dict[str, Any] = {
    review_rules.ABUSE: _l("insults or threats"), review_rules.PERSONAL: _l("tells private things about other people"),
    review_rules.STRANGER: _l("not about a trip with us"), review_rules.REPEAT: _l("the same review twice"),
    review_rules.ADVERT: _l("advertising")}
FOUND: dict[str, Any] = {
    finding_rules.PHONE: _l("a phone"), finding_rules.MAIL: _l("an e-mail address"), finding_rules.PAGE: _l("a link"),
    finding_rules.NUMBER: _l("a long number, of a document perhaps"), finding_rules.NAME: _l("looks like a surname")}
EVENTS: dict[str, Any] = {
    "written": _l("The client wrote it"), "withdrawn": _l("Taken back: nobody reads it any more"),
    "masked": _l("Changed what is left out"), "shown": _l("Shown to everybody"), "hidden": _l("Hidden"),
    "answered": _l("Answered"), "answer-removed": _l("Took the answer away")}


def _trips(table: Any) -> Any:
    def named(ids: Collection[int]) -> dict[int, str]:
        query = select(table.id, Client.last_name, Client.first_name).join(Client, Client.id == table.client_id)
        return {row.id: f"{row.last_name} {row.first_name}".strip()
                for row in db.session.execute(query.where(table.id.in_(ids)))}
    return named


add_step_words(CALL, _l("Asked for a call in the survey"), _l("The client waits for this call: read the answer first."))
add_kind_words(KIND, _l("Survey"), purposes={
    "survey_reminder": _l("Reminds once of the survey; nobody who has answered, cancelled or complains gets it.")})
add_log_words("survey_answer", _l("Surveys"), {
    "answered": _l("Answered the survey: %(name)s"), "changed": _l("Changed the answer to the survey: %(name)s")},
    _trips(SurveyAnswer), {"score": _l("Score")})
add_log_words("review", _l("Reviews"), {
    "written": _l("Wrote a review: %(name)s"), "withdrawn": _l("The review of %(name)s was taken back"),
    "masked": _l("Changed what is left out of the review of %(name)s"), "shown": _l("Shows the review of %(name)s"),
    "hidden": _l("Hid the review of %(name)s"), "answered": _l("Answered the review of %(name)s"),
    "answer-removed": _l("Took the answer to %(name)s away")}, _trips(Review),
    {"review_reason": _l("Why")}, {"review_reason": lambda code: str(REASONS.get(code, code))})
add_log_words("survey_trip", _l("Surveys"), {"link": _l("Took the link to the survey: %(name)s")}, _trips(Trip))
add_log_words("survey", _l("Surveys"), {"elsewhere": _l("Changed where the survey is")},
              fields={"survey_url": _l("Survey of another service")})
