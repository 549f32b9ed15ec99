"""Verbs that need every room: one tick of the clock, and the first set-up of an agency."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.clients.actions import install_texts
from webapp.club.actions.asking import look_at_asks
from webapp.club.actions.gifting import install_gift_kinds
from webapp.club.actions.knocking import look_at_knocks
from webapp.club.actions.level_terms import install_levels
from webapp.club.actions.nightly import look_after_club
from webapp.club.actions.settling import settle_trips
from webapp.complaints.actions.claim_mailing import follow_claims
from webapp.complaints.actions.entering import look_at_entries
from webapp.complaints.actions.installing import install_procedures
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.db import Base, db, transaction
from webapp.desk.demo_data.actions import NotEmpty, refuse_where_people_work, remove_demo
from webapp.desk.demo_data.actions.opening import NOTE
from webapp.desk.integrity import inspect
from webapp.desk.setup_rules import AGENCY, DATA, DONE, SIGNATURES
from webapp.desk.setup_state import MARKS
from webapp.letters.actions import install_starter
from webapp.letters.actions.identities import save_identity
from webapp.letters.identities import fields_of, identity_row
from webapp.post import actions as post
from webapp.staff.actions import edit_agency, edit_office
from webapp.staff.actions.offices import Place
from webapp.staff.audit import job, record
from webapp.staff.models import Office, Setting, User, setting
from webapp.staff.rules import ADMIN, Actor, NotAllowed
from webapp.surveys.actions.asking import look_after_surveys
from webapp.touches.actions.answering import take_answers
from webapp.touches.actions.plan_drafting import change, publish
from webapp.touches.actions.plans import install_plans
from webapp.touches.actions.sending import plan_calls_instead, queue_due, settle
from webapp.touches.actions.waiting import watch_waiting
from webapp.touches.models import Plan
from webapp.touches.plan_book import book_of
from webapp.touches.plan_draft_rules import switched

MOST_SHOWN = 100
_NO_MARKS: dict[str, Any] = {
    name: make(Base.metadata.tables[Setting.__tablename__]).values(key=MARKS, value={}).on_conflict_do_nothing()
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}
SERVICE_CALL = "service_call"


def tick(*, now: datetime) -> dict[str, Any]:
    """Everything due at `now`, once: points, plan, render, deliver, settle. Gives figures of what was done.

    Safe to run twice, by several workers at once, and after being killed anywhere.
    """
    return {**look_after_club(now=now), **look_after_surveys(now=now), **look(now=now),
            **look_after_complaints(now=now)}


def look(*, now: datetime) -> dict[str, Any]:
    """What cannot wait for the hour: points of trips that are over or cancelled, letters. Gives figures, as `tick`."""
    look_at_knocks(now=now)
    look_at_entries(now=now)
    club = settle_trips(now=now)
    answers = take_answers(now=now)
    settled = settle(now=now)
    calls = plan_calls_instead(now=now)
    due = queue_due(now=now)
    look_at_asks(now=now)
    delivered = post.deliver(now=now)
    settled += settle(now=now)
    follow_claims(now=now)
    watch_waiting(now=now)
    return {"calls_instead": calls, **due, "delivered": delivered, "settled": settled, "answers": answers, **club}


def read_answers(*, now: datetime, going: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Look into the mailbox for answers and reports, and bring what came to touches; gives how many of each kind."""
    figures = post.collect(now=now, going=going)
    take_answers(now=now)
    settle(now=now)
    follow_claims(now=now)
    return figures


def check_data(*, now: datetime) -> dict[str, Any]:
    """The nightly proof that the rows agree; what it gives is kept with its slot, where administrators read it."""
    faults = inspect(now=now).faults
    return {"number": len(faults), "faults": faults[:MOST_SHOWN]}


def install_shipped(*, now: datetime) -> None:
    """The plans, letters, scripts and levels that come with the product; what the agency changed stays."""
    actor = job("setup")
    install_texts(actor=actor, now=now)
    install_starter(actor=actor, now=now)
    install_plans(now=now)
    install_levels()
    install_gift_kinds()
    install_procedures()


