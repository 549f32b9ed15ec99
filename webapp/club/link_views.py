"""The link to the balance page, sent by staff: a button on the page of a card, and fifteen seconds to think again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from webapp.club import words
from webapp.club.actions import sharing
from webapp.club.cards_blueprint import Seen, bp, me, moment, whole_card
from webapp.club.models import Card
from webapp.post.models import Message
from webapp.post.wording import reason, refused_words
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions.sending import GRACE
from webapp.touches.writing import address_for
from webapp.web.guard import DESK, allow
from webapp.web.i18n import clock as hours
from webapp.web.page import see_other

LABELS: dict[str, Any] = {"sms": _l("Send by SMS"), "email": _l("Send by e-mail")}
NAMES: dict[str, Any] = {"sms": _l("SMS"), "email": _l("letter")}


@dataclass(frozen=True)
class Way:
    """A channel the owner can be reached by: `said` what became of today's link, `may_undo` while it has not left."""

    channel: str
    label: Any
    said: str = ""
    may_undo: bool = False


@bp.post("/<number>/link/<any(sms, email):channel>")
@allow(*DESK)
def send_link(number: str, channel: str) -> BaseResponse:
    """Send the owner the link of the balance page."""
    one = _of_own_client(number)
    try:
        message = sharing.send_balance_link(one.card, channel, actor=me(), now=moment(), grace=GRACE)
    except BadInput as error:
        return see_other(_back(one), words.fault(error), "yellow")
    if message.state == "cancelled":
        return see_other(_back(one), reason("cancelled", message.last_code, channel=channel), "yellow")
    if message.state == "held":
        return see_other(_back(one), reason("held", message.hold_reason, channel=channel), "yellow")
    return see_other(_back(one), _("The link leaves in a moment: you can still take it back."))


@bp.post("/<number>/link/<any(sms, email):channel>/undo")
@allow(*DESK)
def take_link_back(number: str, channel: str) -> BaseResponse:
    """It does not leave after all."""
    one = _of_own_client(number)
    try:
        sharing.take_link_back(one.card, channel, actor=me(), now=moment())
    except NotAllowed as error:
        return see_other(_back(one), refused_words(error.reason), "yellow")
    return see_other(_back(one), _("Taken back: the link does not leave."))


def ways_of(card: Card, now: datetime) -> list[Way]:
    """How the link can be sent to the owner, each with what became of today's; [] without an address."""
    sent = sharing.links_of_today(card, now=now)
    tz = card.office.timezone
    return [_way(channel, label, sent.get(channel), tz) for channel, label in LABELS.items()
            if address_for(card.client, channel)]


def _way(channel: str, label: Any, message: Message | None, tz: str) -> Way:
    if message is None:
        return Way(channel, label)
    name = str(NAMES[channel])
    if message.state in ("queued", "held"):
        # At night, on hold, without a connection: the outbox knows why it waits.
        code = message.hold_reason if message.state == "held" else message.last_code
        waits = reason(message.state, code, channel=channel) if code else ""
        return Way(channel, label, waits or _("%(kind)s with the link is about to leave.", kind=name), True)
    if message.state in ("sent", "delivered") and message.sent_at:
        return Way(channel, label, _("%(kind)s with the link left today at %(time)s.", kind=name,
                                     time=hours(message.sent_at, tz)))
    return Way(channel, label, reason(message.state, message.last_code, channel=channel)
               or _("%(kind)s with the link is leaving.", kind=name))


def _of_own_client(number: str) -> Seen:
    """A whole card of a client this person may see: what is on it is told to its owner alone."""
    one = whole_card(number)
    return one if me().may_see(one.card.client.office_id) else abort(404)


def _back(one: Seen) -> str:
    return f"{one.url}#link"
