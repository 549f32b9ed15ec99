"""Forms of the claim to the tour operator: its text, the letter that carries it, another way it went, the answer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.complaints import words
from webapp.complaints.actions.claim_mailing import client_email
from webapp.complaints.actions.claiming import LONGEST, Typed, mark_of
from webapp.complaints.claims import addresses_for
from webapp.complaints.form_parts import Boxes, options
from webapp.complaints.models import Complaint, ComplaintFile, OperatorClaim
from webapp.letters.file_words import size_of
from webapp.letters.files import MOST_FILES, MOST_TOGETHER
from webapp.web.forms import AtMost, BaseForm, DayField, Filled


class ClaimForm(BaseForm):
    """The letter, and which words it was filled in over."""

    seen = HiddenField()
    operator = StringField(_l("Tour operator"), [Filled(), AtMost(200)])
    text = TextAreaField(_l("The claim"), [Filled(), AtMost(LONGEST)], render_kw={"rows": 28})

    @property
    def typed(self) -> Typed:
        """What stands in it."""
        return Typed(self.operator.data or "", self.text.data or "")

    def met(self, theirs: OperatorClaim) -> bool:
        """A colleague has kept `theirs` meanwhile: whoever changed nothing has them in the field now, others see both.

        Pressed once more, they have been read. True where words of one's own are left.
        """
        has_own = mark_of(self.typed.trimmed) != self.seen.data and not self.typed.says_the_same_as(theirs)
        if not has_own:
            self.operator.data, self.text.data = theirs.operator, theirs.text
        self.seen.data = mark_of(theirs)
        return has_own


class MailForm(ClaimForm):
    """The letter as it stands on the page, which is kept first, where it goes by e-mail, and what goes along."""

    address = StringField(_l("E-mail of the tour operator"), [Filled(_l("Write the address.")), AtMost(200)],
                          render_kw={"type": "email", "inputmode": "email", "list": "operator-addresses"})
    files = Boxes(_l("Files that go along"), [Optional()], validate_choice=False)
    has_copy = BooleanField(_l("The client has agreed and gets a copy"))
    anyhow = BooleanField(_l("Send it though not everything is filled in"))

    def ask_about(self, blanks: Sequence[str]) -> None:
        """What is not filled in goes only where somebody says so, and is asked about only then."""
        self.blanks = list(blanks)
        if not blanks:
            del self.anyhow

    def validate(self, extra_validators: Any = None) -> bool:
        """Refused once for blanks, with their names; what else is wrong is said along with it."""
        is_good = super().validate(extra_validators)
        if "anyhow" not in self or self.anyhow.data:
            return is_good
        self.say("", _("Not filled in yet: %(gaps)s. Fill it in above, or tick “%(anyhow)s” and send it so.",
                       gaps=words.gaps(self.blanks), anyhow=self.anyhow.label.text))
        return False

    def offer(self, row: Complaint, claim: OperatorClaim, files: Sequence[ComplaintFile], *, is_fresh: bool) -> None:
        """Put what there is to choose from into the form, and into a fresh one what is likely."""
        self.files.choices = options([(file.token, f"{file.name}, {size_of(file.size)}") for file in files])
        email = client_email(row)
        if email:
            self.has_copy.label.text = _("The client has agreed and gets a copy at %(address)s", address=email)
        else:
            del self.has_copy
        if is_fresh:
            self.address.data = next(iter(addresses_for(claim.operator)), "")
            # The claim names them as its enclosures.
            fits = len(files) <= MOST_FILES and sum(file.size for file in files) <= MOST_TOGETHER
            self.files.data = [file.token for file in files] if fits else []


class DeedForm(BaseForm):
    """When it was sent or answered, and how."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = StringField(_l("How it was sent"), [Filled(_l("Write how: by post, by e-mail, in person.")), AtMost(200)])


class AnswerForm(BaseForm):
    """What the operator answered."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = TextAreaField(_l("What the tour operator answered"), [Filled(_l("Write a few words.")), AtMost(LONGEST)],
                          render_kw={"rows": 4})