def settle_setup(step: str, state: str, *, actor: Actor, now: datetime) -> None:
    """A step of the first set-up is "done" or "skipped". Done stays done, whatever is skipped later."""
    actor.needs(ADMIN)
    with transaction() as session:
        # There must be a row before it can be locked: two presses at once would both begin with none.
        session.connection().execute(_NO_MARKS[session.get_bind().dialect.name])
        row = session.get_one(Setting, MARKS, with_for_update=True, populate_existing=True)
        before = dict(row.value)
        if before.get(step) in (state, DONE):
            return
        row.value = {**before, step: state}
        session.flush()
        record(actor, f"setup-{state}", "agency", None, now=now)


def set_up_place(values: Mapping[str, str], office: Office | None, *, actor: Actor, now: datetime) -> None:
    """What clients read of the agency, and its first office. Raises BadInput as `edit_agency` and `edit_office`."""
    with transaction():
        edit_agency(agency_name=values["agency_name"], language=setting("language") or "ru",
                    agency_phone=values["agency_phone"], agency_email=values["agency_email"],
                    agency_site=values["agency_site"], actor=actor, now=now)
        if office is not None:
            place = Place(values["office_name"], values["timezone"], values["city"], values["address"],
                          office.phone or values["agency_phone"], office.email or values["agency_email"],
                          dict(office.hours))
            edit_office(office, place, actor=actor, now=now)
        settle_setup(AGENCY, DONE, actor=actor, now=now)


def name_signers(people: Mapping[str, Mapping[str, str]], *, actor: Actor, now: datetime) -> None:
    """Who signs for the whole agency: name, role and address of answers by code of the identity; the rest stays."""
    with transaction():
        for code, values in people.items():
            fields = replace(fields_of(identity_row(code, None)), name=values["name"], role=values["role"],
                             email=values["email"])
            save_identity(code, None, fields, actor=actor, now=now)
        settle_setup(SIGNATURES, DONE, actor=actor, now=now)


def turn_service_call(is_on: bool, *, actor: Actor, now: datetime) -> None:
    """The call after the sale is planned for new trips, or no longer; the same wish twice changes nothing.

    Raises NotAllowed("plan-draft") while somebody's changes of the plan wait: they would be published along.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        plan_id = session.scalars(select(Plan.id).where(Plan.code == "trip").with_for_update()).one()
        book = book_of(plan_id)
        if book is None or book.draft is not None:
            raise NotAllowed("plan-draft")
        if is_on == any(step.active for step in book.steps if step.code == SERVICE_CALL):
            return
        changed = change(plan_id, lambda steps: switched(steps, SERVICE_CALL, is_on), seen=book.stamp, actor=actor,
                         now=now)
        publish(plan_id, seen=changed.stamp, actor=actor, now=now)
        record(actor, "service-call-on" if is_on else "service-call-off", "agency", None, now=now)


def demo_fault() -> str:
    """Why the demo cannot be loaded now: "here", "live", "waiting", "taken", or ""."""
    if setting(NOTE) is not None:
        return "here"
    try:
        refuse_where_people_work()
    except NotEmpty as fault:
        return fault.code
    return ""


def demo_people() -> list[int]:
    """Ids of the people the demo brought."""
    return list((setting(NOTE) or {}).get("users", ()))


def own_people() -> list[str]:
    """Names of those who stay when the demo leaves."""
    return list(db.session.scalars(select(User.name).where(User.dismissed_at.is_(None), User.id.not_in(demo_people()))
                                   .order_by(User.name)))


def clear_demo(*, actor: Actor, now: datetime) -> None:
    """Take the demo out, on somebody's word; how to begin is open again, and sending is held."""
    actor.needs(ADMIN)
    with transaction() as session:
        own = actor.user_id not in demo_people()
        remove_demo(now)
        row = session.get(Setting, MARKS)
        if row is not None:
            row.value = {step: state for step, state in row.value.items() if step != DATA}
        record(actor if own else job("demo"), "demo-removed", "agency", None, now=now)
