"""The form of a sender identity: name, role, lines, where answers go, a photo, links to messengers."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.kit import emails, phones
from webapp.kit.text import clean
from webapp.letters.files import MOST_EACH
from webapp.letters.identities import OFFICE_ANSWERS, Fields
from webapp.letters.signatures import MESSENGER_HOSTS, MESSENGERS, MOST_LINES, host_of
from webapp.post.mime import HeaderRefused, mailbox
from webapp.web.forms import AtMost, BaseForm

SAME = _l("Empty: as in the other letters.")
LONGEST_NAME, LONGEST_LINE, LONGEST_LINK = 80, 120, 200
_SELLER = ("role", "role_en", "lines", "lines_en", "vk", "telegram", "max", "replies")
_OTHERS = ("name", "name_en", "role", "role_en", "email", "phone", "lines", "lines_en", "vk", "telegram", "max")
_HOME = {"vk": "https://vk.com/", "telegram": "https://t.me/", "max": "https://max.ru/"}


def _short() -> list[Any]:
    return [Optional(), AtMost(LONGEST_NAME)]


class IdentityForm(BaseForm):
    """`seen` is what the writer started from; `kept_photo` is the photo that stays unless another one is chosen."""

    name = StringField(_l("Name"), _short(), description=_l("As clients read it: first name and surname."))
    name_en = StringField(_l("Name, for letters in English"), _short(), description=SAME)
    role = StringField(_l("Role"), _short(), description=_l("For example: director, or director of quality."))
    role_en = StringField(_l("Role, for letters in English"), _short(), description=SAME)
    email = StringField(_l("Where answers go"), [Optional()], render_kw={"type": "email", "inputmode": "email"},
                        description=_l("An e-mail that somebody reads. It also stands in the signature."))
    phone = StringField(_l("Phone"), [Optional()], render_kw={"type": "tel"},
                        description=_l("Empty: the phone of the office."))
    lines = TextAreaField(_l("Lines under the name"), [Optional()], render_kw={"rows": "2"},
                          description=_l("Up to three short lines, as you like: hours, a motto, a licence number."))
    lines_en = TextAreaField(_l("These lines, for letters in English"), [Optional()], render_kw={"rows": "2"},
                             description=SAME)
    vk = StringField("VK", [Optional()], render_kw={"inputmode": "url", "placeholder": "vk.com/…"})
    telegram = StringField("Telegram", [Optional()], render_kw={"inputmode": "url", "placeholder": "t.me/…"})
    max = StringField("MAX", [Optional()], render_kw={"inputmode": "url", "placeholder": "max.ru/…"})
    replies = RadioField(_l("Where answers go"), default="", choices=[
        SelectChoice("", _l("to the manager of the trip")),
        SelectChoice(OFFICE_ANSWERS, _l("to the mailbox of the office"))])
    photo = FileField(_l("Photo"), description=_l("JPEG or PNG up to 5 MB; the middle is cut out as a circle."),
                      render_kw={"accept": "image/jpeg,image/png"})
    no_photo = BooleanField(_l("without a photo"))
    seen = HiddenField()

    def show(self, fields: Fields) -> None:
        """Fill in what is kept."""
        for name in ("name", "name_en", "role", "role_en", "email", "lines", "lines_en", "replies"):
            self[name].data = getattr(fields, name)
        self.phone.data = phones.display(fields.phone) if fields.phone else ""
        for kind in MESSENGERS:
            self[kind].data = next((link for link in fields.links if host_of(link) in MESSENGER_HOSTS[kind]), "")
        self.seen.data = fields.stamp

    def fields(self, code: str, kept: Fields) -> Fields:
        """What was typed, as far as this identity has it; the photo that is kept stays unless it was taken away."""
        names = set(names_of(code))
        typed = {name: str(self[name].data or "") for name in names - set(MESSENGERS) - {"lines", "lines_en"}}
        for name in ("name", "name_en", "role", "role_en"):
            typed[name] = clean(typed.get(name, ""))
        typed["phone"] = phones.normalise(typed.get("phone", "")) or typed.get("phone", "")
        links = tuple(address for kind in MESSENGERS if (address := link_of(kind, self[kind].data or "")))
        return Fields(**typed, lines=tidy_lines(self.lines.data), lines_en=tidy_lines(self.lines_en.data), links=links,
                      photo="" if self.no_photo.data or code == "seller" else kept.photo)

    def picture(self) -> bytes | None:
        """The chosen photo, read once; one byte more than is allowed tells that it is too big."""
        chosen = self.photo.data
        if not chosen or not getattr(chosen, "filename", ""):
            return None
        data: bytes = chosen.stream.read(MOST_EACH + 1)
        return data

    def take(self, name: str, sentence: str) -> None:
        """Say it beside a field."""
        self[name].errors = [*self[name].errors, sentence]

    def validate_email(self, field: Field) -> None:
        """An address that mail can be answered to."""
        address = emails.normalise(field.data)
        try:
            if address is None:
                raise HeaderRefused("Reply-To", "no address")
            mailbox("Reply-To", address)
        except HeaderRefused:
            near = emails.suggestion(field.data)
            raise ValidationError(gettext("This is no e-mail address. Did you mean %(near)s?", near=near) if near else
                                  gettext("This is no e-mail address we can send to.")) from None
        field.data = address

    def validate_phone(self, field: Field) -> None:
        """A number that can be dialled."""
        if phones.normalise(field.data) is None:
            raise ValidationError(gettext("We could not read this number. Write it like +7 495 123-45-67."))

    def validate_lines(self, field: Field) -> None:
        """Short, and not many."""
        lines = [line for line in (field.data or "").split("\n") if line.strip()]
        if len(lines) > MOST_LINES or any(len(line.strip()) > LONGEST_LINE for line in lines):
            raise ValidationError(gettext("At most three lines of %(num)s characters.", num=LONGEST_LINE))

    validate_lines_en = validate_lines

    def _messenger(self, field: Field) -> None:
        if not link_of(field.name, field.data):
            raise ValidationError(gettext("This is no address in %(name)s. Write it like %(like)s.",
                                          name=MESSENGERS[field.name], like=f"{_HOME[field.name]}anna"))

    validate_vk = validate_telegram = validate_max = _messenger


def names_of(code: str) -> Sequence[str]:
    """Fields this identity has: the seller's name and addresses are those of the manager."""
    return _SELLER if code == "seller" else _OTHERS


def tidy_lines(text: str | None) -> str:
    """Lines without empty ones between."""
    return "\n".join(filter(None, (clean(line) for line in (text or "").split("\n"))))


def link_of(kind: str, typed: str) -> str:
    """The https address of a messenger that was meant by «@anna», «t.me/anna», «https://t.me/anna»; "" for none."""
    text = clean(typed)
    if text.startswith("@"):
        text = _HOME[kind] + text[1:]
    if "://" not in text:
        text = f"https://{text}"
    head, _sep, path = text.partition("://")
    plain = all(33 <= ord(char) < 127 and char not in "\"'<>\\`{}|^" for char in text)
    if head.lower() not in ("http", "https") or not plain or len(text) > LONGEST_LINK or "@" in path.partition("/")[0]:
        return ""
    known = host_of(text) in MESSENGER_HOSTS[kind] and path.partition("/")[2].strip("/")
    return f"https://{path}" if known else ""
