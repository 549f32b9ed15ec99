"""Pure: reports about letters that did not arrive (RFC 3464 and the shapes of those who never read it), complaints."""

import re
from dataclasses import dataclass

from webapp.kit.text import clean
from webapp.post.incoming_rules import ADDRESS, Letter
from webapp.post.refusal_rules import reason_in

HARD, SOFT, POLICY, LETTER, DELAYED, FINE = "hard", "soft", "policy", "letter", "delayed", "fine"
"""What is wrong: the address for good, the mailbox for now, what we are taken for, this letter; or nothing."""
FAILED = (HARD, SOFT, POLICY, LETTER)
_ADDRESS_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"}
_BY_STATUS = {"5.1.2": "no-domain", "5.4.4": "no-domain", "5.4.310": "no-domain", "5.2.1": "mailbox-closed",
              "5.2.2": "mailbox-full", "4.2.2": "mailbox-full", "5.2.3": "too-big", "5.3.4": "too-big",
              "4.2.1": "mailbox-closed"}
_VERDICTS = {"no-mailbox": HARD, "no-domain": HARD, "spam": POLICY, "relay-denied": POLICY, "sender-refused": POLICY,
             "too-big": LETTER}
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"\b([45]\d\d)[ -]")
_NOBODY = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|address)|user (?:is )?not found|"
    r"(?:account|user|mailbox|recipient|address).{0,40}does ?n[o']t exist|invalid mailbox|recipnotfound|"
    r"recipient address rejected: access denied|"
    r"(?:пользовател|получател|ящик|адрес).{0,30}(?:не найден|не существует)", re.IGNORECASE)
_ABOUT_SENDER = re.compile(r"sender (?:address )?(?:rejected|denied)|sender not |client host|unauthenticated",
                           re.IGNORECASE)
_WAITING = re.compile(r"delayed|will (?:retry|continue)|not yet been delivered|still trying|warning: could not send|"
                      r"пока не (?:удалось|доставлен)|задерж|повторны\w+ попыт", re.IGNORECASE)
_FIELD = re.compile(r"^([A-Za-z-]{3,40}):[ \t]*([^\n]{0,1500}(?:\n[ \t][^\n]{0,1500}){0,20})", re.MULTILINE)
_DAEMON = re.compile(r"^(?:mailer-daemon|mail-daemon|mailerdaemon|postmaster|mail\.daemon|"
                     r"microsoftexchange[0-9a-f]{8,40})@?", re.IGNORECASE)
