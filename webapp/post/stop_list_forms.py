"""Forms of the stop list."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.post.stop_list import entry_of
from webapp.web.forms import AtMost, BaseForm, Filled

SCOPES = {"all": "", "news": "marketing"}
MOST, LARGEST = 5_000, 512 * 1024


class StopListForm(BaseForm):
    """Addresses, typed, pasted or in a file; what of letters is stopped; and why."""

    addresses = TextAreaField(_l("E-mails and phones"), [AtMost(LARGEST)], description=_l(
        "One or many: on lines of their own, or with commas between."))
    file = FileField(_l("Or a file with them"), [Optional()],
                     description=_l("A text or CSV file, up to 5,000 addresses."))
    scope = RadioField(_l("What is stopped?"), [Filled()], choices=[
        SelectChoice("all", _l("Everything, letters about trips too")), SelectChoice("news", _l("News and offers"))])
    note = StringField(_l("Why"), [Filled(_l("Write why: somebody will ask.")), AtMost(300)])

    entries: list[tuple[str, str]]
    strange: list[str]

    def validate_addresses(self, _field: Any) -> None:
        """Read all addresses; at least one is needed, and not more than can be done at once."""
        self.entries, self.strange = [], []
        for word in re.split(r"[\n\r,;\t]+", f"{self.addresses.data or ''}\n{self._file_text()}"):
            if word := word.strip(" \"'<>"):
                entry = entry_of(word)
                if entry is None:
                    self.strange.append(word[:60])
                elif entry not in self.entries:
                    self.entries.append(entry)
        if not self.entries:
            raise ValidationError(_l(
                "There is no e-mail or phone in it. Write them like anna@example.com or +7 916 123-45-67."))
        if len(self.entries) > MOST:
            raise ValidationError(_l("More than 5,000 addresses: add them in parts."))

    def _file_text(self) -> str:
        data = self.file.data.read(LARGEST) if getattr(self.file.data, "filename", "") else b""
        try:
            return str(data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return str(data.decode("cp1251", "replace"))


class LiftForm(BaseForm):
    """Why an address may be written to again."""

    address = HiddenField()
    reason = StringField(_l("Why may we write again?"), [Filled(_l("Write why: somebody will ask.")), AtMost(300)])
