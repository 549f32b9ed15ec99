"""Random walks: whatever anybody tries in whatever order, a closed complaint has its last steps or a reason."""

from datetime import timedelta

import make
from complaint_make import complaint, given_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, note_answer
from webapp.complaints.actions.answering import answer, count_silence
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent
from webapp.complaints.step_rules import Refused
from webapp.db import db
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput
from webapp.touches.actions.ticking import AlreadyDone, tick

TRIES = st.lists(st.tuples(
    st.sampled_from([*rules.VERBS, *rules.VERBS, "next", "next", "next", "yes", "no", "client-no", "silence", "promises"]),
    st.sampled_from(["irina", "boris"]), st.sampled_from(["", "without", "refuse"])), min_size=5, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                                 HealthCheck.too_slow])
@given(tries=TRIES, draft=st.booleans(), sure=st.booleans())
def test_no_way_leads_around_a_step(cast, now, tries, draft, sure):
    number = next(_numbers)
    person = make.client(cast.main, last=f"Клиент{number}", phone=f"+7916{number:07}", email=f"c{number}@example.com",
                         now=now)
    row = complaint(person, now=now, draft=draft)
    # Half of the walks begin where most of the way is done, or closing would hardly ever be reached.
    tries = [("next", "boris", "")] * (8 if sure else 0) + tries
    for step, (what, who, how) in enumerate(tries):
        before = row.state
        try:
            _try(row, what, actor_of(getattr(cast, who)), how, now + timedelta(minutes=step))
        except (Refused, BadInput, AlreadyDone):
            db.session.rollback()
        db.session.refresh(row)
        _check(row, before)


def _try(row, what, actor, how, now):
    if what in ("yes", "no"):
        note_answer(row.id, what, actor=actor, now=now)
    elif what == "client-no":
        answer(row.id, "no", now=now)
    elif what == "silence":
        count_silence(now=now + timedelta(days=8))
    elif what == "promises":
        for promise in db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)).all():
            if promise.is_open:
                tick(promise.touch_id, actor=actor, now=now)
    else:
        move = rules.next_step(row.state)
        verb = (move.verb if move else "close") if what == "next" else what
        facts = given_for(verb, row, actor, now)
        if "told_how" in facts:
            facts["told_how"] = "phone"
        if how == "refuse" and verb == "resolve":
            facts |= {"decision": "refuse", "actions": []}
        if how == "without" and facts:
            facts.pop(sorted(facts)[0])
        act(row.id, verb, facts, actor=actor, now=now)


def _check(row: Complaint, before: str) -> None:
    """What holds after every try."""
    events = db.session.scalars(select(ComplaintEvent).where(ComplaintEvent.complaint_id == row.id)
                                .order_by(ComplaintEvent.id)).all()
    ways = [(event.before, event.verb, event.after) for event in events if event.before != event.after and event.before]
    for number, (source, verb, target) in enumerate(ways):
        # The end of a complaint taken back leads to where it stood before.
        came_from = next((way[0] for way in ways[:number][::-1] if way[2] == source and way[1] != "back"), "")
        assert rules.target_of(rules.MOVES[source, verb], came_from=came_from) == target
    assert (events[-1].after if events else "") == row.state
    if before != row.state:
        assert ways[-1][2] == row.state
    if row.state == rules.CLOSED:
        last_steps = row.documented_at and row.analysed_at and row.shared_at and row.root_cause_id and row.lesson
        assert last_steps or (row.waive_reason and row.waived_by)
        assert row.satisfaction in ("yes", "partly", "no_answer") or row.rounds == 2
        assert row.decision and row.justified and row.told_at
        assert all(not promise.is_open for promise in db.session.scalars(
            select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)))
    assert row.rounds <= 2


def _count():
    number = 0
    while True:
        number += 1
        yield number


_numbers = _count()