_FAILED_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|failed|has failed)|mail delivery (?:failed|subsystem)|"
    r"failure notice|returned mail|delivery report|could ?n.t be delivered|message (?:not delivered|you sent)|"
    r"не (?:доставлен|удалось доставить)|недоставленн|сообщение не может быть доставлено|отказ в доставке|"
    r"ошибка доставки|delayed|задерж", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report tells of one recipient: `addresses` all names it has there, `code` a reason of `wording.py`."""

    addresses: tuple[str, ...]
    verdict: str
    code: str
    said: str


def is_report(letter: Letter) -> bool:
    """True for a letter of a mail server about another letter."""
    if letter.status or (letter.kind == "multipart/report" and letter.report_type in ("delivery-status", "")):
        return True
    if "x-failed-recipients" in letter.told:
        return True
    is_daemon = bool(_DAEMON.match(letter.sender)) or letter.told.get("return-path", "").strip() == "<>"
    return is_daemon and bool(_FAILED_SUBJECT.search(letter.subject) or "qmail-send program" in letter.whole_text[:500])


def is_complaint(letter: Letter) -> bool:
    """True for a report of RFC 5965: somebody pressed «spam»."""
    return letter.report_type == "feedback-report" or bool(letter.feedback)


def is_about_spam(letter: Letter) -> bool:
    """Not a report that takes a complaint back, and not one about something else."""
    fields = _FIELD.findall(letter.feedback)
    kinds = [value.strip().lower() for name, value in fields if name.lower() == "feedback-type"]
    return not kinds or any(kind in ("abuse", "fraud", "opt-out", "opt-out-list") for kind in kinds)


def complained_addresses(letter: Letter) -> tuple[str, ...]:
    """Whose mailbox the complaint came from, where it is said."""
    wanted = ("original-rcpt-to", "removal-recipient")
    found = [address.lower() for name, value in _FIELD.findall(letter.feedback) if name.lower() in wanted
             for address in ADDRESS.findall(value)]
    return tuple(dict.fromkeys(found)) or letter.quoted_to


def outcomes_of(letter: Letter) -> tuple[Outcome, ...]:
    """What the report tells, a line for each recipient it names; one without addresses where it names none."""
    found = [outcome for group in letter.status.split("\n\n") if (outcome := _of_group(group, letter))]
    return tuple(found[:50]) or (_of_text(letter),)


def _of_group(group: str, letter: Letter) -> Outcome | None:
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(group):
        fields.setdefault(name.lower(), value)
    if not fields.keys() & {"final-recipient", "original-recipient", "action", "status"} - {"reporting-mta"}:
        return None
    named = [address.lower() for name in ("original-recipient", "final-recipient", "x-actual-recipient")
             for address in ADDRESS.findall(fields.get(name, ""))]
    said = clean(fields.get("diagnostic-code", "")) or clean(_own_words(letter))
    action = clean(fields.get("action", "")).lower().split(" ")[0]
    verdict, code = judge(action, clean(fields.get("status", "")), said)
    return Outcome(tuple(dict.fromkeys(named)), verdict, code, _shown(said, fields.get("status", "")))


def _of_text(letter: Letter) -> Outcome:
    """A report in plain words: what it says stands above the letter it returns."""
    words = _own_words(letter)
    named = [address.lower() for address in ADDRESS.findall(letter.told.get("x-failed-recipients", ""))]
    named += [address.lower() for address in ADDRESS.findall(words)]
    action = "delayed" if _WAITING.search(letter.subject + "\n" + words) and not _REPLY_IS_FINAL.search(words) else ""
    verdict, code = judge(action, "", words)
    return Outcome(tuple(dict.fromkeys(named))[:20], verdict, code, _shown(clean(words), ""))


_REPLY_IS_FINAL = re.compile(r"\b5\d\d[ -]|permanent (?:error|failure)", re.IGNORECASE)
_COPY_BEGINS = re.compile(r"^-{2,} ?(?:this is a copy|below this line|original message|the header|копия|исходное)|"
                          r"^(?:received|return-path|dkim-signature):", re.IGNORECASE | re.MULTILINE)


def _own_words(letter: Letter) -> str:
    found = _COPY_BEGINS.search(letter.whole_text[:20_000])
    return letter.whole_text[:found.start() if found else 4_000][:4_000]


def judge(action: str, status: str, said: str) -> tuple[str, str]:
    """(verdict, reason) of an action, a status of RFC 3463 and the words of a server; each may be empty."""
    if action in ("delivered", "relayed", "expanded"):
        return FINE, ""
    if action == "delayed":
        return DELAYED, ""
    exact = _exact(status, said)
    number = next(iter(_REPLY.findall(said)), "")
    if not action and not exact and not number and reason_in(said, "") == "":
        return DELAYED, ""
    if not action and (exact.startswith("4.") or (not exact and number.startswith("4"))):
        # Without a word that it has given up, a server that says «later» tries again.
        return DELAYED, ""
    if exact.startswith("4."):
        return SOFT, _BY_STATUS.get(exact, "gave-up")
    code = _code(exact, said)
    return _VERDICTS.get(code, SOFT), code


def _code(exact: str, said: str) -> str:
    is_nobody = bool(_NOBODY.search(said))
    if exact.startswith("5.7."):
        # Some servers say with the number of a policy that there is nobody of this name.
        if is_nobody and not _ABOUT_SENDER.search(said):
            return "no-mailbox"
        return "relay-denied" if reason_in(said, "spam") == "relay-denied" else "spam"
    if _ABOUT_SENDER.search(said):
        return "spam"
    if exact in _BY_STATUS:
        return _BY_STATUS[exact]
    if exact in _ADDRESS_CODES or is_nobody:
        return "no-mailbox"
    return reason_in(said, "refused")


def _exact(status: str, said: str) -> str:
    """The most telling status: that of the other server where ours only says «failed»."""
    own = next((".".join(found) for found in _STATUS.findall(status)), "")
    told = next((".".join(found) for found in _STATUS.findall(said)), "")
    if not own or (own.endswith(".0.0") and told and told[0] == own[0]):
        return told or own
    return own


def _shown(said: str, status: str) -> str:
    return clean(said or status)[:300]
