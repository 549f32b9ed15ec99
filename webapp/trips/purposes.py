"""What each step is for, in one sentence: whoever opens a step of a colleague's client must not have to guess."""

from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.touches.kind_words import purpose_given
from webapp.touches.models import Touch

# By the code of the step; steps an agency adds itself speak through their name and text.
_STEPS: dict[str, Any] = {
    "thank_you": _l("Thanks for the purchase: the choice was right, and this is what happens next."),
    "service_call": _l("Are the documents fine, are there questions, how did the manager work?"),
    "packing": _l("Useful advice for packing and for the flight."),
    "challenge": _l("An invitation to the photo challenge: the prize waits in the office."),
    "fly_tomorrow": _l("The client must not forget the flight."),
    "bon_voyage": _l("Wishes for a happy journey on the day of departure."),
    "settled_in": _l("Did they arrive well? If something is wrong, they know whom to call."),
    "welcome_back_sms": _l("Welcome home on the day of return."),
    "welcome_home": _l("Welcome home, with a few questions about the trip."),
    "call_back": _l("Hear about the trip and invite to the office for the gift and the card."),
    "loyalty": _l("The bonus programme, told honestly."),
    "testimonial": _l("A review of somebody who came by recommendation."),
    "tell_friends": _l("A straight request to recommend us, with a personal invitation."),
    "visit": _l("Hand over gift, card and album, hear the story, ask for a recommendation."),
    "year_ago": _l("A reminder of the trip a year ago: it is time for the next one."),
}
_FOLLOW_UPS: dict[str, Any] = {
    "complaint": _l("The client complained: find out what happened and answer today."),
    "planned_trip": _l("The client planned a trip for this time: do the plans stand?"),
    "recommended": _l("The client recommended a friend: get in touch while it is fresh."),
    "missed_you": _l("Three calls reached nobody: a short SMS may help."),
    "reply": _l("The client has written: an answer the same day is worth more than any news."),
    "visit": _l("The visit agreed with the client."),
}


def purpose_of(touch: Touch) -> str:
    """The sentence, or "" where only the step's name and note tell."""
    if touch.replaces_id is not None:
        return str(_STEPS.get(touch.step_code.removesuffix("_call"), ""))
    code, _colon, follows = touch.step_code.partition(":")
    return str((_FOLLOW_UPS if follows else _STEPS).get(code) or purpose_given(touch.step_code))
