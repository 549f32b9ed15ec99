"""SMSC.ru: https://smsc.ru/api/http. POST /sys/send.php, /sys/status.php, /sys/balance.php with `fmt=3` (JSON).

It takes a number of ours (`id`, up to 40 of Latin letters, digits and `._-`), so a lost answer is asked about. Error 9
("the same request again, or too many at once") is read as doubt: it may speak of an earlier try of this very message.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

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

PERMANENT = {1: "refused", 5: "refused", 6: "spam", 7: "bad-address", 8: "no-mailbox"}
ACCOUNT = {2: "login", 3: "no-money", 4: "busy"}
DELIVERED = (1, 2, 4)
UNDER_WAY = (-1, 0)
LOST = {-2: "deleted", 3: "expired", 20: "not-delivered", 22: "no-mailbox", 23: "rejected", 24: "no-money-left",
        25: "phone-fault"}
NO_SUCH_NUMBER = {1: "no-mailbox", 249: "no-mailbox"}
"""Error codes beside a status: the subscriber does not exist, the number is wrong. Others pass, or may."""
_NOT_FOUND = -3
_ERROR_NOT_FOUND = 3


def provider(settings: Settings) -> Gateway:
    """The account in force."""
    return gateway(make, sms_words(settings), settings)


def make(words: Mapping[str, str], _settings: Settings) -> "Smsc":
    """SMS_LOGIN with SMS_PASSWORD; without a login the password is an API key."""
    return Smsc(words.get("SMS_LOGIN", ""), words.get("SMS_PASSWORD", ""), words.get("SMS_SENDER", ""))


@dataclass
class Smsc:
    """See `gateway.Dialect`."""

    login: str
    password: str = field(repr=False)
    sender: str = ""
    name: str = "smsc"
    can_ask: bool = True

    def send(self, message: Outgoing, own_id: str) -> Question:
        """One SMS to one phone under our number."""
        words = {"phones": digits(message.address), "mes": message.text, "id": own_id, "charset": "utf-8",
                 "cost": "2"}
        return self._question("/sys/send.php", **words, **({"sender": self.sender} if self.sender else {}))

    def read_send(self, reply: Reply, own_id: str) -> Accepted | Refusal | Doubt:
        """Taken only when it names our number and a count of parts."""
        if reply.status != 200 or not isinstance(reply.json, dict):
            return Doubt(reply.brief())
        code = number(reply.json.get("error_code"))
        said = f"{code} {reply.json.get('error') or ''}".strip()[:300]
        if code in PERMANENT:
            return Refusal(PERMANENT[code], said, permanent=True)
        if code in ACCOUNT:
            return Refusal(ACCOUNT[code], said, permanent=False, counted=False)
        parts = number(reply.json.get("cnt"))
        if "error" in reply.json or code is not None or str(reply.json.get("id")) != own_id or not parts or parts < 1:
            return Doubt(reply.brief())
        return Accepted(ref=own_id, text=f"{own_id} × {parts}", kopecks=cost(reply.json.get("cost")))

    def status(self, ref: str, phone: str) -> Question:
        """Asked by our number and the phone."""
        return self._question("/sys/status.php", phone=digits(phone), id=ref)

    def read_status(self, reply: Reply, ref: str) -> Report | None:
        """Status −3 and error 3 both say that there is no such message."""
        if reply.status != 200 or not isinstance(reply.json, dict):
            return None
        if (error := number(reply.json.get("error_code"))) is not None:
            return ABSENT if error == _ERROR_NOT_FOUND else None
        return report_of(number(reply.json.get("status")), number(reply.json.get("err")))

    def balance(self) -> Question:
        """The account."""
        return self._question("/sys/balance.php")

    def read_balance(self, reply: Reply) -> int | Refusal:
        """`balance` is in the currency of the account."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        amount = kopecks(answer.get("balance"))
        if amount is not None:
            return amount
        code = {2: "login", 4: "busy"}.get(number(answer.get("error_code")) or 0, "later")
        return Refusal(code, str(answer.get("error") or reply.brief())[:300], permanent=False, counted=False)

    def price(self, phone: str) -> Question:
        """`cost=1`: the price, and nothing is sent."""
        words = {"phones": digits(phone), "mes": ONE_SMS, "charset": "utf-8", "cost": "1"}
        return self._question("/sys/send.php", **words, **({"sender": self.sender} if self.sender else {}))

    def read_price(self, reply: Reply) -> int | Refusal:
        """`cost` of `cnt` SMS in the currency of the account."""
        answer = reply.json if isinstance(reply.json, dict) else {}
        found, parts = cost(answer.get("cost")), number(answer.get("cnt")) or 1
        if "error" not in answer and found:
            return round(found / max(parts, 1))
        code = {2: "login", 4: "busy", 9: "busy"}.get(number(answer.get("error_code")) or 0, "no-price")
        return Refusal(code, str(answer.get("error") or reply.brief())[:300], permanent=False, counted=False)

    def _question(self, path: str, **fields: str) -> Question:
        proof = {"login": self.login, "psw": self.password} if self.login else {"apikey": self.password}
        return Question(path, {**proof, "fmt": "3", **fields})


def report_of(status: int | None, error: int | None = None) -> Report | None:
    """The meaning of a status of a message that was taken; `error` says why it was not delivered."""
    if status == _NOT_FOUND:
        return ABSENT
    if status in DELIVERED:
        return Report("delivered")
    if status in LOST:
        said = f"{status}/{error}" if error else str(status)
        return Report("bounced", NO_SUCH_NUMBER.get(error or 0, LOST[status]), said)
    return Report() if status in UNDER_WAY else None


def is_signed(word: str, *, number_: str, phone: str, status: str, sha1: str, md5: str) -> bool:
    """A report carries sha1 and md5 of `id:phone:status:word`; where sha1 is there, md5 does not count."""
    words = f"{number_}:{phone}:{status}:{word}".encode("utf-8", "surrogatepass")
    # The provider's choice, not ours: with a long random word neither can be forged.
    expected, given = ((hashlib.sha1(words, usedforsecurity=False), sha1) if sha1
                       else (hashlib.md5(words, usedforsecurity=False), md5))
    return hmac.compare_digest(expected.hexdigest().encode(), given.lower().encode("utf-8", "replace"))
