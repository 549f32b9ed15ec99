"""Forms of procedures, root causes and deadlines; they never touch the database."""

from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.complaints import words
from webapp.complaints.clock_rules import Terms
from webapp.complaints.form_parts import choices
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_NAME, _TEXT = AtMost(120), AtMost(5000)
TEXTS = ("name_ru", "name_en", "text_ru", "text_en", "remedy_ru", "remedy_en")


class ProcedureForm(BaseForm):
    """One procedure in both languages."""

    form_key = KeyField()
    kind = SelectField(_l("What it comes to"), choices=choices(words.KINDS))
    name_ru = StringField(_l("Name in Russian"), [Filled(), _NAME])
    name_en = StringField(_l("Name in English"), [Optional(), _NAME])
    text_ru = TextAreaField(_l("What the client is told, in Russian"), [Filled(), _TEXT], render_kw={"rows": 5})
    text_en = TextAreaField(_l("What the client is told, in English"), [Optional(), _TEXT], render_kw={"rows": 5})
    remedy_ru = TextAreaField(_l("Usual remedy, in Russian"), [Optional(), _TEXT], render_kw={"rows": 2})
    remedy_en = TextAreaField(_l("Usual remedy, in English"), [Optional(), _TEXT], render_kw={"rows": 2})
    decide_days = StringField(_l("Decision within, working days"), [Optional()], render_kw=_NUMBER,
                              description=_l("Empty: as for all complaints."))
    legal_days = StringField(_l("By law within, calendar days"), [Optional()], render_kw=_NUMBER,
                             description=_l("Empty: as for all complaints."))
    active = BooleanField(_l("Can be chosen"))

    def validate_decide_days(self, field: Field) -> None:
        """A number of days, or nothing."""
        _check(field)

    def validate_legal_days(self, field: Field) -> None:
        """A number of days, or nothing."""
        _check(field)

    @property
    def wording(self) -> dict[str, Any]:
        """What a valid form says."""
        return {"kind": self.kind.data, "active": bool(self.active.data),
                **{name: self[name].data or "" for name in TEXTS},
                **{name: _number(self[name].data) for name in ("decide_days", "legal_days")}}


class CauseForm(BaseForm):
    """One root cause."""

    form_key = KeyField()
    name_ru = StringField(_l("Name in Russian"), [Filled(), _NAME])
    name_en = StringField(_l("Name in English"), [Optional(), _NAME])
    active = BooleanField(_l("Can be chosen"))


class TermsForm(BaseForm):
    """How long each step may take."""

    @property
    def terms(self) -> Terms:
        """What a valid form says."""
        return Terms(**{field.name: _number(self[field.name].data) or 0 for field in fields(Terms)})

    def fill_in(self, terms: Terms) -> None:
        """Show what is in force."""
        for field in fields(Terms):
            self[field.name].data = str(getattr(terms, field.name))


def _a_number(form: BaseForm, field: Field) -> None:
    if _number(field.data) is None:
        raise ValidationError(_("Write a whole number."))


for _one in fields(Terms):
    setattr(TermsForm, _one.name, StringField(words.TERMS[_one.name], [_a_number], render_kw=_NUMBER,
                                              description=words.TERM_HINTS.get(_one.name, "")))


def _check(field: Field) -> None:
    if field.data and _number(field.data) is None:
        raise ValidationError(_("Write a whole number."))


def _number(typed: Any) -> int | None:
    plain = str(typed if typed is not None else "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 6 else None
