"""How complaints speak to staff: steps, states, decisions, sources; why something was refused and what to do."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.complaints.step_rules import Refused
from webapp.staff.rules import BadInput
from webapp.web.i18n import day_long

STEP_NAMES: dict[str, Any] = {
    "received": _l("Complaint received"), "told": _l("Procedure told"), "investigated": _l("Investigated"),
    "resolved": _l("Decided"), "documented": _l("Documented"), "analysed": _l("Cause found"),
    "shared": _l("Lesson shared")}
"""The seven steps by the state that proves them."""
VERBS: dict[str, Any] = {
    "confirm": _l("Confirm the complaint"), "tell": _l("Tell the client how it is handled"),
    "investigate": _l("Write down what was found out"), "resolve": _l("Decide and tell the client"),
    "document": _l("Write down cause and result"), "analyse": _l("Write down the root cause"),
    "share": _l("Send the lesson round"), "waive": _l("Leave out the last steps"), "close": _l("Close the complaint"),
    "reopen": _l("Look at it once more"), "void": _l("This is no complaint"), "back": _l("Take the last step back")}
"""What a person does with a button."""
NEXT: dict[str, Any] = {
    "draft": _l("confirm: is it a complaint?"), "received": _l("tell the client how it is handled"),
    "told": _l("find out what happened"), "investigated": _l("decide and tell the client"),
    "resolved": _l("write down cause and result"), "documented": _l("find the root cause"),
    "analysed": _l("share the lesson"), "shared": _l("close"), "waived": _l("close"), "closed": "", "void": ""}
"""What is next, as it ends a line of the list."""
DONE: dict[str, Any] = {
    "received": _l("The complaint came"), "confirm": _l("Confirmed the complaint"),
    "tell": _l("Told the client how it is handled"),
    "investigate": _l("Found out what happened"), "resolve": _l("Decided and told the client"),
    "document": _l("Wrote down cause and result"), "analyse": _l("Found the root cause"),
    "share": _l("Shared the lesson"), "waive": _l("Left out the last steps"), "close": _l("Closed the complaint"),
    "reopen": _l("Opened it once more"), "void": _l("Said that it is no complaint"),
    "back": _l("Took a step back"), "answered": _l("The client answered"), "silent": _l("Seven days without an answer"),
    "asked": _l("Asked the client again"), "given": _l("Gave it to a colleague"),
    "passed-on": _l("Went over from a colleague"),
    "changed": _l("Changed what it is about"), "called-back": _l("Called an answer back before it left"),
    "no-answer-needed": _l("Saw that no answer is needed"), "promise-dropped": _l("Dropped what was promised first"),
    "said-client": _l("The client wrote"), "said-reply": _l("Answered the client"), "said-note": _l("Left a note"),
    "claim-written": _l("Wrote the claim to the tour operator"),
    "claim-mailed": _l("Sent off the claim to the tour operator by e-mail"),
    "claim-called-back": _l("Called the claim back before it left"),
    "claim-lost": _l("The e-mail with the claim did not arrive"),
    "claim-sent": _l("Sent the claim to the tour operator"),
    "claim-answered": _l("Wrote down the answer of the tour operator"),
    "claim-unsent": _l("Took back that the claim was sent"),
    "claim-unanswered": _l("Took back the answer of the tour operator to correct it")}
"""What happened, in the history and after a collision."""
CHANGED: dict[str, Any] = {"trip": _l("trip"), "operator": _l("tour operator"), "contact": _l("contact")}
"""What of a complaint was changed by hand, in its history."""
SOURCES: dict[str, Any] = {
    "form": _l("our site"), "survey": _l("survey"), "phone": _l("phone call"), "letter": _l("letter"),
    "reply": _l("reply to our letter"), "visit": _l("visit to the office"), "social": _l("social network")}
JUSTIFIED: dict[str, Any] = {"yes": _l("Yes, the client is right"), "partly": _l("Partly"), "no": _l("No")}
DECISIONS: dict[str, Any] = {"satisfy": _l("Do what the client asks for"), "compromise": _l("Meet half-way"),
                             "refuse": _l("Refuse")}
DECIDED: dict[str, Any] = {"satisfy": _l("the client is right"), "compromise": _l("met half-way"),
                           "refuse": _l("refused")}
SATISFACTION: dict[str, Any] = {"yes": _l("satisfied"), "partly": _l("satisfied in part"), "no": _l("not satisfied"),
                                "no_answer": _l("did not answer")}
ANSWERS: dict[str, Any] = {"yes": _l("Yes"), "partly": _l("In part"), "no": _l("No, look at it again")}
TOLD_HOW: dict[str, Any] = {"letter": _l("By letter from here"), "phone": _l("I told it on the phone"),
                            "person": _l("I told it in the office")}
KINDS: dict[str, Any] = {
    "refund": _l("Refund"), "repeat": _l("Repeat the service"), "bonus": _l("Points as compensation"),
    "apology": _l("Apology"), "operator": _l("Claim to the tour operator")}
REASONS: dict[str, Any] = {"undone": _l("what opened it was taken back"),
                           "client-not-satisfied": _l("the client is not satisfied with the decision")}
FACTS: dict[str, Any] = {
    "story": _l("what happened"), "procedure": _l("the procedure"), "procedure_text": _l("the words to the client"),
    "told_how": _l("how the client is told"), "facts": _l("the facts"), "justified": _l("whether it is justified"),
    "solution": _l("the solution"), "decision": _l("the decision"), "decision_reason": _l("the words to the client"),
    "cost": _l("what it costs"), "action": _l("what is to be done, by whom and when"), "cause": _l("the cause"),
    "result": _l("the result"), "root_cause": _l("the root cause"), "prevention": _l("what prevents it"),
    "lesson": _l("the lesson"), "readers": _l("whom it concerns"), "reason": _l("the reason"),
    "satisfaction": _l("whether the client is satisfied"), "actions_done": _l("promised things are done")}
"""Facts a step needs, as they are called in a sentence."""
_REFUSED: dict[str, Any] = {
    "no-move": _l("This cannot be done now: the complaint stands at another step. Nothing was changed."),
    "role": _l("Only a director may do this."),
    "second-round": _l("It was opened once more already. The second decision is the last one."),
    "director": _l("It was opened once more, so a director decides this time."),
    "too-late": _l("More than a quarter of an hour has passed. A director can still take the step back."),
    "left": _l("The client has this already, so it cannot be taken back. Write to the client what has changed."),
    "on-its-way": _l("The claim is on its way by e-mail already. Call it back first if something is to change."),
    "claim-left": _l("The letter has left already. If something in it is wrong, write to the tour operator."),
    "collision": _l("Somebody was faster. See below what has changed; what you typed is still here.")}
_FAULTS: dict[str, Any] = {
    "too-long": _l("Too long: up to 10 000 characters fit. Please shorten it."),
    "no-such-procedure": _l("This procedure is not in use any more. Choose another one."),
    "no-such-hole": _l("Something in double braces is not known here. See above the texts what may stand there."),
    "text-of-another": _l("This is the text of another procedure. Show the text of the one you have chosen."),
    "no-such-cause": _l("This cause is not in use any more. Choose another one."),
    "not-offered": _l("Choose one of the answers."),
    "not-negative": _l("Write a number that is not below zero."),
    "too-much": _l("This is more than can be. Please check the number."),
    "no-points-for-refusal": _l("Points go with a decision for the client, not with a refusal."),
    "day-past": _l("This day has passed. Choose today or later."),
    "day-far": _l("This is more than a year ahead. Check the year."),
    "no-such-person": _l("This person does not work here any more. Choose somebody else."),
    "no-address": _l("There is neither an e-mail nor a mobile of the client. Call instead, and choose how you told "
                     "it."),
    "text-needed": _l("Write a few words."),
    "bad-address": _l("This is not an e-mail address that mail servers take. Write it in Latin letters, like "
                      "claims@operator.ru."),
    "address-stopped": _l("This address stands on the stop list, so nothing is sent there. Take another one."),
    "too-many-files": _l("Ten files and 10 MB are the most a letter carries. Untick some, and send them another way."),
    "file-gone": _l("One of the files is not there any more. Look which are left."),
    "no-email": _l("The client has no e-mail for the copy."),
    "story-needed": _l("Write what happened, in the client's words."),
    "no-such-source": _l("Choose how the complaint came."),
    "not-their-trip": _l("This trip belongs to somebody else. Choose another one."),
    "day-ahead": _l("This day is still to come. Write the day on which it happened."),
    "blanks": _l("Not everything is filled in yet. Look at the text once more."),
    "name-needed": _l("Write a name in Russian."),
    "bad-days": _l("Write a whole number of days from 1 to 365."),
    "bad-hours": _l("Write a whole number of hours from 1 to 200."),
    "reason-needed": _l("Write in a few words why.")}
FIELDS = {"actions": "what_1", "points": "points", "cost": "cost", "owner": "owner", "answer": "answer"}
"""Which field of a form a fault belongs to, where it is called otherwise there."""


_LETTER_LOST: dict[str, Any] = {
    "no-mailbox": _l("There is no such mailbox: check the address."),
    "bad-address": _l("There is no such mailbox: check the address."),
    "no-domain": _l("There is no such mail domain: check the address."),
    "mailbox-full": _l("The mailbox of the operator is full: try again later or take another address."),
    "too-big": _l("The letter is too big for the operator’s mail: untick some of the files."),
    "spam": _l("The operator’s mail took it for spam: call, or send the claim another way."),
    "suppressed": _l("This address stands on the stop list, so nothing is sent there. Take another one."),
    "person": _l("Somebody cancelled it in the outbox."),
    "not-arrived": _l("A colleague knows that it did not arrive.")}


def letter_lost(code: str) -> str:
    """Why the letter with a claim did not get to its operator, and what to do; the outbox speaks of clients."""
    return str(_LETTER_LOST.get(code, _l("The operator’s mail did not take it. Take another address, or send the claim "
                                         "another way.")))


def refused(error: Refused) -> str:
    """The sentence about something the table does not allow."""
    if error.code == "missing":
        return _("Something is still missing: %(facts)s.", facts=", ".join(str(FACTS[name]) for name in error.fields))
    return str(_REFUSED[error.code])


def not_closable(error: Refused, owed: int) -> str:
    """Why a complaint cannot be closed yet, counted out."""
    if error.code != "missing":
        return refused(error)
    why = [_("the client has not said whether the decision satisfies")] if "satisfaction" in error.fields else []
    if "actions_done" in error.fields:
        why.append(ngettext("%(num)d promise is not kept yet", "%(num)d promises are not kept yet", owed))
    return _("It cannot be closed yet: %(why)s.", why=", ".join(why)) if why else refused(error)


_GAPS: dict[str, Any] = {
    "operator": _l("the tour operator"), "address": _l("the address"), "reach": _l("phone and e-mail"),
    "contract": _l("number and day of the contract"), "place": _l("where the trip went"),
    "booking": _l("the booking number"), "demand": _l("what the client asks for"), "": _l("an empty line")}
_LETTER_WAITS: dict[str, Any] = {
    "mode": _l("Sending is not switched on."), "hold": _l("Letters are stopped, it leaves when the stop is lifted."),
    "greylisted": _l("The operator’s mail asked to come later. It will be tried again."),
    "later": _l("The operator’s mail asked to come later. It will be tried again."),
    "busy": _l("The mail server is busy. It will be tried again."),
    "lost": _l("The connection broke before it left. It will be tried again."),
    "fault": _l("Sending broke. It will be tried again."),
    "no-connection": _l("The mail server cannot be reached. It will be tried again.")}


def gaps(found: list[str]) -> str:
    """What a claim still lacks, as it stands in a sentence; words of the claim itself in quotes."""
    return ", ".join(str(_GAPS[gap]) if gap in _GAPS else f"«{gap}»" for gap in found)


def letter_waits(code: str) -> str:
    """Why the letter with a claim waits; "" where nothing is to be said. The outbox speaks of clients."""
    return str(_LETTER_WAITS.get(code, ""))


def fault(error: BadInput) -> str:
    """The sentence that says what is wrong and what to do."""
    if error.code == "day-before":
        return _("That is too early: it cannot have been before %(day)s.",
                 day=day_long(date.fromisoformat(error.value)))
    return str(_FAULTS.get(error.code, _FAULTS["not-offered"]))


def reason(text: str) -> str:
    """A reason people wrote, or what a code of the program means."""
    return str(REASONS.get(text, text))


TERMS: dict[str, Any] = {
    "tell_hours": _l("Procedure told within, working hours"),
    "investigate_days": _l("Investigated within, working days"),
    "decide_days": _l("Decision within, working days"), "document_days": _l("Documented within, working days"),
    "analyse_days": _l("Cause found within, working days"), "share_days": _l("Lesson shared within, working days"),
    "legal_days": _l("By law within, calendar days"),
    "file_days": _l("The client files a claim to the operator within, calendar days"),
    "operator_days": _l("The operator answers within, calendar days")}
"""Deadlines, by their name in `clock_rules.Terms`."""
TERM_HINTS: dict[str, Any] = {
    "tell_hours": _l("Counted from the moment the complaint came, while the office is open."),
    "investigate_days": _l("Since the complaint came."), "decide_days": _l("Since the complaint came."),
    "document_days": _l("Since the decision."), "analyse_days": _l("Since the decision."),
    "share_days": _l("Since the decision."),
    "legal_days": _l("The day the complaint came is not counted. Rules of selling tours: 10 days."),
    "file_days": _l("Since the end of the trip. Rules of selling tours: 20 days."),
    "operator_days": _l("Since the claim was sent. Rules of selling tours: 10 days.")}


def log_line(done: Any) -> Any:
    """What happened to a complaint, as a line of the log with its number."""
    return _LogLine(done)


class _LogLine:
    """Words that are joined with a number only when somebody reads them."""

    def __init__(self, done: Any) -> None:
        self.done = done

    def __str__(self) -> str:
        return f"{self.done}: %(name)s"
