"""Plans that rooms ship: declared once, installed where they are missing, never touched again."""

from dataclasses import replace
from datetime import date, timedelta

import make
import pytest
from other_plan import FADES, KIND, PLAN, TEXTS, opened, ship_it
from sqlalchemy import func, select

from webapp.db import db, transaction
from webapp.desk.actions import install_shipped
from webapp.staff.audit import actor_of
from webapp.touches import plan_book, shipped
from webapp.touches.actions import plan_drafting, ticking
from webapp.touches.actions.plans import install_plans
from webapp.touches.models import Plan, PlanStep, PlanVersion, Touch
from webapp.touches.plan_check_rules import Text, faults_of, warnings_of
from webapp.touches.plan_draft_rules import from_step, put, switched
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan
from webapp.touches.starter import OUTCOMES, Name, Outcome, add_outcome

KNOWN = {code: Text(channel) for code, (channel, _body) in TEXTS.items()}
STEPS = [from_step(step, name_ru=PLAN.names[step.code].ru, name_en=PLAN.names[step.code].en,
                   letter=PLAN.letters.get(step.code, step.code), outcomes=PLAN.outcomes.get(step.code, ()))
         for step in PLAN.steps]


@pytest.fixture
def plan(app, monkeypatch, now):
    """The plan of another kind, installed; its id."""
    ship_it(monkeypatch, now)
    return db.session.scalars(select(Plan.id).where(Plan.code == "fading_plan")).one()


def test_set_up_brings_every_shipped_plan_also_to_an_agency_that_works_already(plan, now):
    assert db.session.scalars(select(Plan.code).order_by(Plan.id)).all()[:1] == ["trip"]
    steps = {row.code: row for row in db.session.scalars(select(PlanStep).join(PlanVersion).where(
        PlanVersion.plan_id == plan))}
    assert list(steps) == ["fade_letter", "fade_sms", "fade_call", "fade_task"]
    call = steps["fade_call"]
    assert (call.name_ru, call.letter_code, call.outcomes) == (
        "Звонок о выцветании", "fade_call", ["told", "no_answer", "complains"])
    assert steps["fade_task"].letter_code == ""


def test_a_second_set_up_changes_nothing_whatever_the_agency_made_of_the_plan(plan, cast, now):
    book = plan_book.book_of(plan)
    changed = plan_drafting.change(plan, lambda steps: switched(steps, "fade_sms", False), seen=book.stamp,
                                   actor=actor_of(cast.anna), now=now)
    plan_drafting.publish(plan, seen=changed.stamp, actor=actor_of(cast.anna), now=now)
    versions = db.session.scalar(select(func.count()).select_from(PlanVersion))
    install_shipped(now=now)
    assert install_plans(now=now) == []
    assert db.session.scalar(select(func.count()).select_from(PlanVersion)) == versions
    assert not next(step for step in plan_book.book_of(plan).published if step.code == "fade_sms").active


def test_an_occasion_of_the_kind_gets_its_steps_from_its_own_date(plan, cast, now):
    client = make.client(cast.main, manager=cast.olga, now=now)
    rows = {row.step_code: row for row in db.session.scalars(select(Touch).where(
        Touch.occasion_id == opened(client, now=now).id))}
    assert {code: row.due_on for code, row in rows.items()} == {
        "fade_letter": FADES - timedelta(31), "fade_sms": FADES - timedelta(30), "fade_call": FADES - timedelta(29),
        "fade_task": date(2027, 1, 18)}
    assert rows["fade_call"].assignee_id == cast.irina.id
    touch = ticking.tick(rows["fade_call"].id, actor=actor_of(cast.irina), now=now, outcome="told")
    assert (touch.status, touch.outcome) == ("done", "told")


@pytest.mark.parametrize("change", [
    {"names": {}}, {"steps": [*PLAN.steps, PLAN.steps[0]]}, {"anchors": [("burn", "the day of burning", "день сгорания")]},
    {"anchors": [("fade", "the fading", "выцветание")]},
    {"steps": [replace(PLAN.steps[0], truth=Truth(0, anchor="return"))]},
    {"steps": [replace(PLAN.steps[0], before="departure")]}])
