"""The survey as a client fills it in, and the review of a trip. They never touch the database."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.surveys import rules
from webapp.surveys.review_rules import LEAST, LONGEST, signed
from webapp.surveys.rules import BY_NAME, NAMELESS, Answers
from webapp.surveys.words import DOCUMENTS, MARKS, SCORES
from webapp.web.forms import AtMost, BaseForm, Filled


def _of(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


class _Open(BaseForm):
    """Behind a personal link the address is the proof, so no form token is needed."""

    class Meta(BaseForm.Meta):
        csrf = False

    website = StringField("")

    @property
    def is_machine(self) -> bool:
        """Something was written where people see no field."""
        return bool(self.website.data)


class SurveyForm(_Open):
    """How the trip was."""

    score = RadioField(_l("How likely are you to recommend us to friends?"), choices=_of(SCORES),
                       validate_choice=False)
    manager_score = RadioField(_l("How did your manager do?"), [Optional()], choices=_of(MARKS),
                               validate_choice=False)
    agency_score = RadioField(_l("And the agency as a whole?"), [Optional()], choices=_of(MARKS),
                              validate_choice=False)
    documents = RadioField(_l("Were the documents and bookings right?"), [Optional()], choices=_of(DOCUMENTS),
                           validate_choice=False)
    text = TextAreaField(_l("What do you remember best? What should we do better?"),
                         [AtMost(rules.LONGEST)], render_kw={"rows": 5})
    video_url = StringField(_l("A link to your video of the trip"), [AtMost(rules.MOST_OF_ADDRESS)],
                            render_kw={"inputmode": "url", "autocapitalize": "none"})
    may_show = BooleanField(_l("You may show what I wrote to others: on your page of reviews and in letters"))
    sign = RadioField(_l("How to sign it"), [Optional()], choices=[], validate_choice=False)
    call_back = BooleanField(_l("Please call me back"))

    def sign_as(self, first: str, last: str) -> None:
        """How this client may sign."""
        self.sign.choices = sign_choices(first, last)

    def validate_score(self, field: Field) -> None:
        """The one question that must be answered."""
        if field.data not in SCORES:
            raise ValidationError(_("Please choose a number from 0 to 10."))

    def validate_video_url(self, field: Field) -> None:
        """An address a browser may be sent to."""
        whole = rules.whole_address(field.data or "")
        if whole and not rules.web_address(whole):
            raise ValidationError(_("This is no address of a video. Copy it where the video is: “Share”, “Copy link”."))
        field.data = whole

    def validate_text(self, field: Field) -> None:
        """What may be shown has to be there."""
        if self.may_show.data and len(field.data or "") < LEAST:
            raise ValidationError(_("Write a few words first, or take the tick from “You may show”."))

    def fill_in(self, said: Answers) -> None:
        """What was answered before."""
        self.score.data = str(said.score)
        for name in ("manager_score", "agency_score"):
            mark = getattr(said, name)
            self[name].data = str(mark) if mark is not None else None
        self.documents.data = said.documents or None
        for name in ("text", "video_url", "may_show", "sign", "call_back"):
            self[name].data = getattr(said, name)

    @property
    def said(self) -> Answers:
        """The answers as clean data."""
        return Answers(
            score=int(self.score.data or 0), manager_score=_mark(self.manager_score.data),
            agency_score=_mark(self.agency_score.data),
            documents=self.documents.data if self.documents.data in rules.DOCUMENTS else "",
            text=(self.text.data or "").replace("\r\n", "\n"), video_url=self.video_url.data or "",
            may_show=bool(self.may_show.data), sign=_sign(self.sign), call_back=bool(self.call_back.data))


class ReviewForm(_Open):
    """A review to be shown to others."""

    text = TextAreaField(_l("Your review"), [Filled(_l("Write a few words about the trip.")), AtMost(LONGEST)],
                         render_kw={"rows": 6})
    sign = RadioField(_l("How to sign it"), [Optional()], choices=[], validate_choice=False)
    agree = BooleanField(_l("I agree that this text is shown to others with this signature, on your page of reviews "
                            "and in letters"))

    def sign_as(self, first: str, last: str) -> None:
        """How this client may sign."""
        self.sign.choices = sign_choices(first, last)

    def validate_text(self, field: Field) -> None:
        """More than a sigh."""
        if field.data and len(field.data) < LEAST:
            raise ValidationError(_("Write a few words about the trip."))

    def validate_agree(self, field: BooleanField) -> None:
        """Nothing is shown without consent."""
        if not field.data:
            raise ValidationError(_("Without your consent nobody will see the review. Tick it, or simply close the "
                                    "page."))

    @property
    def words(self) -> str:
        """The text as it is kept."""
        return (self.text.data or "").replace("\r\n", "\n")

    @property
    def signature(self) -> str:
        """name or anonymous."""
        return _sign(self.sign)


def sign_choices(first: str, last: str) -> list[SelectChoice]:
    """«Анна И.» and without a name; without a first name there is nothing to choose."""
    name = signed(first, last, BY_NAME)
    return [*([SelectChoice(BY_NAME, name)] if name else []), SelectChoice(NAMELESS, _("without a name"))]


def _sign(field: Field) -> str:
    known = [choice.value for choice in field.choices]
    return str(field.data) if field.data in known else NAMELESS


def _mark(data: Any) -> int | None:
    return int(data) if data in MARKS else None
