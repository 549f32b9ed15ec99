"""SMS Aero, API v2: https://gate.smsaero.ru/v2. POST /sms/send, /sms/status, /tariffs, /balance; HTTP Basic.

It takes no number of ours, but an address for reports with every SMS: ours names the row, so a lost answer is settled
by the report, and by a person when none comes. Its errors come as `success: false` with a sentence instead of codes;
a 5xx is doubt whatever its body says.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.config import Settings
from webapp.post.channels import Accepted, Outgoing
from webapp.post.channels.gateway import Doubt, Gateway, Report, cost, digits, gateway, kopecks, number
from webapp.post.channels.https import Question, Reply
from webapp.post.refusal_rules import Refusal
from webapp.post.sms_account import sms_words

BY_HTTP = {401: "login", 402: "no-money", 403: "login", 429: "busy"}
BY_FIELD = {"number": "bad-address", "numbers": "bad-address", "sign": "sender-refused", "text": "cannot-be-built"}
TAKEN = (0, 1, 3, 4, 8)
LOST = {2: "not-delivered", 6: "rejected"}
_NO_MONEY = re.compile(r"no credits|not enough|insufficient|недостаточно", re.IGNORECASE)
_BAD_LOGIN = re.compile(r"credential|unauthori|authoriz|forbidden|access denied|авторизац", re.IGNORECASE)
_AGAIN = re.compile(r"duplicat|already|дубл|повтор", re.IGNORECASE)
_NO_SENDER = "SMS Aero"


def provider(settings: Settings) -> Gateway:
    """The account in force."""
    return gateway(make, sms_words(settings), settings)


def make(words: Mapping[str, str], settings: Settings) -> "SmsAero":
    """SMS_LOGIN is the e-mail of the account, SMS_PASSWORD its API key, SMS_SENDER the signature."""
    reports = f"{settings.public_url}/callbacks/sms/smsaero/" if settings.is_https else ""
    return SmsAero(words.get("SMS_LOGIN", ""), words.get("SMS_PASSWORD", ""), words.get("SMS_SENDER", ""), reports)


@dataclass
class SmsAero:
    """See `gateway.Dialect`. `reports` is the beginning of our address for reports, "" where nobody could reach it."""

    login: str
    key: str = field(repr=False)
    sender: str = ""
    reports: str = ""
    name: str = "smsaero"
    can_ask: bool = False

    def send(self, message: Outgoing, own_id: str) -> Question:
        """One SMS to one phone, with the address its reports go to."""
        words = {"number": digits(message.address), "text": message.text, "sign": self.sender or _NO_SENDER}
        back = {"callbackUrl": self.reports + own_id, "callbackFormat": "JSON"} if self.reports else {}
        return self._question("/v2/sms/send", **words, **back)

    def read_send(self, reply: Reply, own_id: str) -> Accepted | Refusal | Doubt:
        """Taken only with its number and a status that says so."""
        answer = reply.json if isinstance(reply.json, dict) else None
        if answer is None:
            return _by_http(reply) or Doubt(reply.brief())
        if reply.status >= 500 or 300 <= reply.status < 400:
            return Doubt(reply.brief())
        if answer.get("success") is not True:
            return _refused(reply, answer)
        one = _one(answer.get("data"))
        ref, status = number(one.get("id")), number(one.get("status"))
        if reply.status != 200 or ref is None or status not in (*TAKEN, *LOST):
            return Doubt(reply.brief())
        if status in LOST:
            return Refusal("rejected", reply.brief(), permanent=True)
        return Accepted(ref=str(ref), text=str(ref), kopecks=cost(one.get("cost")))

    def status(self, ref: str, phone: str) -> Question:
        """Asked by its own number."""
        return self._question("/v2/sms/status", id=ref)

    def read_status(self, reply: Reply, ref: str) -> Report | None:
        """The status of that very number."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        one = _one(answer.get("data"))
        if reply.status != 200 or answer.get("success") is not True or str(one.get("id")) != ref:
            return None
        return report_of(number(one.get("status")))

    def balance(self) -> Question:
        """The account."""
        return self._question("/v2/balance")

    def read_balance(self, reply: Reply) -> int | Refusal:
        """`balance` is in roubles."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        amount = kopecks(_one(answer.get("data")).get("balance"))
        if answer.get("success") is True and amount is not None:
            return amount
        return _by_http(reply) or Refusal("later", reply.brief(), permanent=False)

    def price(self, phone: str) -> Question:
        """The list of prices: by kind of sender, then by operator."""
        return self._question("/v2/tariffs")

    def read_price(self, reply: Reply) -> int | Refusal:
        """The dearest operator of this kind of sender; of all kinds where ours is not in the list."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        data = answer.get("data")
        lists = {kind: [cost(price) for price in prices.values()]
                 for kind, prices in (data.items() if isinstance(data, dict) else ()) if isinstance(prices, dict)}
        chosen = lists.get("FREE SIGN") if not self.sender else None
        found = [price for prices in ([chosen] if chosen else lists.values()) for price in prices if price]
        if answer.get("success") is True and found:
            return max(found)
        return _by_http(reply) or Refusal("no-price", reply.brief(), permanent=False)

    def _question(self, path: str, **fields: str) -> Question:
        proof = base64.b64encode(f"{self.login}:{self.key}".encode()).decode("ascii")
        return Question(path, fields, {"Authorization": f"Basic {proof}"})


def report_of(status: int | None) -> Report | None:
    """The meaning of a status of a message that was taken."""
    if status == 1:
        return Report("delivered")
    if status in LOST:
        return Report("bounced", LOST[status], str(status))
    return Report() if status in TAKEN else None


def _refused(reply: Reply, answer: Mapping[str, Any]) -> Refusal | Doubt:
    """`success: false`, or the older `result: no credits` and `result: reject`."""
    said = f"{answer.get('message') or answer.get('reason') or answer.get('result') or ''}"[:300]
    if _NO_MONEY.search(said) or answer.get("result") == "no credits":
        return Refusal("no-money", said, permanent=False, counted=False)
    if by_http := _by_http(reply):
        return by_http
    if answer.get("result") == "reject":
        return Refusal("rejected", said, permanent=True)
    if answer.get("success") is not False or reply.status == 409 or _AGAIN.search(said):
        # "Already there" may speak of this very SMS.
        return Doubt(reply.brief())
    if _BAD_LOGIN.search(said):
        return Refusal("login", said, permanent=False, counted=False)
    faults = answer.get("data")
    code = next((BY_FIELD[name] for name in BY_FIELD if isinstance(faults, dict) and name in faults), "")
    if code or reply.status in (400, 422):
        return Refusal(code or "refused", said or reply.brief(), permanent=True)
    return Refusal("later", said, permanent=False)


def _by_http(reply: Reply) -> Refusal | None:
    code = BY_HTTP.get(reply.status)
    return Refusal(code, reply.brief(), permanent=False, counted=False) if code else None


def _one(data: object) -> dict[str, Any]:
    """The one message of an answer; a list when several phones were written to."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    return data if isinstance(data, dict) else {}
