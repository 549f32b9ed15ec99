"""Forms about friends: the page of an invitation, and a friend named to staff. They never touch the database."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.kit import phones
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField

_NAME, _WISH = AtMost(80), AtMost(500)


class PhoneField(StringField):
    """One phone in any spelling; `e164` is what it is, "" for what nobody can call."""

    @property
    def e164(self) -> str:
        """The number in E.164."""
        return phones.normalise(self.data or "") or ""


class InvitedForm(BaseForm):
    """What somebody who was invited tells us. The link is the proof, so no form token is needed."""

    class Meta(BaseForm.Meta):
        csrf = False

    name = StringField(_l("What is your name?"), [Filled(_l("Please tell us your name.")), _NAME],
                       render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("Your phone"), [Filled(_l("Please write your phone, so that we can call you.")), AtMost(40)],
                       render_kw={"autocomplete": "tel", "inputmode": "tel", "placeholder": "+7 900 000-00-00"})
    wish = TextAreaField(_l("Where would you like to go, and when?"), [Optional(), _WISH], render_kw={"rows": 3},
                         description=_l("If you do not know yet, leave it empty: we will think of something together."))
    agree = BooleanField(_l("I agree that my personal data are kept"))
    sms = BooleanField(_l("Agree: in SMS"))
    call = BooleanField(_l("Agree: by phone"))
    website = StringField("")

    @property
    def is_machine(self) -> bool:
        """Something was written where people see no field."""
        return bool(self.website.data)

    @property
    def news(self) -> list[str]:
        """Channels on which news are welcome."""
        return [code for code in ("sms", "call") if self[code].data]

    def validate_phone(self, field: PhoneField) -> None:
        """A number somebody can call."""
        if field.data and not field.e164:
            raise ValidationError(_unreadable(field))

    def validate_agree(self, field: BooleanField) -> None:
        """Nothing is kept of people who did not agree."""
        if not field.data:
            raise ValidationError(gettext("Without your consent we may not write down your name and phone. "
                                          "You can always simply call us."))


class FriendForm(BaseForm):
    """«Whom could we also help?»: a friend of a client, as told to staff. `inviter` finds the client, unless known."""

    form_key = KeyField()
    name = StringField(_l("Friend’s name"), [AtMost(80)])
    phone = PhoneField(_l("Friend’s phone"), [AtMost(60)], render_kw={"inputmode": "tel"},
                       description=_l("With a phone the friend becomes a client at once; without one the call goes to "
                                      "whoever told us."))
    wish = TextAreaField(_l("What they would like"), [Optional(), _WISH], render_kw={"rows": 2})

    def validate_name(self, field: Field) -> None:
        """Whom is anybody to call?"""
        if not field.data and not self.phone.data:
            raise ValidationError(gettext("Write the friend’s name or phone."))

    def validate_phone(self, field: PhoneField) -> None:
        """A phone that cannot be read is asked for once more, not kept as words."""
        if field.data and not field.e164:
            raise ValidationError(_unreadable(field))


class EndForm(BaseForm):
    """Why nothing comes of a friend, or why there is no reward."""

    note = StringField(_l("Why, in a few words"), [Optional(), AtMost(300)])


def _unreadable(field: Any) -> str:
    return gettext("“%(text)s” is not a phone number. Write it like +7 900 000-00-00.", text=field.data)
