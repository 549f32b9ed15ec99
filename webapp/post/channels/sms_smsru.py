"""SMS.ru: https://sms.ru/api. POST /sms/send, /sms/status, /sms/cost, /my/balance with `api_id` and `json=1`.

It takes no number of ours, so when its answer was lost nobody can be asked: a person decides. "500, repeat the
request" is read as doubt, for nothing says that the first one was not taken; so are 231 to 233 ("the same text to the
same phone again"), which may speak of this very SMS if something on the way has repeated the question.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from webapp.config import Settings
from webapp.post.channels import Accepted, Outgoing
from webapp.post.channels.gateway import (
    ABSENT,
    ONE_SMS,
    Doubt,
    Gateway,
    Report,
    cost,
    digits,
    gateway,
    kopecks,
    number,
)
from webapp.post.channels.https import Question, Reply
from webapp.post.refusal_rules import Refusal
from webapp.post.sms_account import sms_words

PERMANENT = {202: "bad-address", 203: "cannot-be-built", 204: "sender-refused", 205: "too-big", 207: "no-mailbox",
             208: "refused", 209: "stop-list", 210: "refused", 211: "refused", 212: "cannot-be-built", 213: "refused",
             214: "abroad", 215: "stop-list", 216: "spam", 221: "sender-refused"}
"""Refusals for good: the same SMS would be refused again."""
TEMPORARY = {206: "day-limit", 230: "day-limit"}
ACCOUNT = {200: "login", 201: "no-money", 220: "busy", 300: "login", 301: "login", 302: "login"}
"""Not about this SMS; it waits and is not counted as a try."""
TAKEN = (100, 101, 102, 103)
DELIVERED = (103, 110)
LOST = {104: "expired", 105: "deleted", 106: "phone-fault", 107: "not-delivered", 108: "rejected", 150: "no-mailbox"}


def provider(settings: Settings) -> Gateway:
    """The account in force."""
    return gateway(make, sms_words(settings), settings)


def make(words: Mapping[str, str], _settings: Settings) -> "SmsRu":
    """SMS_PASSWORD is the api_id, SMS_SENDER an agreed name or empty."""
    return SmsRu(words.get("SMS_PASSWORD", ""), words.get("SMS_SENDER", ""))


@dataclass
class SmsRu:
    """See `gateway.Dialect`."""

    api_id: str = field(repr=False)
    sender: str = ""
    name: str = "smsru"
    can_ask: bool = False

    def send(self, message: Outgoing, own_id: str) -> Question:
        """One SMS to one phone."""
        words = {"to": digits(message.address), "msg": message.text}
        return self._question("/sms/send", **words, **({"from": self.sender} if self.sender else {}))

    def read_send(self, reply: Reply, own_id: str) -> Accepted | Refusal | Doubt:
        """Taken only with a number of its own; an unlisted code is doubt."""
        if reply.status != 200 or not isinstance(reply.json, dict):
            return Doubt(reply.brief())
        if reply.json.get("status") != "OK":
            return _refused(reply.json)
        one = _only(reply.json.get("sms"))
        if one is None:
            return Doubt(reply.brief())
        if one.get("status") != "OK":
            return _refused(one)
        ref = one.get("sms_id")
        if not isinstance(ref, str) or not 0 < len(ref) <= 64 or number(one.get("status_code")) not in TAKEN:
            return Doubt(reply.brief())
        return Accepted(ref=ref, text=f"100 {ref}")

    def status(self, ref: str, phone: str) -> Question:
        """Asked by its own number."""
        return self._question("/sms/status", sms_id=ref)

    def read_status(self, reply: Reply, ref: str) -> Report | None:
        """The code of the one message asked about."""
        if reply.status != 200 or not isinstance(reply.json, dict) or reply.json.get("status") != "OK":
            return None
        one = _only(reply.json.get("sms"))
        found = report_of(number(one.get("status_code"))) if one else None
        paid = cost(one.get("cost")) if one else None
        return found if found in (None, ABSENT) or paid is None else replace(found, kopecks=paid)

    def balance(self) -> Question:
        """The account."""
        return self._question("/my/balance")

    def read_balance(self, reply: Reply) -> int | Refusal:
        """`balance` is in roubles."""
        if isinstance(reply.json, dict):
            amount = kopecks(reply.json.get("balance"))
            if reply.json.get("status") == "OK" and amount is not None:
                return amount
            if isinstance(meaning := _refused(reply.json), Refusal):
                return meaning
        return Refusal("later", reply.brief(), permanent=False)

    def price(self, phone: str) -> Question:
        """https://sms.ru/api/cost"""
        return self._question("/sms/cost", to=digits(phone), msg=ONE_SMS,
                              **({"from": self.sender} if self.sender else {}))

    def read_price(self, reply: Reply) -> int | Refusal:
        """`cost` of the one phone, in roubles; one whose SMS cost nothing has told nothing."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        one = _only(answer.get("sms")) or {}
        found, parts = cost(one.get("cost")), number(one.get("sms")) or 1
        if answer.get("status") == "OK" and one.get("status") == "OK" and found:
            return round(found / max(parts, 1))
        meaning = _refused(one or answer)
        return meaning if isinstance(meaning, Refusal) else Refusal("no-price", reply.brief(), permanent=False)

    def _question(self, path: str, **fields: str) -> Question:
        return Question(path, {"api_id": self.api_id, "json": "1", **fields})


def report_of(code: int | None) -> Report | None:
    """The meaning of a status code of a message that was taken."""
    if code == -1:
        return ABSENT
    if code in DELIVERED:
        return Report("delivered")
    if code in LOST:
        return Report("bounced", LOST[code], str(code))
    return Report() if code in (100, 101, 102) else None


def is_signed(api_id: str, entries: list[str], signature: str) -> bool:
    """A report carries sha256 of the api_id and all its entries, one after the other."""
    expected = hashlib.sha256((api_id + "".join(entries)).encode("utf-8", "surrogatepass")).hexdigest()
    return bool(api_id) and hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace"))


def _refused(answer: Mapping[str, Any]) -> Refusal | Doubt:
    code = number(answer.get("status_code"))
    said = f"{code} {answer.get('status_text') or ''}".strip()[:300]
    if code in PERMANENT:
        return Refusal(PERMANENT[code], said, permanent=True)
    if code in ACCOUNT:
        return Refusal(ACCOUNT[code], said, permanent=False, counted=False)
    return Refusal(TEMPORARY[code], said, permanent=False) if code in TEMPORARY else Doubt(said)


def _only(found: object) -> dict[str, Any] | None:
    """The one entry of an answer that lists messages by phone or number."""
    entries = list(found.values()) if isinstance(found, dict) else []
    return entries[0] if len(entries) == 1 and isinstance(entries[0], dict) else None