def test_a_plan_that_contradicts_itself_is_not_shipped(change):
    with pytest.raises(ValueError):
        replace(PLAN, **change)


def test_a_kind_has_one_plan_and_a_date_one_name(monkeypatch):
    monkeypatch.setattr(shipped, "_PLANS", {**shipped._PLANS})
    shipped.ship(PLAN)
    same_date = replace(PLAN, kind="other", anchors=[("fade", "the fading", "день, когда всё выцвело")])
    for again in (PLAN, same_date):
        with pytest.raises(ValueError):
            shipped.ship(again)
    assert shipped.ship(replace(PLAN, kind="other")).kind == "other"


def test_an_outcome_that_nobody_declared_is_not_installed(app, monkeypatch, now):
    monkeypatch.setattr(shipped, "_PLANS", {**shipped._PLANS})
    shipped.ship(replace(PLAN, outcomes={"fade_call": ("sings",)}))
    with pytest.raises(ValueError):
        install_plans(now=now)
    assert db.session.scalar(select(Plan.id).where(Plan.code == "fading_plan")) is None


def test_rooms_add_outcomes_of_their_own_once(monkeypatch):
    monkeypatch.setattr("webapp.touches.starter.OUTCOMES", dict(OUTCOMES))
    outcome = Outcome("sings", Name("Sings", "Поёт"), "nothing")
    add_outcome(outcome)
    with pytest.raises(ValueError):
        add_outcome(outcome)


def test_anchors_are_told_in_both_languages():
    assert Anchor("x", "the birthday", "день рождения").genitive == "дня рождения"
    assert Anchor("x", "the departure", "вылет", "вылета").genitive == "вылета"
    assert shipped.anchors_of("trip") == ("purchase", "departure", "return")
    assert shipped.anchors_of(KIND) == () and shipped.anchor_named("fade") is None


def test_the_checks_of_such_a_plan_ask_for_no_flight():
    assert faults_of(STEPS, KNOWN, PLAN.anchor_codes) == []
    assert warnings_of(STEPS, KNOWN, PLAN.anchor_codes) == []
    assert {it.code for it in faults_of(STEPS, KNOWN)} == {"unknown-date"}


def test_its_parts_are_before_its_date_on_it_and_after_it():
    on_the_day = from_step(Step("fade_now", "call", "fade", 0, performer="seller"), name_ru="Сегодня", name_en="Now")
    assert [step.part for step in STEPS] == ["before", "before", "before", "after"]
    assert [step.code for step in put(STEPS, on_the_day)][3:] == ["fade_now", "fade_task"]


def test_a_task_without_words_can_be_published_again_and_again(plan, cast, now):
    own = from_step(Step("own_1", "task", "fade", 2, performer="seller"), name_ru="Ещё раз", name_en="Again")
    for edit in (lambda steps: put(steps, own), lambda steps: switched(steps, "fade_sms", False)):
        book = plan_book.book_of(plan)
        changed = plan_drafting.change(plan, edit, seen=book.stamp, actor=actor_of(cast.anna), now=now)
        plan_drafting.publish(plan, seen=changed.stamp, actor=actor_of(cast.anna), now=now)
        db.session.rollback()
    assert [step.code for step in plan_book.book_of(plan).published][-1] == "own_1"


def test_a_plan_whose_room_is_gone_still_opens_and_can_be_changed(plan, cast, now):
    with transaction() as session:
        session.get_one(Plan, plan).kind = "forgotten"
    book = plan_book.book_of(plan)
    changed = plan_drafting.change(plan, lambda steps: switched(steps, "fade_sms", False), seen=book.stamp,
                                   actor=actor_of(cast.anna), now=now)
    assert plan_drafting.publish(plan, seen=changed.stamp, actor=actor_of(cast.anna), now=now) is not None


def test_shipping_the_plan_of_trips_goes_the_same_way(app):
    found = shipped.shipped_for("trip")
    assert isinstance(found, ShippedPlan) and [step.code for step in found.steps][:2] == ["thank_you", "service_call"]
