"""Clients a letter is tried on: those it goes to next, those found by name, and what it says to each of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from webapp.clients.models import Client, Consent
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.letters.identities import signature_for
from webapp.letters.placeholders import ClientData, LetterContext, OfficeData
from webapp.letters.signatures import Signature
from webapp.letters.store import agency_name
from webapp.post.sender import Envelope, envelope
from webapp.staff.models import Office, User, scoped
from webapp.touches.letter_context import context_for, context_of, hours_in_words
from webapp.touches.models import PLANNED, Occasion, Plan, PlanStep, PlanVersion, Touch
from webapp.touches.shipped import TRIP

SUGGESTED, SAMPLE, LISTED = 5, 100, 200


class _Network:
    """Somebody who looks after no office looks at all of them."""

    is_network = True
    offices: tuple[Office, ...] = ()
    office_ids: tuple[int, ...] = ()


def eyes(user: User) -> User:
    """Whose clients letters are tried on: those of the own offices; an administrator without an office needs all."""
    return user if user.is_network or user.offices else cast(User, _Network())


@dataclass(frozen=True)
class Reader:
    """Somebody the letter is tried on; without `client` it is the one about whom nothing is known."""

    client: Client | None
    occasion: Occasion | None
    office: Office

    @property
    def key(self) -> int:
        """What the form calls this reader."""
        return self.client.id if self.client else 0

    @property
    def zone(self) -> str:
        """Where the reader's clock is."""
        return (self.client.timezone if self.client else "") or self.office.timezone

    def context(self, language: str, now: datetime) -> LetterContext:
        """What the letter may speak about."""
        if self.occasion is not None:
            return context_of(self.occasion, language, now=now, preview=True)
        today = local_day(now, zone(self.zone))
        if self.client is not None:
            return context_for(self.client, self.office, self.client.manager, {}, {}, language, today=today,
                               preview=True)
        office = self.office
        return LetterContext(lang=language, today=today, preview=True, agency=agency_name(office), client=ClientData(),
                             office=OfficeData(office.name, office.address, office.phone,
                                               hours_in_words(office.hours, language)))

    @property
    def owner(self) -> User | None:
        """The manager of the trip, else of the client."""
        return self.occasion.owner if self.occasion else self.client.manager if self.client else None

    def signature(self, identity: str, language: str) -> Signature:
        """Who signs it for this reader."""
        return signature_for(identity, self.office, self.owner, language)

    def envelope(self, letter_code: str, signature: Signature) -> Envelope:
        """Where it comes from and where this reader's answer goes. Raises LostSaleManager."""
        return envelope(signature, self.office, self.owner, letter_code=letter_code,
                        lost_by=(self.client.manager if self.client else None,))


def steps_with(code: str) -> list[PlanStep]:
    """Steps of the plans in force that use this letter."""
    newest = select(func.max(PlanVersion.id)).group_by(PlanVersion.plan_id)
    return list(db.session.scalars(select(PlanStep).where(
        PlanStep.version_id.in_(newest), (PlanStep.letter_code == code) | (
            (PlanStep.letter_code == "") & (PlanStep.code == code))).order_by(PlanStep.version_id, PlanStep.position)))


def kinds_of(steps: Collection[PlanStep]) -> list[str]:
    """Kinds of occasions whose plans use the letter; a letter that no plan uses is tried on trips."""
    versions = {step.version_id for step in steps}
    found = db.session.scalars(select(Plan.kind).distinct().join(PlanVersion, PlanVersion.plan_id == Plan.id).where(
        PlanVersion.id.in_(versions))) if versions else ()
    return sorted(found) or [TRIP]


