"""The forms about SMS: an account with a provider, and the phone a test SMS goes to."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.kit import emails, phones
from webapp.post.channels.gateway_check import SmsFault
from webapp.post.sms_account_rules import PROVIDERS, SMSAERO, TAKES_LOGIN, WANTS_LOGIN, Account
from webapp.post.wording import SMS_PROVIDERS, sms_fault
from webapp.web.forms import BaseForm, Filled

_PLACES = {"login": "password"}
_PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
_LONGEST = 200


class SmsForm(BaseForm):
    """How SMS leave. The key is never shown again: an empty one keeps what is there."""

    form_errors: list[str]
    provider = RadioField(_l("Who carries your SMS?"), validate_choice=False,
                          choices=[SelectChoice(name, SMS_PROVIDERS[name]) for name in PROVIDERS])
    login = StringField(_l("Login"), render_kw=_PLAIN,
                        description=_l("For SMS Aero, the e-mail you sign in with. For SMSC, leave it empty if you "
                                       "have an API key."))
    password = PasswordField(_l("API key or password"), render_kw={"autocomplete": "new-password"})
    sender = StringField(_l("Name of the sender"), [Optional()], render_kw=_PLAIN,
                         description=_l("As it was agreed with the provider, usually up to 11 Latin letters. Left "
                                        "empty, the provider takes its own."))

    def validate_provider(self, field: Field) -> None:
        """Everything else depends on it."""
        if field.data not in PROVIDERS:
            raise ValidationError(str(_l("Please choose the provider.")))

    def validate_login(self, field: Field) -> None:
        """SMS Aero knows people by their e-mail."""
        if self.provider.data in WANTS_LOGIN:
            Filled(_l("Please write the e-mail you sign in with."))(self, field)
            if emails.normalise(field.data) is None:
                raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))
        _short(field)

    def validate_password(self, field: Field) -> None:
        """Typed in the wrong keyboard layout it would only look like a wrong one."""
        if field.data and not field.data.isascii():
            raise ValidationError(str(_l("There are letters that are not Latin. Check the keyboard layout.")))
        _short(field)

    def validate_sender(self, field: Field) -> None:
        """Long names no network carries."""
        if field.data and len(field.data) > 15:
            raise ValidationError(str(_l("A name of the sender has up to 11 letters, a number up to 15 digits.")))

    def fill_in(self, kept: Account) -> None:
        """Show what is kept; never the key."""
        for name in ("provider", "login", "sender"):
            self[name].data = getattr(kept, name)

    def account(self, kept: Account | None) -> Account | None:
        """What was filled in; None when the key must be typed anew, which stands beside its field then.

        Sent to another provider, or under another name, the kept key would be given away.
        """
        login = (self.login.data or "") if self.provider.data in TAKES_LOGIN else ""
        account = Account(self.provider.data, login.casefold() if self.provider.data == SMSAERO else login,
                          "".join((self.password.data or "").split()), self.sender.data or "")
        if account.password:
            return account
        if kept is not None and kept.password and account.is_same_account(kept):
            return replace(account, password=kept.password)
        self.say("password", _l("Please type the key.") if kept is None or not kept.password
                 else _l("Please type the key: the provider or the login is another one now."))
        return None

    def take(self, fault: SmsFault) -> None:
        """Tell what went wrong while trying out, beside the field where it is mended."""
        self.say(_PLACES.get(fault.code, ""), sms_fault(fault.code))


class TestSmsForm(BaseForm):
    """Where a test SMS goes."""

    __test__ = False
    phone = StringField(_l("Your mobile phone"), render_kw={"type": "tel", "autocomplete": "tel"})

    def validate_phone(self, field: Field) -> None:
        """One mobile number."""
        Filled(_l("Please write your mobile number."))(self, field)
        number = phones.normalise(field.data)
        if number is None or not phones.is_mobile(number):
            raise ValidationError(str(_l("This is not a mobile number. Write it like +7 916 123-45-67.")))
        self.number = number


def _short(field: Field) -> None:
    if field.data and len(field.data) > _LONGEST:
        raise ValidationError(str(_l("This is too long.")))
