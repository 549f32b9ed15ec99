"""Whether letters will reach a client, known or only typed, and why not: for previews and trips (`domain.md` §1.1)."""

from collections.abc import Collection
from dataclasses import dataclass

from webapp.clients.models import Client, Consent, consents_of
from webapp.kit.phones import is_mobile

LETTERS = ("email", "sms")


@dataclass(frozen=True)
class Reach:
    """What a client can get. `stopped` and `news` name channels; `silent` means that nothing is written at all."""

    email: bool = True
    mobile: bool = True
    silent: bool = False
    stopped: frozenset[str] = frozenset()
    news: frozenset[str] = frozenset()

    def why_not(self, channel: str, klass: str) -> str:
        """The reason why a letter of this kind will be skipped; "" when it will leave, and for steps of people."""
        if channel not in LETTERS:
            return ""
        if self.silent:
            return "write-nothing"
        if not (self.email if channel == "email" else self.mobile):
            return "no-email" if channel == "email" else "no-mobile"
        if channel in self.stopped:
            return "stopped"
        return "no-consent" if klass == "marketing" and channel not in self.news else ""


def reach_of(client: Client, consents: Collection[Consent], *, news: bool = False) -> Reach:
    """How a known client is reached; with `news` as after a consent given now."""
    allowed = {row.channel for row in consents if row.marketing and not row.stopped}
    return Reach(
        email=client.email is not None, mobile=any(p.works and p.is_mobile for p in client.phones),
        silent=client.write_nothing, news=frozenset(LETTERS if news else allowed),
        stopped=frozenset() if news else frozenset(row.channel for row in consents if row.stopped))


def reach_now(client: Client) -> Reach:
    """How a known client is reached as things stand."""
    return reach_of(client, consents_of(client.id).values())


def reach_typed(phones: Collection[str], emails: Collection[str], *, news: bool) -> Reach:
    """How a client will be reached who is only typed yet; phones in E.164."""
    return Reach(email=bool(emails), mobile=any(is_mobile(e164) for e164 in phones),
                 news=frozenset(LETTERS if news else ()))
