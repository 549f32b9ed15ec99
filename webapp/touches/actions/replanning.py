"""Give open occasions another version of their plan: long work, each occasion in a transaction of its own (§1.3)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from webapp.batches.actions import create
from webapp.batches.actions.work import Work
from webapp.batches.models import Batch
from webapp.batches.rules import OPEN, READY
from webapp.clients.models import Client
from webapp.db import db, transaction, wake
from webapp.kit.days import local_day
from webapp.post import actions as post
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.rules import ADMIN, Actor
from webapp.touches import plan_book, store
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.locking import lock_all
from webapp.touches.models import Occasion, Plan, PlanVersion, Touch
from webapp.touches.people import performer_for
from webapp.touches.replan_rules import GONE, KEPT, LATE, OFF, PINNED, Shift
from webapp.touches.replans import Reader, newest_of, wanted_of
from webapp.touches.rules import BadAnchors, PlannedTouch, check_anchors
from webapp.touches.shipped import TRIP
from webapp.touches.standing import refresh
from webapp.touches.store import StoredStep, source_key
from webapp.touches.touch_rules import Calendar

KIND, OTHER = "plan", "plan-other"
"""Names of this work: for trips, and for occasions of other kinds."""
CHANGED, SAME, PASSED, LEFT = "changed", "same", "passed", "left"
IDS_AT_ONCE = 500


def begin(plan_id: int, *, actor: Actor, now: datetime) -> Batch | None:
    """Hand to the worker: all open occasions get the version in force. None when all have it.

    Asked twice while it is under way, it stays one. Raises NotAllowed, LookupError.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        # Pressed twice at once, the second waits here and finds what the first began.
        session.scalar(select(Plan.id).where(Plan.id == plan_id).with_for_update())
        book = plan_book.book_of(plan_id)
        if book is None:
            raise LookupError(plan_id)
        target = book.in_force
        number = plan_book.count_behind(plan_id, target.number)
        if not number:
            return None
        for batch in session.scalars(select(Batch).where(Batch.kind.in_((KIND, OTHER)), Batch.state.in_(OPEN))):
            if batch.mapping.get("version") == target.id:
                return batch
        is_trip = book.plan.kind == TRIP
        record(actor, "applied" if is_trip else "applied-other", "plan", plan_id, now=now,
               facts={"version": ["", target.number], "occasions": ["", number]})
        office = min(actor.office_ids) if actor.office_ids else session.scalars(select(Office.id)).first() or 0
        # An administrator without an office of their own changes the plan of all.
        return create(KIND if is_trip else OTHER, actor=replace(actor, is_network=True), office_id=office, now=now,
                      state=READY, all_rows=number,
                      mapping={"plan": plan_id, "version": target.id, "number": target.number})


def run_application(work: Work) -> None:
    """Apply the version of a batch to every open occasion behind it; stopped or killed, it goes on where it was."""
    batch, actor = work.batch, work.actor
    version_id, plan_id, number = (batch.mapping[name] for name in ("version", "plan", "number"))
    maker, last = Maker(version_id), 0
    all_rows = batch.done_rows + plan_book.count_behind(plan_id, number)
    while True:
        ids = db.session.scalars(plan_book.behind(plan_id, number).where(Occasion.id > last).limit(IDS_AT_ONCE)).all()
        db.session.rollback()
        for occasion_id in ids:
            with work.step(1, all_rows=all_rows) as totals:
                totals[maker.apply(occasion_id, actor=actor, now=work.now())] += 1
        if len(ids) < IDS_AT_ONCE:
            break
        last = ids[-1]
    wake("tick")


