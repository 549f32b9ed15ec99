"""Uploaded tables are read in every usual wrapping, and what is no table is refused with a reason."""

import io
import resource
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.batches.defuse import bad_rows_csv, defuse, undefuse
from webapp.batches.reading import MAX_BYTES, MESSAGES, UnreadableFile, read_file, read_table

DATA = Path(__file__).parent.parent / "data"
SMALL = "Клиент;Телефон;Дата вылета\r\nИванова Анна;8 916 123-45-67;03.12.2026\r\nЩукин Пётр;;04.12.2026\r\n"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refused(data: bytes, **options: str) -> str:
    with pytest.raises(UnreadableFile) as error:
        read_table(data, **options)
    assert str(error.value) == MESSAGES[error.value.code] % error.value.params
    return error.value.code


def workbook(rows: str, *, shared: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A hand-made XLSX whose only sheet holds these rows of XML."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
                       f'<Relationship Id="r" Type="{office}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{office}"><sheets><sheet name="Лист" sheetId="1"'
        ' r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type='
        f'"{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{NAMESPACE}">{shared}</sst>', **(extra or {})}
    return zipped(parts)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "cp1251", "koi8_r", "cp866", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_recognised(encoding: str, delimiter: str) -> None:
    table = read_table(SMALL.replace(";", delimiter).encode(encoding))
    assert table.delimiter == delimiter
    assert [row.cells for row in table.rows] == [
        ("Клиент", "Телефон", "Дата вылета"), ("Иванова Анна", "8 916 123-45-67", "03.12.2026"),
        ("Щукин Пётр", "", "04.12.2026")]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866", "utf-16-le", "utf-16"])
def test_the_agencys_sheet_is_the_same_in_every_encoding(encoding: str) -> None:
    text = (DATA / "checklist.csv").read_text(encoding="utf-8-sig").replace("✓", "+").replace("№", "N")
    assert read_table(text.encode(encoding)).rows == read_table(text.encode("utf-8-sig")).rows


def test_a_person_may_overrule_the_delimiter_and_the_encoding() -> None:
    assert read_table(b"a,b;c\n", delimiter=";").rows[0].cells == ("a,b", "c")
    assert read_table("Анна;1\n".encode("koi8_r"), encoding="koi8_r").rows[0].cells[0] == "Анна"
    assert refused("Анна;1\n".encode("cp1251"), encoding="utf-8") == "unknown-encoding"
    assert refused(b"a;b\n", encoding="no-such-thing") == "unknown-encoding"


def test_commas_inside_cells_do_not_pass_for_delimiters() -> None:
    text = "Клиент;Цена;Куда\n" + "Анна;417 990,00;Куба, Варадеро\n" * 5
    assert read_table(text.encode()).delimiter == ";"
    assert read_table('Клиент,Куда\nАнна,"Куба; Варадеро"\n'.encode()).delimiter == ","


def test_lines_are_numbered_as_a_spreadsheet_shows_them() -> None:
    table = read_table('Имя,Прим\nАнна,"VIP ""люкс""\nперезвонить"\n\nПётр,x\n'.encode())
    assert [(row.line, row.cells) for row in table.rows] == [
        (1, ("Имя", "Прим")), (2, ("Анна", 'VIP "люкс"\nперезвонить')), (3, ()), (4, ("Пётр", "x"))]
    assert [row.line for row in table.rows if row.is_blank] == [3]


def test_the_line_that_names_the_delimiter_is_obeyed_and_not_counted() -> None:
    table = read_table(b"sep=|\r\na;b|c\r\n1;2|3\r\n")
    assert [(r.line, r.cells) for r in table.rows] == [(1, ("a;b", "c")), (2, ("1;2", "3"))]


def test_a_workbook_keeps_its_types_and_its_line_numbers() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"], sheet["C3"], sheet["D3"], sheet["E3"] = "Анна", 79161234567, date(2026, 11, 3), True
    sheet["B5"], sheet["C5"], sheet["D5"] = "=1+2", 1.5, "'=2+2"
    book.create_sheet("Скрытый").sheet_state = "hidden"
    book["Скрытый"]["A1"] = "тайна"
    book.create_sheet("Ноябрь")["A1"] = "x"
    book.create_sheet("Пустой")
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert table.kind == "xlsx" and table.sheets == ("Sheet", "Ноябрь")
    assert [(r.line, r.cells) for r in table.rows if not r.is_blank] == [
        (3, (None, "Анна", 79161234567, date(2026, 11, 3), True)), (5, (None, "=1+2", 1.5, "=2+2", None))]
    assert read_table(out.getvalue(), sheet="Ноябрь").rows[0].cells == ("x",)
    assert refused(out.getvalue(), sheet="Скрытый") == "no-such-sheet"


def ods(rows: str) -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{name}:manifest:1.0"/>',
        "content.xml": f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0"'
        f' xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Лист">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"})


