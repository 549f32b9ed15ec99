"""The form in which an administrator publishes a new version of a consent text."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from webapp.web.forms import AtMost, BaseForm, Filled

_TITLE, _BODY = AtMost(120), AtMost(20_000)


class ConsentTextForm(BaseForm):
    """Title and text in both languages; a version is whole or none. `seen` is the version the writer began with."""

    title_ru = StringField(_l("Title in Russian"), [Filled(), _TITLE])
    body_ru = TextAreaField(_l("Text in Russian"), [Filled(), _BODY], description=_l(
        "An empty line begins a new paragraph, “- ” a point of a list. "
        "Write %(hole)s where the agency’s name shall stand.",
        hole="[агентство]"))
    title_en = StringField(_l("Title in English"), [Filled(), _TITLE])
    body_en = TextAreaField(_l("Text in English"), [Filled(), _BODY], description=_l(
        "Write %(hole)s where the agency’s name shall stand.", hole="[agency]"))
    seen = HiddenField()

    @property
    def began_with(self) -> int:
        """The number of that version; -1 when the form does not tell."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else -1

    @property
    def words(self) -> dict[str, tuple[str, str]]:
        """(title, text) by language."""
        return {"ru": (self.title_ru.data or "", self.body_ru.data or ""),
                "en": (self.title_en.data or "", self.body_en.data or "")}
