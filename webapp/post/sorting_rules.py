"""Pure: what a letter that came is: a report, a complaint, the answer of a machine, a circular, or a person's words."""

import re

from webapp.post.incoming_rules import Letter
from webapp.post.report_rules import is_complaint, is_report

REPORT, COMPLAINT, AUTO, BULK, WORDS, UNREADABLE = "report", "complaint", "auto", "bulk", "words", "unreadable"
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:(?:re|ответ|fwd?)\s*:\s*)?(?:автоответ|автоматический ответ|автоматическое уведомление|autoreply|"
    r"auto[- ](?:reply|response)|automatic reply|out of (?:the )?office|auto\s*:|abwesenheit|réponse automatique)",
    re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:отпи(?:шите|сать|саться|ска|шись)|удалите (?:меня|мой)|не (?:пишите|присылайте|шлите|отправляйте)|"
    r"прекратите|хватит (?:слать|писать|рассыл)|уберите (?:меня|мой)|stop|unsubscribe|remove me|opt[ -]?out|стоп)\b",
    re.IGNORECASE)
_ONLY_STOP = re.compile(
    r"^\W*(?:(?:здравствуйте|добрый день|пожалуйста|please|прошу|hello|hi)\W+)*"
    r"(?:стоп|stop|отпишите(?: меня)?|отписаться|отписка|отписать(?: меня)?|unsubscribe(?: me)?|remove me|opt[ -]?out|"
    r"(?:больше )?не (?:пишите|присылайте|шлите)(?: мне)?(?: больше)?(?: (?:писем|письма|рассылку|новости|рекламу|"
    r"спам))?|удалите меня из рассылки|отпишите меня от (?:рассылки|новостей)|прекратите рассылку)"
    r"(?:\W+(?:спасибо|пожалуйста|please|thanks|thank you))*\W*$", re.IGNORECASE)
MOST_STOP = 120


def kind_of(letter: Letter) -> str:
    """One of REPORT, COMPLAINT, AUTO, BULK, WORDS, UNREADABLE."""
    if not letter.is_readable or "@" not in letter.sender:
        return UNREADABLE
    if is_complaint(letter):
        return COMPLAINT
    if letter.report_type == "disposition-notification":
        return AUTO
    if is_report(letter):
        return REPORT
    if _is_bulk(letter):
        return BULK
    return AUTO if _is_auto(letter) else WORDS


def wants_stop(text: str) -> str:
    """"sure" when a letter asks for nothing but that we stop writing, "maybe" when it speaks of it, else ""."""
    if len(text) <= MOST_STOP and _ONLY_STOP.match(text):
        return "sure"
    return "maybe" if _STOP.search(text[:2_000]) else ""


def _is_bulk(letter: Letter) -> bool:
    told = letter.told
    return ("list-id" in told or "list-unsubscribe" in told or "feedback-id" in told
            or told.get("precedence", "").strip().lower() in ("bulk", "list", "junk"))


def _is_auto(letter: Letter) -> bool:
    """RFC 3834 and what came before it: nobody wrote this, so nobody waits for an answer."""
    told = letter.told
    submitted = told.get("auto-submitted", "").strip().lower()
    if submitted and not submitted.startswith("no"):
        return True
    if told.get("precedence", "").strip().lower() in ("auto_reply", "auto-reply"):
        return True
    suppressed = told.get("x-auto-response-suppress", "").strip().lower()
    marks = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
    return (suppressed not in ("", "none") or any(mark in told for mark in marks)
            or told.get("return-path", "").strip() == "<>" or bool(_AUTO_SUBJECT.match(letter.subject)))
