"""The forms of the page on which clients choose their letters; the link is the proof, so no form token is needed."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.post.wishes import NOTHING, TRIPS, Way
from webapp.web.forms import BaseForm, Filled

STOPS = {"withdraw": _l("News and offers"), "trips": _l("Everything but reminders of a trip"), "stop": _l("Everything")}
MEANT = {"withdraw": _l("Letters about your trips stay."),
         "trips": _l("Only what you must know before the flight stays."),
         "stop": _l("Not even letters about trips you have bought.")}
RETURNS = {"resume": _l("Letters about my trips, without news"),
           "give": _l("Letters about my trips, and news and offers too")}

SAVED = {"withdraw": _l("No more news and offers. Letters about your trips come as before."),
         "trips": _l("From now on only what you must know before the flight comes."),
         "stop": _l("Nothing comes any more, not even letters about trips you have bought."),
         "resume": _l("Letters about your trips come again, without news."),
         "give": _l("Letters about your trips come again, and news and offers too.")}
"""What will happen after a wish, by its step."""


class ChannelsField(SelectMultipleField):
    """Check boxes for the channels the client has."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WishForm(BaseForm):
    """What a client chooses, and where it holds."""

    class Meta(BaseForm.Meta):
        csrf = False

    step = RadioField("", [Filled(_l("Choose one of the lines."))], validate_choice=False)
    channels = ChannelsField(_l("Where?"), [Filled(_l("Tick e-mail or SMS."))], validate_choice=False)

    def validate_channels(self, field: ChannelsField) -> None:
        """Only what the page offers."""
        if not set(field.data or ()) <= {choice.value for choice in field.choices or ()}:
            raise ValidationError(gettext("Tick e-mail or SMS."))

    def offer(self, label: Any, steps: dict[str, Any], ways: Sequence[Way], words: dict[str, str]) -> None:
        """Fill in the question and the lines to choose from; `words` names each way as its reader knows it."""
        self.step.label.text = label
        self.step.choices = [SelectChoice(code, text) for code, text in steps.items()]
        self.channels.choices = [SelectChoice(way.channel, words[way.channel]) for way in ways]


def returns_for(ways: Sequence[Way]) -> dict[str, Any]:
    """What can be offered back: letters where they were stopped, news always."""
    stopped = any(way.state in (TRIPS, NOTHING) for way in ways)
    return RETURNS if stopped else {"give": RETURNS["give"]}


def stop_in_force(ways: Sequence[Way], ticked: Sequence[str], steps: Collection[str]) -> str:
    """The line that says what holds at the ticked way already; the mildest one where nothing was stopped there."""
    states = {way.state for way in ways if way.channel in ticked}
    return "trips" if states == {TRIPS} else next(iter(steps))
