"""Forms of the import: the file, and what its columns hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from webapp.batches.reading import MAX_BYTES
from webapp.batches.tables import UnreadableFile
from webapp.staff.models import Office
from webapp.trips import sheet_words
from webapp.trips.columns import REPEATED
from webapp.trips.sellers import Sellers
from webapp.trips.sheet_file import Choices, Shape
from webapp.trips.sheet_managers import Named
from webapp.web.forms import BaseForm

# Forms trim what they get, and a tab would be trimmed away.
TAB = sheet_words.TAB


def _choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class UploadForm(BaseForm):
    """The sheet and the office it belongs to."""

    file = FileField(_l("File with the sheet"), description=_l("Excel (XLSX) or CSV, up to 10 MB and 10,000 rows."),
                     render_kw={"accept": ".csv,.txt,.xlsx,.xls,.ods"})
    office = SelectField(_l("Office"), coerce=int)

    def offer(self, offices: Sequence[Office]) -> None:
        """Offices to choose from."""
        self.office.choices = _choices((office.id, office.name) for office in offices)

    def validate_file(self, field: FileField) -> None:
        """A file was chosen and is not too big; it is read once, here."""
        if not field.data or not field.data.filename:
            raise ValidationError(gettext("Please choose a file."))
        self.content: bytes = field.data.stream.read(MAX_BYTES + 1)
        if len(self.content) > MAX_BYTES:
            raise ValidationError(sheet_words.unreadable(UnreadableFile("too-large", megabytes=MAX_BYTES // 2**20)))

    @property
    def file_name(self) -> str:
        """What the owner calls the file, without folders and control characters."""
        name = (self.file.data.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
        return "".join(char for char in name if char.isprintable())


class SheetForm(BaseForm):
    """What each column holds, whom each manager means, how the file is read. `sheet_form` adds a list for each."""

    office = SelectField(_l("Office"), coerce=int)
    sheet = SelectField(_l("Sheet"))
    encoding = SelectField(_l("Letters (encoding)"), choices=_choices(sheet_words.ENCODINGS))
    delimiter = SelectField(_l("Between columns"), choices=_choices(sheet_words.DELIMITERS))

    def choices_for(self, shape: Shape) -> Choices:
        """What was chosen; a file that is to be read in another way has other columns, and they are guessed anew."""
        delimiter = self.delimiter.data or ""
        read = {"encoding": self.encoding.data or "", "delimiter": "\t" if delimiter == TAB else delimiter,
                "sheet": self.sheet.data or ""}
        if read != dict(shape.chosen):
            return Choices(None, **read)
        columns: dict[str, list[int]] = {}
        for index, name in self._held():
            if name:
                columns.setdefault(name, []).append(index)
        return Choices(columns, **read)

    @property
    def twice(self) -> list[str]:
        """Fields that only one column may hold but several do."""
        names = [name for _index, name in self._held() if name and name not in REPEATED]
        return sorted({name for name in names if names.count(name) > 1})

    def is_changed(self, shape: Shape, office_id: int) -> bool:
        """Is something chosen that the rows have not been looked at with?"""
        choices = self.choices_for(shape)
        present = {name: list(indexes) for name, indexes in shape.columns.items() if indexes}
        return choices.columns != present or self.office.data != office_id

    @property
    def owners(self) -> dict[str, int]:
        """Field of a manager's name → id of a colleague, 0 for nobody."""
        return {field.name: field.data for field in self.fields_of_managers()}

    def fields_of_managers(self) -> list[SelectField]:
        """The list of each manager's name, in the order of the names."""
        return [field for field in self if field.name.startswith("who-")]

    def fields_of_columns(self) -> list[SelectField]:
        """The list of each column, in the order of the sheet."""
        return [field for field in self if field.name[1:].isdecimal()]

    def _held(self) -> list[tuple[int, str]]:
        return [(int(field.name[1:]), field.data or "") for field in self.fields_of_columns()]


def sheet_form(shape: Shape, offices: Sequence[Office], office_id: int, names: Sequence[Named],
               sellers: Sellers) -> Any:
    """The form for one sheet, filled in as it is read now."""
    choices = [SelectChoice("", gettext("do not import"), optgroup=None)]
    choices += [SelectChoice(name, label, optgroup=group) for group, fields in sheet_words.field_groups()
                for name, label in fields]
    lists = {f"c{i}": SelectField(heading or gettext("Column %(number)s", number=i + 1), choices=choices)
             for i, heading in enumerate(shape.heading)}
    people = _choices([(0, gettext("no manager")), *((c.id, c.name) for c in sellers.colleagues)])
    lists |= {name.field: SelectField(name.text or gettext("No name in the sheet"), choices=people, coerce=int)
              for name in names}
    owners = {name.field: name.owner_id for name in names}
    form = type("OneSheetForm", (SheetForm,), lists)(data={**_present(shape, office_id), **owners})
    form.office.choices = _choices((office.id, office.name) for office in offices)
    form.sheet.choices = _choices([("", shape.sheets[0] if shape.sheets else ""), *((n, n) for n in shape.sheets[1:])])
    return form


def _present(shape: Shape, office_id: int) -> Mapping[str, Any]:
    held = {index: name for name, indexes in shape.columns.items() for index in indexes}
    return {**{f"c{i}": held.get(i, "") for i in range(len(shape.heading))}, "office": office_id, **shape.chosen,
            "delimiter": TAB if shape.chosen.get("delimiter") == "\t" else shape.chosen.get("delimiter", "")}
