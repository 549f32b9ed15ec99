"""What blocks publishing a plan, what only warns, and what happens to a draft: pure tables."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.touches.plan_check_rules import Text, faults_of, warnings_of, with_classes
from webapp.touches.plan_draft_rules import (
    DraftStep,
    difference,
    free_code,
    from_json,
    from_step,
    moved,
    put,
    removed,
    switched,
)
from webapp.touches.plan_rules import CHATS
from webapp.touches.starter import NAMES, SHORT_NAMES, STARTER_PLAN, STEP_OUTCOMES

PLAN = [from_step(step, name_ru=NAMES[step.code].ru, name_en=NAMES[step.code].en,
                  short_ru=SHORT_NAMES[step.code].ru, short_en=SHORT_NAMES[step.code].en,
                  outcomes=STEP_OUTCOMES.get(step.code, ())) for step in STARTER_PLAN]
CODES = [step.code for step in PLAN]
TEXTS = {step.code: Text(step.channel if step.is_automatic else "script", step.klass or "service") for step in PLAN}
TEXTS |= {"ready": Text("email"), "news": Text("email", "marketing"), "short": Text("sms"), "words": Text("script"),
          "draft": Text("email", languages=frozenset()), "russian": Text("email", languages=frozenset({"ru"})),
          "linked": Text("script", has_links=True), "spoken": Text("script", is_spoken=True)}
LETTER = DraftStep("own_1", "email", "return", 4, name_ru="Письмо", at="10:00", truth=(3, None, None),
                   klass="service", letter="ready")
CALL = DraftStep("own_1", "call", "return", 4, name_ru="Звонок", performer="seller", letter="words")
SMS = replace(LETTER, channel="sms", letter="short")


def faults(step):
    return {(found.where, found.code) for found in faults_of([step], TEXTS)}


def warned(*steps):
    return {(found.step, found.code) for found in warnings_of(list(steps), TEXTS)}


def test_a_step_takes_the_class_of_its_letter_and_until_then_only_a_warning_says_so():
    old = replace(LETTER, letter="news")
    assert faults(old) == set() and ("own_1", "other-class") in warned(old)
    assert [step.klass for step in with_classes([old, CALL, replace(LETTER, letter="lost")], TEXTS)] == ["marketing", "", "service"]


def test_the_shipped_plan_has_no_faults_and_no_warnings():
    assert faults_of(PLAN, TEXTS) == [] and warnings_of(PLAN, TEXTS) == []


@pytest.mark.parametrize("step", [LETTER, CALL, SMS, replace(SMS, or_call=True), replace(CALL, letter=""), *(
    replace(CALL, channel=chat) for chat in CHATS), replace(CALL, channel="task"), replace(CALL, channel="gift")])
def test_good_steps_have_no_faults(step):
    assert faults(step) == set()


@pytest.mark.parametrize(("step", "where", "code"), [
    (replace(LETTER, name_ru=" "), "name_ru", "no-name"),
    (replace(LETTER, channel="pigeon"), "kind", "unknown-kind"),
    (replace(LETTER, anchor="birthday"), "anchor", "unknown-date"),
    (replace(LETTER, offset_days=1001), "days", "too-far"),
    (replace(LETTER, letter="", code="own_2"), "letter", "no-letter"),
    (replace(CALL, channel="telegram", letter=""), "letter", "no-letter"),
    (replace(CALL, letter="gone"), "letter", "no-letter"),
    (replace(LETTER, letter="short"), "letter", "other-channel"),
    (replace(LETTER, letter="words"), "letter", "other-channel"),
    (replace(CALL, letter="ready"), "letter", "other-channel"),
    (replace(SMS, letter="ready"), "letter", "other-channel"),
    (replace(LETTER, letter="draft"), "letter", "not-published"),
    (replace(CALL, channel="telegram", letter="spoken"), "letter", "script-in-chat"),
    (replace(LETTER, truth=None), "truth_days", "no-truth"),
    (replace(LETTER, truth=(-1, None, None)), "truth_days", "truth-over"),
    (replace(LETTER, truth=(0, "10:00", None)), "truth_days", "truth-over"),
    (replace(LETTER, truth=(0, "09:00", None)), "truth_days", "truth-over"),
    (replace(LETTER, truth=(3, None, "return")), "truth_days", "truth-over"),
    (replace(LETTER, truth=(-1, None, "departure")), "truth_days", "truth-over"),
    (replace(LETTER, before="departure"), "before", "before-too-late"),
    (replace(LETTER, anchor="departure", offset_days=0, before="departure"), "before", "before-own-date"),
    (replace(LETTER, anchor="departure", offset_days=2, before="departure"), "before", "before-own-date"),
    (replace(SMS, series="after"), "series", "series-not-letter"),
    (replace(LETTER, flight="departs"), "flight", "other-flight"),
    (replace(LETTER, anchor="departure", flight="lands"), "flight", "other-flight"),
    (replace(CALL, performer="auto"), "performer", "nobody"),
    (replace(CALL, needs_outcome=True), "needs_outcome", "no-results"),
    (replace(CALL, or_call=True), "kind", "unknown-kind"),
])
def test_every_fault_names_its_field(step, where, code):
    assert (where, code) in faults(step)


@pytest.mark.parametrize("step", [
    replace(LETTER, truth=(0, "10:01", None)), replace(LETTER, truth=(0, None, None)), replace(LETTER, at=None),
    replace(LETTER, anchor="purchase", offset_days=2, truth=(-1, None, "departure"), before="departure"),
    replace(LETTER, anchor="departure", offset_days=-3, before="departure", truth=(-1, None, "departure")),
    replace(CALL, needs_outcome=True, outcomes=("come",)), replace(LETTER, flight="lands"),
    replace(LETTER, name_ru="", name_en="Letter")])
def test_what_is_right_at_the_edge_is_no_fault(step):
    assert faults(step) == set()


def test_doubles_are_found_by_name_and_by_day():
    other = replace(LETTER, code="own_2")
    codes = {found.code for found in faults_of([LETTER, other], TEXTS)}
    assert codes == {"same-name", "same-step"}
    assert faults_of([LETTER, replace(other, name_ru="Другое", offset_days=5)], TEXTS) == []


@pytest.mark.parametrize(("step", "code"), [
    (replace(LETTER, at="22:00"), "at-night"), (replace(LETTER, at="08:59"), "at-night"),
    (replace(LETTER, letter="russian"), "one-language"), (replace(CALL, letter=""), "no-script"),
    (replace(CALL, channel="max", letter="linked"), "links-in-chat"), (replace(SMS, or_call=True), "call-after")])
def test_what_only_warns(step, code):
    assert ("own_1", code) in warned(step)


def test_a_plan_warns_of_what_others_rely_on():
    assert warned(*switched(PLAN, "visit", False)) == {("call_back", "no-visit")}
    assert warned(*removed(PLAN, "visit")) == {("call_back", "no-visit")}
    assert warned(*switched(PLAN, "fly_tomorrow", False)) == {("", "no-reminder")}
    assert warned(*(replace(step, active=False) for step in PLAN)) == {("", "nothing-on")}


def test_the_words_of_a_call_do_not_fit_a_chat():
    chat = replace(CALL, code="own_2", channel="vk", name_ru="Чат", offset_days=5)
    assert warned(CALL, chat, PLAN[4]) == {("own_2", "said-too")}


def test_order_that_delays_a_step_is_told():
    assert warned(*moved(PLAN, "loyalty", up=False)) == {("loyalty", "out-of-order")}
    early = replace(CALL, offset_days=1)
    assert ("own_1", "people-out-of-order") in warned(*PLAN, early)


def test_a_step_moves_only_within_its_part():
    assert [step.code for step in moved(PLAN, "packing", up=True)][:3] == ["thank_you", "packing", "service_call"]
    assert moved(PLAN, "thank_you", up=True) == PLAN and moved(PLAN, "fly_tomorrow", up=False) == PLAN
    assert moved(PLAN, "nobody", up=True) == PLAN


def test_a_new_step_ends_its_part_and_one_that_changes_it_moves_there():
    found = put(PLAN, replace(LETTER, anchor="purchase", offset_days=3))
    assert [step.code for step in found].index("own_1") == CODES.index("fly_tomorrow") + 1
    there = put(PLAN, replace(PLAN[CODES.index("packing")], anchor="return"))
    assert there[-1].code == "packing" and len(there) == len(PLAN)


def test_a_new_code_was_never_used():
    assert free_code(["own_2", "visit", "own_x"]) == "own_3" and free_code([]) == "own_1"


def test_a_difference_names_what_changed():
    new = put(switched(removed(PLAN, "challenge"), "year_ago", True), replace(PLAN[0], at="12:00"))
    new = put(new, LETTER)
    kinds = {change.step.code: (change.kind, change.names) for change in difference(PLAN, new)}
    assert kinds == {"thank_you": ("changed", ("at",)), "year_ago": ("on", ("active",)), "own_1": ("new", ()),
                     "challenge": ("gone", ())}


def test_another_order_alone_is_a_difference_of_one_line():
    found = difference(PLAN, moved(PLAN, "packing", up=True))
    assert [change.kind for change in found] == ["order"]


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(["up", "down", "on", "off", "out"])), max_size=12))
def test_whatever_is_pressed_steps_stay_whole_and_come_back_from_storage(presses):
    steps = list(PLAN)
    for code, press in presses:
        steps = {"up": lambda c=code, s=steps: moved(s, c, up=True), "down": lambda c=code, s=steps: moved(s, c, up=False),
                 "on": lambda c=code, s=steps: switched(s, c, True), "off": lambda c=code, s=steps: switched(s, c, False),
                 "out": lambda c=code, s=steps: removed(s, c)}[press]()
    codes = [step.code for step in steps]
    assert len(codes) == len(set(codes)) and set(codes) <= set(CODES)
    assert [from_json(step.as_json()) for step in steps] == steps
    assert faults_of(steps, TEXTS) == []
    for step, shipped in ((step, next(s for s in STARTER_PLAN if s.code == step.code)) for step in steps):
        assert replace(step.as_step(), active=shipped.active) == shipped
    assert difference(steps, steps) == []