def suggested(steps: Collection[PlanStep], user: User, now: datetime) -> list[Reader]:
    """Up to five clients nearest to the step: those who get it next, then those who had it last, then anybody."""
    codes = [step.code for step in steps]
    found: dict[int, Reader] = {}
    if codes:
        ahead = _touches(codes, user).where(Touch.status == PLANNED, Touch.due_on >= now.date()).order_by(
            Touch.due_on, Touch.send_at, Touch.id)
        for query in (ahead, _touches(codes, user).order_by(Touch.id.desc())):
            for touch in db.session.scalars(query.limit(SUGGESTED * 2)):
                if len(found) < SUGGESTED and touch.occasion is not None:
                    found.setdefault(touch.client_id, Reader(touch.client, touch.occasion, touch.occasion.office))
    if not found:
        for occasion in newest_occasions(user, SUGGESTED, kinds_of(steps)):
            found.setdefault(occasion.client_id, Reader(occasion.client, occasion, occasion.office))
    return list(found.values())


def newest_occasions(user: User, limit: int, kinds: Sequence[str]) -> Sequence[Occasion]:
    """The latest of these kinds, of the person's own offices."""
    query = scoped(select(Occasion).where(Occasion.kind.in_(kinds)), Occasion.office_id, user)
    return db.session.scalars(query.order_by(Occasion.id.desc()).limit(limit).options(
        selectinload(Occasion.client))).all()


def reader_of(client: Client, steps: Collection[PlanStep]) -> Reader:
    """This client with the occasion the letter is about: one whose step is still ahead, else the newest of its kind."""
    occasions = db.session.scalars(select(Occasion).where(Occasion.client_id == client.id, Occasion.kind.in_(
        kinds_of(steps))).order_by(Occasion.id.desc())).all()
    touch = touch_of([row.id for row in occasions], steps)
    chosen = next((row for row in occasions if touch and row.id == touch.occasion_id), None)
    return Reader(client, chosen or next(iter(occasions), None), (chosen or client).office)


def touch_of(occasion_ids: Collection[int], steps: Collection[PlanStep]) -> Touch | None:
    """The step of these occasions that uses the letter: the next planned one, else the latest."""
    rows = db.session.scalars(select(Touch).where(
        Touch.occasion_id.in_(occasion_ids), Touch.step_code.in_([step.code for step in steps]))
        .order_by(Touch.id.desc())).all() if occasion_ids and steps else []
    planned = sorted((row for row in rows if row.status == "planned" and row.due_on), key=lambda row: str(row.due_on))
    return next(iter([*planned, *rows]), None)


def nameless(user: User) -> tuple[int, int]:
    """(clients without a first name, all clients) of the person's own offices."""
    def counted(*conditions: Any) -> int:
        query: Any = select(func.count()).select_from(Client).where(Client.erased_at.is_(None), *conditions)
        return int(db.session.scalar(scoped(query, Client.office_id, user)) or 0)
    return counted(Client.first_name == ""), counted()


def without_consent(channel: str) -> tuple[int, int]:
    """(clients who have not agreed to news by this channel, all clients) of open trips of the whole network."""
    agreed = select(Consent.client_id).where(Consent.client_id == Occasion.client_id, Consent.channel == channel,
                                             Consent.marketing, ~Consent.stopped).exists()
    everybody = select(func.count(Occasion.client_id.distinct())).where(
        Occasion.kind == TRIP, Occasion.closed_at.is_(None), Occasion.cancelled_at.is_(None))
    return db.session.scalar(everybody.where(~agreed)) or 0, db.session.scalar(everybody) or 0


def nameless_list(user: User) -> Sequence[Client]:
    """The newest of them."""
    query = select(Client).where(Client.first_name == "", Client.erased_at.is_(None))
    return db.session.scalars(scoped(query, Client.office_id, user).order_by(Client.id.desc()).limit(LISTED)).all()


def _touches(codes: Collection[str], user: User) -> Any:
    return scoped(select(Touch).where(Touch.step_code.in_(codes), Touch.occasion_id.is_not(None)),
                  Touch.office_id, user).options(selectinload(Touch.occasion), selectinload(Touch.client))