@dataclass
class Maker:
    """Applies one version; its steps, calendars and performers are looked up once for all occasions."""

    version_id: int
    _performers: dict[tuple[str, int, int | None], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        version = db.session.get_one(PlanVersion, self.version_id)
        self.older = frozenset(db.session.scalars(select(PlanVersion.id).where(
            PlanVersion.plan_id == version.plan_id, PlanVersion.number < version.number)))
        self.steps = {step.code: step for step in store.steps_of(self.version_id)}
        self._calendars: dict[tuple[int, str], Calendar] = {}

    def apply(self, occasion_id: int, *, actor: Actor, now: datetime) -> str:
        """Give one occasion this version; says whether anything changed. Twice changes nothing more.

        "passed": it is over or has this version or a newer one; "left": its dates cannot be, so it keeps its version.
        """
        with transaction():
            occasion = lock_all([occasion_id]).get(occasion_id)
            if occasion is None or not self._is_behind(occasion):
                return PASSED
            reader = self._reader(now)
            client_zone = db.session.scalar(select(Client.timezone).where(Client.id == occasion.client_id)) or ""
            office_zone = reader.calendar(occasion.office_id, client_zone).office_zone
            try:
                check_anchors(store.dates_of(occasion), local_day(now, office_zone))
            except BadAnchors:
                return LEFT
            bundle = new_bundle()
            rows = _newest(occasion)
            changed = self._recall(occasion, rows, reader, actor, now, bundle)
            for shift in reader.shifts(occasion, client_zone, rows.values()):
                changed |= self._place(occasion, shift, rows.get(shift.code), actor, now, bundle)
            occasion.plan_version_id = self.version_id
            refresh(occasion, now=now)
            return CHANGED if changed else SAME

    def _reader(self, now: datetime) -> Reader:
        return Reader(wanted_of(self.steps.values()), now, self._calendars)

    def _is_behind(self, occasion: Occasion) -> bool:
        if occasion.closed_at is not None or occasion.cancelled_at is not None:
            return False
        # Versions never change, and as entities they would bring all their steps along each time.
        return occasion.plan_version_id in self.older

    def _recall(self, occasion: Occasion, rows: dict[str, Touch], reader: Reader, actor: Actor, now: datetime,
                bundle: str) -> bool:
        """Messages of steps that are off, or quite other now, are taken back before anybody hands them over."""
        found = False
        for code in reader.recalled(rows.values(), store.dates_of(occasion)):
            touch = rows[code]
            if not post.cancel_source(source_key(touch.id), reason=OFF, actor=actor, now=now):
                # It is being handed over at this moment: that one still leaves.
                continue
            before = snapshot(touch)
            touch.status, touch.message_id, found = "planned", None, True
            log(touch, "taken-back", before, actor=actor, now=now, bundle=bundle)
        return found

    def _place(self, occasion: Occasion, shift: Shift, row: Touch | None, actor: Actor, now: datetime,
               bundle: str) -> bool:
        step = self.steps.get(shift.code)
        if shift.kind == KEPT or (shift.kind == PINNED and step is None):
            return False
        if row is None:
            if step is not None and shift.touch is not None:
                db.session.add(store.new_touch(occasion, step, shift.touch, now=now, assignee_id=self._performer(
                    step.rule.performer, occasion)))
            return shift.kind != LATE
        before, was = snapshot(row), (row.channel, row.automatic)
        if shift.kind == GONE:
            store.put(row, PlannedTouch(shift.code, row.channel, None, "dropped", OFF))
        elif step is not None and shift.touch is not None:
            self._take_over(row, step, shift, occasion)
        if snapshot(row) == before and was == (row.channel, row.automatic):
            return False
        log(row, "replanned", before, actor=actor, now=now, bundle=bundle)
        return shift.kind != LATE

    def _take_over(self, row: Touch, step: StoredStep, shift: Shift, occasion: Occasion) -> None:
        """The row belongs to the new step now; a day chosen by a person stays, and so does who does it."""
        other = row.step_id is None or store.step_of(row).rule.performer != step.rule.performer
        if shift.kind == PINNED and (row.channel, row.automatic) != (step.rule.channel, step.rule.is_automatic):
            return
        row.step_id = step.row_id
        if shift.kind == PINNED or shift.touch is None:
            return
        store.put(row, shift.touch)
        row.channel, row.klass, row.automatic = step.rule.channel, step.rule.klass, step.rule.is_automatic
        if other:
            row.assignee_id, row.due_time = self._performer(step.rule.performer, occasion), None

    def _performer(self, performer: str, occasion: Occasion) -> int | None:
        key = (performer, occasion.office_id, occasion.owner_id)
        if key not in self._performers:
            self._performers[key] = performer_for(*key)
        return self._performers[key]


def _newest(occasion: Occasion) -> dict[str, Touch]:
    rows = db.session.scalars(select(Touch).where(Touch.occasion_id == occasion.id, Touch.step_id.is_not(None))
                              .order_by(Touch.id).execution_options(populate_existing=True)).all()
    return {row.step_code: row for row in newest_of(rows)}
