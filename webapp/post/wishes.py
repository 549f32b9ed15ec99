"""What a client may get now by each channel, as the client's own pages say it: consents and suppressions together."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.clients.models import Client, Consent, consents_of
from webapp.clients.rules import masked
from webapp.db import db
from webapp.post.addresses import address_hash
from webapp.post.models import Suppression
from webapp.post.rules import OWN_WISH

NEWS, SERVICE, TRIPS, NOTHING = "news", "service", "trips", "nothing"
_ORDER = (NEWS, SERVICE, TRIPS, NOTHING)
_SUPPRESSED = {"marketing": SERVICE, "but-trips": TRIPS, "": NOTHING}


@dataclass(frozen=True)
class Way:
    """One channel of a client. `address` is masked, `state` what comes by it, `by_agency` that the agency stopped it.

    `had_news` tells that the client once spoke about news here, so that they can be offered back.
    """

    channel: str
    address: str
    state: str
    had_news: bool = False
    by_agency: bool = False

    @property
    def may_stop(self) -> bool:
        """Something still comes."""
        return self.state != NOTHING

    @property
    def may_return(self) -> bool:
        """The client stopped something that can come back."""
        return not self.by_agency and (self.state in (TRIPS, NOTHING) or self.state == SERVICE and self.had_news)


def ways_of(client: Client, channel: str = "") -> list[Way]:
    """E-mail and SMS as far as the client has an address for them; that of `channel` first, and always there."""
    known = {"email": client.email.address if client.email else "",
             "sms": next((p.e164 for p in client.phones if p.works and p.is_mobile), "")}
    consents = consents_of(client.id)
    order = sorted(known, key=lambda name: name != channel)
    return [_way(name, known[name], consents.get(name)) for name in order if known[name] or name == channel]


def _way(channel: str, address: str, consent: Consent | None) -> Way:
    state = _agreed(consent)
    stops = list(db.session.scalars(select(Suppression).where(
        Suppression.address_hash == address_hash(address, channel), Suppression.channel == channel,
        Suppression.lifted_at.is_(None)))) if address else []
    for stop in stops:
        state = max(state, _SUPPRESSED[stop.klass], key=_ORDER.index)
    by_agency = any(stop.reason != OWN_WISH and stop.klass != "marketing" for stop in stops)
    return Way(channel, masked(address) if address else "", state, consent is not None, by_agency)


def _agreed(consent: Consent | None) -> str:
    if consent is None:
        return SERVICE
    return NOTHING if consent.stopped else TRIPS if consent.trips_only else NEWS if consent.marketing else SERVICE
