"""The form of a letter: its words in one piece or in three parts."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField

from webapp.letters.check_words import FIELDS, sentence
from webapp.letters.checks import Finding
from webapp.letters.drafts import Edition, Words, words_of
from webapp.letters.rules import PARTS
from webapp.web.forms import BaseForm


class LetterForm(BaseForm):
    """`seen` is the stamp of what the writer started from: nobody overwrites a colleague unawares."""

    title = StringField(FIELDS["title"], description=_l("Only staff see it."))
    subject = StringField(FIELDS["subject"])
    body = TextAreaField(FIELDS["body"])
    greeting = TextAreaField(FIELDS["greeting"])
    expect = TextAreaField(FIELDS["expect"])
    more = TextAreaField(FIELDS["more"])
    files = FileField(FIELDS["files"], description=_l("PDF, JPEG or PNG, up to 5 MB each and 10 MB together."),
                      render_kw={"accept": "application/pdf,image/jpeg,image/png"})
    seen = HiddenField()

    def fill_in(self, words: Words, stamp: str) -> None:
        """Show a text."""
        self.title.data, self.subject.data, self.body.data = words.title, words.subject, words.body
        for name in PARTS:
            self[name].data = words.parts.get(name, "")
        self.seen.data = stamp

    def words(self, edition: Edition) -> Words:
        """What was typed; a letter without a name keeps the one it has."""
        shown = edition.shown
        parts = {name: self[name].data or "" for name in PARTS} if edition.is_parted else {}
        return Words(self.title.data or (shown.title if shown else ""), self.subject.data or "",
                     "" if parts else self.body.data or "", parts, words_of(shown).files).tidy()

    def append(self, name: str, text: str) -> None:
        """Put `text` at the end of a field: what an insert button does without JavaScript."""
        field = self[name]
        before = field.data or ""
        field.data = f"{before}{' ' if before and not before[-1].isspace() else ''}{text}"

    def take(self, findings: Iterable[Finding]) -> None:
        """Say beside each field what blocks publishing."""
        for finding in findings:
            field = self[finding.where]
            field.errors = [*field.errors, sentence(finding)]

    def fields_of(self, edition: Edition) -> list[str]:
        """Names of the fields a placeholder may go into, in their order."""
        text = list(PARTS) if edition.is_parted else ["body"]
        return ["subject", *text] if edition.letter.channel == "email" else text
