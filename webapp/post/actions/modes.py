"""The three modes of sending (`domain.md` §2.7), with the numbers a person confirms before anything leaves."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from webapp.db import db, transaction
from webapp.post import rules
from webapp.post.actions.creating import enqueue
from webapp.post.actions.history import fence, locked_ids, move
from webapp.post.actions.stopping import let_go
from webapp.post.models import Message
from webapp.post.obstacles import message
from webapp.post.place import HELD_BECAUSE, PLACE, mark_of
from webapp.staff.audit import job, record
from webapp.staff.models import Setting, setting
from webapp.staff.rules import ADMIN, Actor, NotAllowed

_GIVEN_BACK: dict[str, Any] = {"claim_token": "", "lease_until": None, "crashes": 0}


@dataclass(frozen=True)
class Figures:
    """What a change of mode means: messages that leave at once or at their moment, that are too late, that wait on.

    `sms` counts what leaves as providers bill it.
    """

    leaving: int = 0
    missed: int = 0
    on_hold: int = 0
    sms: int = 0


class Changed(Exception):
    """More messages would leave than the person has confirmed; `figures` are the present ones."""

    def __init__(self, figures: Figures) -> None:
        super().__init__("the number has grown")
        self.figures = figures


def present_mode() -> str:
    """ "held", "trial" or "live"; an agency that never chose is held."""
    mode = setting("mode", "held")
    return mode if mode in rules.MODES else "held"


def figures_of(now: datetime) -> Figures:
    """What would leave, be too late or wait on if sending started now."""
    held = message.c.state == "held"
    late = func.coalesce(message.c.true_until < now, False)
    count = select(func.count()).select_from(message)
    by_mode = message.c.hold_reason == "mode"
    waiting = db.session.scalar(count.where(message.c.state == "queued")) or 0
    return Figures(
        leaving=waiting + (db.session.scalar(count.where(held, by_mode, ~late)) or 0),
        missed=db.session.scalar(count.where(held, by_mode, late)) or 0,
        on_hold=db.session.scalar(count.where(held, ~by_mode)) or 0,
        sms=db.session.scalar(select(func.sum(message.c.parts)).where(
            message.c.channel == "sms", or_(message.c.state == "queued", and_(held, by_mode, ~late)))) or 0,
    )


def hold_copy(because: str, *, now: datetime) -> Figures:
    """Nothing leaves from a copy, "restored" or "copied", until an administrator goes live; staff are told why."""
    with transaction() as session:
        held = set_mode("held", actor=job("copy"), now=now)
        session.merge(Setting(key=HELD_BECAUSE, value=because))
        return held


def settle_here(session: Session) -> None:
    """Letters leave from here on, and from here only: the mark of this place, and a new count of what was seen."""
    session.merge(Setting(key=PLACE, value={"mark": mark_of(session.connection()), "epoch": secrets.token_hex(8)}))


def set_mode(mode: str, *, actor: Actor, now: datetime, confirmed: int | None = None) -> Figures:
    """Change the mode; gives what left the hold and what was missed.

    Only an administrator or a job may. `confirmed` is the number of leaving messages a person has agreed to: when
    more would leave now, Changed is raised and nothing happens. To "held" everything that waits is held.
    """
    if mode not in rules.MODES:
        raise ValueError(f"no such mode: {mode!r}")
    if actor.user_id is not None and ADMIN not in actor.hats:
        raise NotAllowed("only-admin")
    with transaction() as session:
        fence(session)
        before = present_mode()
        expected = figures_of(now)
        if mode != "held" and confirmed is not None and expected.leaving > confirmed:
            raise Changed(expected)
        session.merge(Setting(key="mode", value=mode))
        if setting(HELD_BECAUSE):
            session.merge(Setting(key=HELD_BECAUSE, value=""))
        if mode == "live":
            settle_here(session)
        session.flush()
        record(actor, "mode", "sending", None, now=now, facts={"mode": [before, mode]})
        if mode == "held":
            ids = locked_ids(session, message.c.klass != rules.TEST, states=("queued", "claimed"))
            move(session, ids, "held", actor.name, now, code="mode", hold_reason="mode", **_GIVEN_BACK)
            return Figures(on_hold=len(ids))
        leaving, missed = let_go(session, or_(message.c.hold_reason == "mode", message.c.hold_reason == ""),
                                 actor=actor, now=now)
        return Figures(leaving=leaving, missed=missed, on_hold=expected.on_hold)


def send_test(*, address: str, office_id: int, zone: str, sender: str, subject: str, text: str, actor: Actor,
              now: datetime, html: str = "", about: str = "", files: str = "", reply_to: str = "") -> Message:
    """A test e-mail to the person who asks; it also leaves while sending is held, because only they get it.

    True for ten minutes, so that a copy of the database never sends it. One a minute at most, but for those that did
    not leave: what was wrong may have been mended since. `about` tells tests of different things apart.
    """
    if actor.user_id is None or ADMIN not in actor.hats:
        raise NotAllowed("only-admin")
    source = ":".join(filter(None, (f"test:{actor.user_id}:{now:%Y%m%d%H%M}", about)))
    with transaction() as session:
        failed = session.scalar(select(func.count()).select_from(message).where(
            message.c.source == source, message.c.state.in_(rules.BROKEN))) or 0
        return enqueue(source=source, resend=failed, office_id=office_id, client_id=None, klass=rules.TEST,
                       channel="email", address=address, sender=sender, subject=subject, text=text,
                       html=html, files=files, reply_to=reply_to, lane=rules.LANE_URGENT, zone=zone, now=now,
                       actor=actor, true_until=now + rules.TEST_LASTS)
