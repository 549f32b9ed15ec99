"""The form about the mailbox that is read for answers and reports."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.post.channels.smtp_check import Fault
from webapp.post.forms import PROVIDERS, AccountForm, is_address, latin, mail_login
from webapp.post.inbox_rules import INBOX, PLACES, PORTS, Inbox
from webapp.post.inbox_words import inbox_fault
from webapp.post.relay_rules import NONE, OTHER, TLS, Relay
from webapp.web.forms import AtMost, Filled

ENCRYPTION_WORDS = {TLS: _l("TLS (usually port 993)"), NONE: _l("None (only in the own network)")}
_PLACES = {"login": "password", "no-such-server": "server", "port-closed": "port", "no-answer": "server",
           "bad-certificate": "server", "other-encryption": "encryption", "login-not-offered": "encryption",
           "no-encryption": "encryption", "not-imap": "port", "no-folder": "folder", "cannot-move": "done_folder",
           "no-done-folder": "done_folder", "plus-refused": "plus", "no-address": "address"}
_PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class InboxForm(AccountForm):
    """Where answers are read. The password is never shown again: an empty one keeps what is there."""

    ways, places, only_other = ENCRYPTION_WORDS, _PLACES, ("server", "port", "encryption", "address")
    no_server = _l("Write only the name of the server, like imap.agency.ru.")
    no_port = _l("A port is a number, like 993.")
    preset = RadioField(_l("Where is the mailbox?"), choices=[SelectChoice(*pair) for pair in PROVIDERS.items()],
                        validate_choice=False)
    server = StringField(_l("Server for incoming mail (IMAP)"), description=_l("For example, imap.agency.ru."),
                         render_kw=_PLAIN)
    encryption = RadioField(_l("Encryption"), choices=[SelectChoice(*pair) for pair in ENCRYPTION_WORDS.items()],
                            default=TLS, validate_choice=False)
    port = StringField(_l("Port"), [Optional()], description=_l("Left empty, the usual one is taken."),
                       render_kw={"inputmode": "numeric"})
    address = StringField(_l("Address of the mailbox"), [Optional(), AtMost(254)], render_kw=_PLAIN,
                          description=_l("Only if it differs from the login."))
    login = StringField(_l("Login (e-mail)"), [AtMost(254)], render_kw={**_PLAIN, "inputmode": "email"},
                        description=_l("The whole address of the mailbox that gets the answers. It may be the one "
                                       "letters leave from."))
    password = PasswordField(_l("App password"), [AtMost(500)], render_kw={"autocomplete": "new-password"})
    folder = StringField(_l("Folder"), [AtMost(100)], default=INBOX, render_kw=_PLAIN,
                         description=_l("INBOX is where letters come in."))
    done_folder = StringField(_l("Folder for understood letters"), [Optional(), AtMost(100)], render_kw=_PLAIN,
                              description=_l("Answers, returned letters and automatic replies are put there after they "
                                             "were read. Left empty, all stays where it is, unread."))
    plus = BooleanField(_l("Letters to an address like mail+word@agency.ru reach this mailbox"),
                        description=_l("Then every letter gets its own address for answers, and each is recognised "
                                       "without fail. Yandex, Gmail and most other mail can do that: to be sure, "
                                       "send a letter to yourself with “+test” before the @."))
    keeps_strangers = BooleanField(_l("Show letters of people we do not know"), default=True,
                                   description=_l("They wait under “Incoming” until somebody says whose they are. "
                                                  "Switch it off when the mailbox gets much other mail."))
    office = SelectField(_l("Who sorts them"), coerce=int, choices=[], validate_choice=False)
    is_on = BooleanField(_l("Read this mailbox"), default=True)

    def validate_login(self, field: Field) -> None:
        """Known providers want the whole address."""
        Filled(_l("Please write the address of the mailbox."))(self, field)
        if self.preset.data != OTHER and not is_address(field.data):
            raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))
        latin(field, (field.data or "").rpartition("@")[0] or field.data)

    def validate_address(self, field: Field) -> None:
        """One plain address."""
        if self.preset.data == OTHER and field.data and not is_address(field.data):
            raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))

    def fill_in(self, kept: Inbox) -> None:
        """Show what is kept; never the password."""
        for name in ("preset", "server", "encryption", "login", "address", "folder", "done_folder", "plus",
                     "keeps_strangers", "is_on"):
            self[name].data = getattr(kept, name)
        self.port.data, self.office.data = str(kept.port), kept.office_id

    def inbox(self, kept: Inbox | None, relay: Relay | None) -> Inbox | None:
        """What was filled in; None when the password must be typed, which stands beside its field then.

        A kept password is used again only for the same account; the one of the mail server only where provider and
        login are the same.
        """
        known = PLACES.get(self.preset.data)
        encryption = TLS if known else self.encryption.data
        port = 993 if known else int(self.port.data or PORTS[encryption])
        password = "".join((self.password.data or "").split()) if known else self.password.data or ""
        found = Inbox(
            self.preset.data, known or self.server.data or "", port, encryption, mail_login(self.login.data or ""),
            password, "" if known else self.address.data or "", self.folder.data or INBOX, self.done_folder.data or "",
            self.plus.data, self.keeps_strangers.data, self.office.data or 0, self.is_on.data)
        if password:
            return found
        if kept is not None and kept.password and found.is_same_account(kept):
            return replace(found, password=kept.password)
        if relay is not None and known and (relay.preset, relay.login) == (found.preset, found.login) and (
                relay.password):
            return replace(found, password=relay.password)
        self.say("password", _l("Please type the app password."))
        return None

    def take(self, fault: Fault, **words: Any) -> None:
        """Tell what went wrong while trying out."""
        self.tell(fault, lambda code: inbox_fault(code, **words))
