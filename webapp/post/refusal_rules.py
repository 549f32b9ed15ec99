"""Pure reading of a mail relay's refusals: for good or for now, counted or not, and a reason staff can understand."""

import re
from dataclasses import dataclass
from datetime import datetime

from webapp.kit.text import clean
from webapp.post import rules

_GREY = re.compile(r"grey\s?-?list|gray\s?-?list|try again later|4\.7\.1\b.*later", re.IGNORECASE)
_REASONS = (
    ("no-mailbox", re.compile(
        r"\b5\.1\.[0136]\b|user unknown|unknown user|no such (?:user|recipient|mailbox|address)|"
        r"(?:user|mailbox|recipient|account).{0,30}(?:not found|does ?n.t exist|not exist|unknown|invalid|unavailable)|"
        r"invalid mailbox|no mailbox|non-?existent|"
        r"(?:пользовател|получател|ящик|адрес).{0,30}(?:не найден|не существует)", re.IGNORECASE)),
    ("mailbox-full", re.compile(r"\b[45]\.2\.2\b|quota|mailbox (?:is )?full|insufficient storage|переполнен",
                                re.IGNORECASE)),
    ("mailbox-closed", re.compile(r"\b5\.2\.1\b|disabled|inactive|blocked user|account.{0,20}(?:closed|suspended)",
                                  re.IGNORECASE)),
    ("no-domain", re.compile(r"\b5\.1\.2\b|\b5\.4\.4\b|domain.{0,20}(?:not found|not exist)|host unknown|"
                             r"bad destination mailbox", re.IGNORECASE)),
    ("too-big", re.compile(r"\b5\.3\.4\b|too (?:big|large)|message size", re.IGNORECASE)),
    ("spam", re.compile(r"spam|\b5\.7\.\d+\b.*(?:content|policy)|blacklist|blocklist|\brbl\b|reputation|spf|dkim|dmarc",
                        re.IGNORECASE)),
    ("relay-denied", re.compile(r"relay(?:ing)? (?:access )?denied|not permitted to relay|relaying|authenticat",
                                re.IGNORECASE)),
)
_BY_NUMBER = {552: "mailbox-full", 452: "mailbox-full"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an answer means. `code` is a reason of `wording.py`; a refusal not `counted` does not lengthen the waits."""

    code: str
    text: str
    permanent: bool
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a message after a try: its new state, the counted tries so far and when it is looked at again.

    `kopecks` is what the provider said that it costs.
    """

    message_id: int
    state: str
    at: datetime
    code: str = ""
    text: str = ""
    ref: str = ""
    tries: int = 0
    next_try_at: datetime | None = None
    kopecks: int | None = None


def read_reply(number: int, text: str, *, stage: str) -> Refusal:
    """The meaning of reply `number` (400–599) to `stage`: "mail", "rcpt" or "data".

    5xx is for good and 4xx for now; greylisting and 421 are not counted as tries (`architecture.md` §4, 5).
    """
    said = f"{number} {clean(text)}"[:300]
    if number < 500:
        grey = stage != "mail" and bool(_GREY.search(text))
        code = "greylisted" if grey else "busy" if number == 421 else _reason(number, text, "later")
        return Refusal(code, said, permanent=False, counted=not (grey or number == 421))
    code = "sender-refused" if stage == "mail" else _reason(number, text, "refused")
    return Refusal(code, said, permanent=True)


def after_refusal(refusal: Refusal, *, message_id: int, tries: int, since: datetime, true_until: datetime | None,
                  now: datetime) -> Outcome:
    """What becomes of a message that was refused: failed, or queued again with the waits of `rules.retry_delay`.

    A message without an end of truth is given up three days after `since`, the moment it was due.
    """
    if refusal.permanent:
        return Outcome(message_id, "failed", now, refusal.code, refusal.text, tries=tries)
    if true_until is None and now >= since + rules.GIVE_UP_AFTER:
        return Outcome(message_id, "failed", now, "gave-up", refusal.text, tries=tries)
    tries += refusal.counted
    delay = rules.retry_delay(tries) if refusal.counted else rules.NOT_COUNTED_AFTER
    return Outcome(message_id, "queued", now, refusal.code, refusal.text, tries=tries,
                   next_try_at=rules.next_try(delay, now, true_until))


def reason_in(text: str, default: str) -> str:
    """The reason of `wording.py` that a text of a mail server speaks of."""
    return _reason(0, text, default)


def _reason(number: int, text: str, default: str) -> str:
    for code, pattern in _REASONS:
        if pattern.search(text):
            return code
    return _BY_NUMBER.get(number, default)
