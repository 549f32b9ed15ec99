"""What results of steps mean for friends and gifts: «recommends», a friend was called, a gift was handed over."""

from webapp.club.actions.friend_calls import CODE, call_was_made
from webapp.club.actions.friends import BOARD, recommend
from webapp.club.actions.gifting import was_handed_over
from webapp.club.friends import Coming
from webapp.kit.phones import normalise
from webapp.staff.rules import BadInput
from webapp.touches.answer_rules import may_end
from webapp.touches.effects import BadOutcome, Case, effect, when_done

may_end(CODE, ("no_answer", "plans_trip", "recommends"))


@effect("add_lead")
def _friend_named(case: Case) -> None:
    """«Рекомендует»: a referral of this client, and a call to the friend on the next working day."""
    name, typed = (str(case.answers.get(key) or "").strip() for key in ("name", "phone"))
    phone = normalise(typed) or ""
    coming = Coming(name, phone, words="" if phone else typed)
    try:
        recommend(case.touch.client, coming, source=BOARD, actor=case.actor, now=case.now, bundle=case.bundle)
    except BadInput:
        raise BadOutcome("friend-needed") from None


@when_done
def _step_done(case: Case) -> None:
    if case.touch.step_code.startswith(f"{CODE}:"):
        call_was_made(case)
    elif case.touch.channel == "gift":
        was_handed_over(case)
