"""Forms of the claim to the tour operator: its text, the letter that carries it, another way it went, the answer."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.complaints.actions.claim_mailing import client_email
from webapp.complaints.actions.claiming import LONGEST, mark_of
from webapp.complaints.claims import addresses_for
from webapp.complaints.forms import Boxes, options
from webapp.complaints.models import Complaint, ComplaintFile, OperatorClaim
from webapp.letters.file_words import size_of
from webapp.letters.files import MOST_FILES, MOST_TOGETHER
from webapp.web.forms import AtMost, BaseForm, DayField, Filled


class ClaimForm(BaseForm):
    """The letter, and which words it was filled in over."""

    seen = HiddenField()
    operator = StringField(_l("Tour operator"), [Filled(), AtMost(200)])
    text = TextAreaField(_l("The claim"), [Filled(), AtMost(LONGEST)], render_kw={"rows": 28})


class MailForm(BaseForm):
    """Where the claim goes by e-mail, and what goes along; `over` is the mark of the text that was looked at."""

    over = HiddenField()
    address = StringField(_l("E-mail of the tour operator"), [Filled(_l("Write the address.")), AtMost(200)],
                          render_kw={"type": "email", "inputmode": "email", "list": "operator-addresses"})
    files = Boxes(_l("Files that go along"), [Optional()], validate_choice=False)
    has_copy = BooleanField(_l("The client has agreed and gets a copy"))

    def offer(self, row: Complaint, claim: OperatorClaim, files: Sequence[ComplaintFile], *,
              is_fresh: bool) -> list[str]:
        """Put what there is to choose from into the form, and into a fresh one what is likely; gives the addresses
        used before."""
        self.files.choices = options([(file.token, f"{file.name}, {size_of(file.size)}") for file in files])
        email, known = client_email(row), addresses_for(claim.operator)
        if email:
            self.has_copy.label.text = _("The client has agreed and gets a copy at %(address)s", address=email)
        else:
            del self.has_copy
        if is_fresh:
            self.over.data, self.address.data = mark_of(claim), known[0] if known else ""
            # The claim names them as its enclosures.
            fits = len(files) <= MOST_FILES and sum(file.size for file in files) <= MOST_TOGETHER
            self.files.data = [file.token for file in files] if fits else []
        return known


class DeedForm(BaseForm):
    """When it was sent or answered, and how."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = StringField(_l("How it was sent"), [Filled(_l("Write how: by post, by e-mail, in person.")), AtMost(200)])


class AnswerForm(BaseForm):
    """What the operator answered."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = TextAreaField(_l("What the tour operator answered"), [Filled(_l("Write a few words.")), AtMost(LONGEST)],
                          render_kw={"rows": 4})
