"""The form about the mail relay, and what it shares with that of the mailbox for answers."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.kit import emails
from webapp.post.channels.smtp_check import Fault
from webapp.post.mime import HeaderRefused, mailbox
from webapp.post.relay_rules import NONE, OTHER, PORTS, PRESETS, STARTTLS, TLS, Relay, Way, is_local
from webapp.post.sender import plain_name
from webapp.post.wording import relay_fault
from webapp.web.forms import AtMost, BaseForm, Filled

PROVIDERS = {"yandex": _l("Yandex 360, Yandex Mail"), "mailru": _l("Mail.ru for business, VK WorkSpace"),
             "gmail": _l("Google: Gmail, Workspace"), OTHER: _l("Another mail")}
ENCRYPTION_WORDS = {TLS: _l("TLS (usually port 465)"), STARTTLS: _l("STARTTLS (usually port 587)"),
                    NONE: _l("None (only in the own network)")}
# Where a fault of trying out is told, when the field can be seen.
_PLACES = {"login": "password", "sender-refused": "sender", "no-such-server": "server", "port-closed": "port",
           "no-answer": "server", "bad-certificate": "server", "other-encryption": "encryption",
           "no-encryption": "encryption", "login-not-offered": "encryption"}


class AccountForm(BaseForm):
    """What every account of a mailbox is told by: a provider known by name, or the server's own words.

    `places` says beside which field a fault of trying out is told, `only_other` which fields stand there only for
    another mail than those known by name.
    """

    form_errors: list[str]
    ways: Mapping[str, Any]
    places: Mapping[str, str]
    only_other: Collection[str]
    no_server: Any
    no_port: Any

    def validate_preset(self, field: Field) -> None:
        """Everything else depends on it."""
        if field.data not in PROVIDERS:
            raise ValidationError(str(_l("Please choose where your mailbox is.")))

    def validate_server(self, field: Field) -> None:
        """A name or an address, without a scheme or a port."""
        if self.preset.data != OTHER:
            return
        Filled(_l("Please write the name of the server."))(self, field)
        if not all(c.isalnum() or c in ".-:[]_" for c in field.data) or len(field.data) > 253:
            raise ValidationError(str(self.no_server))

    def validate_port(self, field: Field) -> None:
        """A number of a port, or nothing."""
        if self.preset.data == OTHER and field.data and not (
                field.data.isascii() and field.data.isdigit() and 0 < int(field.data[:9]) < 65536):
            raise ValidationError(str(self.no_port))

    def validate_encryption(self, field: Field) -> None:
        """Without encryption only where nobody listens in."""
        if self.preset.data != OTHER:
            return
        if field.data not in self.ways:
            raise ValidationError(str(_l("Please choose the encryption.")))
        if field.data == NONE and not is_local(self.server.data or ""):
            raise ValidationError(str(_l("Over the internet the password must not travel openly. Choose TLS.")))

    def validate_password(self, field: Field) -> None:
        """Typed in the wrong keyboard layout it would only look like a wrong one."""
        latin(field, field.data)

    def tell(self, fault: Fault, sentence: Callable[[str], Any]) -> None:
        """Say what went wrong while trying out, beside the field where it is mended."""
        # People did not type the server of a provider chosen by name.
        code = "no-way-there" if fault.code == "no-such-server" and self.preset.data != OTHER else fault.code
        place = self.places.get(code, "")
        visible = place and (self.preset.data == OTHER or place not in self.only_other)
        self.say(place if visible else "", sentence(code))


class MailForm(AccountForm):
    """How letters leave. The password is never shown again: an empty one keeps what is there."""

    ways, places, only_other = ENCRYPTION_WORDS, _PLACES, ("server", "port", "encryption")
    no_server = _l("Write only the name of the server, like smtp.agency.ru.")
    no_port = _l("A port is a number, like 465.")
    preset = RadioField(_l("Where is your mailbox?"), choices=[SelectChoice(*pair) for pair in PROVIDERS.items()],
                        validate_choice=False)
    server = StringField(_l("Server for outgoing mail"), description=_l("For example, smtp.agency.ru."),
                         render_kw={"autocapitalize": "none", "spellcheck": "false"})
    port = StringField(_l("Port"), [Optional()], description=_l("Left empty, the usual one is taken."),
                       render_kw={"inputmode": "numeric"})
    encryption = RadioField(_l("Encryption"), choices=[SelectChoice(*pair) for pair in ENCRYPTION_WORDS.items()],
                            default=TLS, validate_choice=False)
    login = StringField(_l("Login (e-mail)"), [AtMost(254)],
                        description=_l("The whole address of the mailbox letters leave from."),
                        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false",
                                   "inputmode": "email"})
    password = PasswordField(_l("App password"), [AtMost(500)], render_kw={"autocomplete": "new-password"})
    sender = StringField(_l("Address of the sender"), [Optional(), AtMost(254)], render_kw={"type": "email"},
                         description=_l("Only if it differs from the login. It must belong to the same mailbox."))
    sender_name = StringField(_l("Name of the sender"), [Optional(), AtMost(100)],
                              description=_l("For letters that nobody signs. Left empty, it is the name of the "
                                             "agency."))

    def validate_login(self, field: Field) -> None:
        """Known providers want the whole address; a relay in the own network may want none."""
        if self.preset.data != OTHER:
            Filled(_l("Please write the address of the mailbox."))(self, field)
            if not is_address(field.data):
                raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))
        latin(field, (field.data or "").rpartition("@")[0] or field.data)

    def validate_sender(self, field: Field) -> None:
        """One plain address."""
        if field.data and not is_address(field.data):
            raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))

    def fill_in(self, kept: Relay) -> None:
        """Show what is kept; never the password."""
        for name in ("preset", "server", "encryption", "login", "sender", "sender_name"):
            self[name].data = getattr(kept, name)
        self.port.data = str(kept.port)

    def relay(self, kept: Relay | None) -> Relay | None:
        """What was filled in; None when the password must be typed anew, which stands beside its field then.

        Sent to another server, or under another name, the kept password would be given away.
        """
        known = PRESETS.get(self.preset.data)
        way = known or Way(self.server.data or "", int(self.port.data or PORTS[self.encryption.data]),
                           self.encryption.data)
        # Providers show these passwords in groups; the spaces are not part of them.
        password = "".join((self.password.data or "").split()) if known else self.password.data or ""
        relay = Relay(self.preset.data, way.server, way.port, way.encryption, login=mail_login(self.login.data or ""),
                      password=password, sender=self.sender.data or "",
                      sender_name=plain_name(self.sender_name.data or ""))
        if password or not relay.login:
            return relay
        if kept is not None and kept.password and relay.is_same_account(kept):
            return replace(relay, password=kept.password)
        self.say("password", _l("Please type the app password.") if kept is None or not kept.password
                  else _l("Please type the password: the server or the login is another one now."))
        return None

    def take(self, fault: Fault, **words: Any) -> None:
        """Tell what went wrong while trying out."""
        self.tell(fault, lambda code: relay_fault(code, **words))


def is_address(text: str) -> bool:
    """True for one whole address."""
    return emails.normalise(text) is not None


def mail_login(text: str) -> str:
    """A domain in Russian letters signs in under its Latin name."""
    try:
        return mailbox("From", text)
    except HeaderRefused:
        return text


def latin(field: Field, text: str | None) -> None:
    """Passwords and names of mailboxes have Latin letters only; others come from the wrong keyboard layout."""
    if text and not text.isascii():
        raise ValidationError(str(_l("There are letters that are not Latin. Check the keyboard layout.")))