def ods_cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def test_an_ods_file_is_read_and_its_monsters_are_refused() -> None:
    row = f"<table:table-row>{ods_cell('Анна')}{ods_cell('x')}</table:table-row>"
    tail = ('<table:table-row table:number-rows-repeated="1048000">'
            '<table:table-cell table:number-columns-repeated="1024"/>')
    assert read_table(ods(row + tail + "</table:table-row>")).rows[0].cells == ("Анна", "x")
    many = f'<table:table-row table:number-rows-repeated="1000000">{ods_cell("x")}</table:table-row>'
    assert refused(ods(many)) == "too-many-rows"
    wide = "<table:table-row>" + ods_cell("x", 'table:number-columns-repeated="16384"') + "</table:table-row>"
    assert refused(ods(wide)) == "too-many-columns"


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"), (b"  \r\n \r\n", "empty"), (b"PK\x03\x04junk", "damaged"), (b"a,b\n1,\x002\n", "not-a-table"),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not-a-table"), (b"%PDF-1.7 ...", "not-a-table"),
    (b"<html><table><tr><td>1</td></tr></table>", "not-a-table"), (b'a,b\n1,"2\n3,4\n', "open-quote"),
    (b"a,b\n" + b"x" * 200_000 + b",1\n", "long-cell"), (b"\xff\xfea\x00b", "unknown-encoding"),
    (b"a;b\n" * 50_001, "too-many-rows"), (b"a" + b";b" * 300, "too-many-columns"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"), (zipped({"readme.txt": "x"}), "not-a-table"),
    ("Клиент;Комментарий\n".encode() + "Иванова Анна;всё хорошо и спокойно\n".encode() * 9 + b"\xd0;\n",
        "mixed-encoding"),
])
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_file_of_fifty_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.code == "too-large" and error.value.params == {"megabytes": 10}
    assert refused(b"a" * (MAX_BYTES + 1)) == "too-large"


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refused(workbook("", extra={"xl/media/bomb.bin": b"\0" * 300_000_000})) == "unpacks-too-large"


@pytest.mark.slow
def test_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    honest = workbook("", extra={"xl/media/bomb.bin": b"\0" * 300_000_000})
    lying = honest.replace((300_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != honest
    assert refused(lying) in ("unpacks-too-large", "damaged")


def test_two_cells_at_the_far_corners_do_not_take_the_house_down() -> None:
    far = f'<row r="1">{text_cell("A1", "x")}</row><row r="1048576">{text_cell("XFD1048576", "y")}</row>'
    assert refused(workbook(far)) == "too-many-rows"
    wide = f'<row r="1">{text_cell("A1", "x")}{text_cell("XFD1", "y")}</row>'
    assert refused(workbook(wide)) == "too-many-columns"


def test_one_long_text_used_in_every_cell_is_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3001))
    assert refused(workbook(rows, shared=f"<si><t>{'я' * 30_000}</t></si>")) == "unpacks-too-large"


def test_entities_of_a_workbook_are_never_expanded() -> None:
    sheet = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
             f'<worksheet xmlns="{NAMESPACE}"><sheetData/></worksheet>').encode()
    assert refused(workbook("", extra={"xl/worksheets/sheet2.xml": sheet})) == "damaged"


def test_a_damaged_workbook_is_called_damaged() -> None:
    good = (DATA / "checklist.xlsx").read_bytes()
    for end in (100, 2000, len(good) // 2, len(good) - 30):
        assert refused(good[:end]) == "damaged"
    assert refused(workbook("<row r='x'><c></row>")) == "damaged"


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured the Unix way")
def test_the_largest_csv_allowed_is_read_in_bounded_memory() -> None:
    line = ("Иванова Анна Петровна;8 916 123-45-67;a@example.ru;" + "да;" * 15 + "03.12.2026\r\n").encode("cp1251")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = read_table(line * (MAX_BYTES // len(line) // 2))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert len(table.rows) > 40_000
    assert grown < 400 * 1024


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        table = read_table(data)
    except UnreadableFile as error:
        assert error.code in MESSAGES
    else:
        assert [row.line for row in table.rows] == list(range(1, len(table.rows) + 1))


@pytest.mark.parametrize("text", ["=1+1", "+7 916", "-5", "@x", "\t=1", "\r=1", "'=1", "  =cmd|' /C calc'!A0", "''+1"])
def test_no_spreadsheet_takes_a_defused_cell_for_a_formula(text: str) -> None:
    assert defuse(text).startswith("'")
    assert undefuse(defuse(text)) == text


@pytest.mark.slow
@given(st.text(max_size=30))
def test_defusing_is_undone_when_the_text_is_read_again(text: str) -> None:
    assert undefuse(defuse(text)) == text
    assert not defuse(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_bad_rows_come_back_as_a_file_that_reads_again() -> None:
    heading = ("Клиент", "Телефон", "Дата", "✓")
    rows = [(("Иванова; Анна", "+7 916 123-45-67", date(2026, 11, 3), True), "Дата вылета раньше покупки"),
            (('=HYPERLINK("http://example.com")', 89161234567, "уточнить"), "=не дата")]
    data = bad_rows_csv(heading, rows, "Что исправить")
    assert data.startswith(b"\xef\xbb\xbf") and b"\n=" not in data and b";=" not in data and b";+" not in data
    assert [row.cells for row in read_table(data).rows] == [
        (*heading, "Что исправить"),
        ("Иванова; Анна", "+7 916 123-45-67", "03.11.2026", "TRUE", "Дата вылета раньше покупки"),
        ('=HYPERLINK("http://example.com")', "89161234567", "уточнить", "", "=не дата")]
