"""The styleguide: every part of the look in every state, shown on the developer's machine only."""

from flask import Blueprint, render_template
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.web.forms import BaseForm, DayField, Filled
from webapp.web.guard import open_to_all

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")
STATES = ("over", "today", "broken", "pause", "done", "skip", "ok", "wait")


class SampleForm(BaseForm):
    """One field of every kind."""

    name = StringField("Name and surname", [Filled()], description="As in the passport, or as people say it.")
    departure = DayField("Departure", [Filled()])
    phone = StringField("Phone", [Optional()])
    country = SelectField("Country", choices=[("tr", "Türkiye"), ("eg", "Egypt"), ("lk", "Sri Lanka")])
    wish = TextAreaField("Wishes", [Optional()])
    channel = RadioField("How to reach them", choices=[("phone", "Phone"), ("mail", "E-mail"),
                                                             ("sms", "SMS")])
    topics = SelectMultipleField("Letters they want", [Optional()], option_widget=CheckboxInput(),
                                 widget=ListWidget(prefix_label=False),
                                 choices=[("trip", "About the trip"), ("news", "News"),
                                          ("birthday", "Birthday")])
    photo = FileField("Photo", [Optional()])
    agree = BooleanField("Agrees to receive news by e-mail")


@bp.get("")
@open_to_all
def styleguide() -> str:
    """All parts on one page."""
    return render_template("styleguide/page.html", form=_clean(), wrong=_wrong(), states=STATES)


@bp.get("/public")
@open_to_all
def public() -> str:
    """The parts of client pages."""
    return render_template("styleguide/public.html")


@bp.get("/bare")
@open_to_all
def bare() -> str:
    """The frame of pages before signing in."""
    return render_template("styleguide/bare.html", form=_clean())


def _clean() -> SampleForm:
    return SampleForm(formdata=None, meta={"csrf": False}, data={"channel": "phone", "name": "Анна Иванова"},
                      prefix="a-")


def _wrong() -> SampleForm:
    form = SampleForm(formdata=None, meta={"csrf": False}, data={"phone": "12"}, prefix="b-")
    form.validate()
    form.phone.errors = ["Write the phone with its area code, for example +7 900 000-18-42."]
    form.agree.errors = ["Without this we may not write."]
    return form
