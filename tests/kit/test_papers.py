"""PDF files and the names of files."""

import zlib

import pytest
from files_make import paper
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit import papers
from webapp.kit.papers import MOST_PARTS, MOST_STREAMS, BadPaper, check_pdf, file_name


@pytest.mark.parametrize("data", [
    paper(), paper(b"3 0 obj << /JSX 1 /Launcher 2 >> endobj\n"), paper(packed=b"1 0 << /Type /Font >>"),
    paper(b"6 0 obj << /Length 30 >> stream\nxx/JS yy/XFA zz/Java\nendstream endobj\n")])
def test_an_ordinary_paper_is_taken(data):
    check_pdf(data)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "not-pdf"), (b"hello", "not-pdf"), (b"\n" + paper(), "not-pdf"), (b"<html>" + paper(), "not-pdf"),
    (paper()[:-8], "damaged"), (b"%PDF-1.7\n", "damaged"), (paper() + b"x" * 5000, "damaged"),
    (paper(b"9 0 obj << /Encrypt 8 0 R >> endobj\n"), "locked"),
    (paper(b"3 0 obj << /S /JavaScript /JS (app.alert\\(1\\)) >> endobj\n"), "active"),
    (paper(b"3 0 obj << /S /J#61vaScript >> endobj\n"), "active"), (paper(b"3 0 obj << /S /Launch >> endobj\n"), "active"),
    (paper(b"3 0 obj << /Names /EmbeddedFiles >> endobj\n"), "active"), (paper(b"3 0 obj << /XFA 4 0 R >> endobj\n"), "active"),
    (paper(packed=b"1 0 << /S /JavaScript /JS (x) >>"), "active"),
    (paper(packed=b"1 0 << /AA << /O << /S /Launch >> >> >>"), "active"),
    (paper(end=b"<script>alert(1)</script>\n"), "mixed"), (paper(end=b"PK\x05\x06" + b"\0" * 18), "mixed"),
    (paper(packed=zlib.compress(b"") + b"\0" * (21 * 1024 * 1024)), "damaged")])
def test_what_is_refused_and_why(data, code):
    with pytest.raises(BadPaper) as caught:
        check_pdf(data)
    assert caught.value.code == code


def packed(body, about=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", between=b">>stream\n"):
    """A stream of objects as somebody wrote it who does not want it read."""
    return paper(b"5 0 obj << " + about + between + body + b"\nendstream endobj\n")


SCRIPT = b"1 0 << /S /JavaScript /JS (x) >>"
SQUEEZED = zlib.compress(SCRIPT)
HARMLESS = zlib.compress(b"1 0 << >>")


@pytest.mark.parametrize(("data", "code"), [
    (paper(b"%stream\n3 0 obj << /OpenAction << /S /JavaScript /JS (x) >> >> endobj\n%endstream\n"), "active"),
    (paper(b"% <<>>stream\n3 0 obj << /OpenAction << /S /Java#53cript >> >> endobj\n%endstream\n"), "active"),
    (packed(SQUEEZED, b"/Type /ObjStm /N 1 /First 4 /X <41> /Filter /FlateDecode"), "active"),
    (packed(SQUEEZED, b"/Type /Obj#53tm /N 1 /First 4 /Filter /Flate#44ecode"), "active"),
    (packed(SQUEEZED, b"/N 1 /First 4 /Filter [ /Fl ]"), "active"),
    (packed(SQUEEZED.hex().encode(), b"/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode/FlateDecode]"), "damaged"),
    (packed(zlib.compress(SQUEEZED), b"/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode/FlateDecode]"), "damaged"),
    (packed(zlib.compress(SQUEEZED), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"), "damaged"),
    (packed(SQUEEZED, b"/Type /ObjStm /N 1 /First 4 /Filter 9 0 R"), "damaged"),
    (packed(SQUEEZED, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /DecodeParms << /Predictor 12 >>"), "damaged"),
    (packed(SQUEEZED[:-6]), "damaged"), (packed(b"no zlib"), "damaged"), (packed(SQUEEZED, between=b">>%\nstream\n"), "damaged"),
    (packed(SQUEEZED, between=b">>%\nstream\n") + packed(HARMLESS, b"/N 1 /First 4 /Filter /Fl"), "damaged"),
    (packed(b"x 9 0 obj << /Type /ObjStm >>stream\n" + SQUEEZED, b"/Length 1"), "damaged"),
    (paper(b"3 0 obj << /S /Rendition >> endobj\n"), "active"), (paper(b"3 0 obj << /#45ncrypt 4 0 R >> endobj\n"), "locked"),
    (paper(b"#41" * 100_000), "damaged")])
def test_what_hides_from_the_look_is_refused(data, code):
    with pytest.raises(BadPaper) as caught:
        check_pdf(data)
    assert caught.value.code == code


@pytest.mark.parametrize("data", [
    packed(HARMLESS), packed(HARMLESS, b"/Type/ObjStm/N 1/First 4/Length 30/Filter[/FlateDecode]"),
    packed(b"1 0 << /Type /Font >>", b"/Type /ObjStm /N 1 /First 4"),
    paper(b"3 0 obj << /First 4 0 R /Last 4 0 R >> endobj 6 0 obj << /Filter /DCTDecode >> stream\r\n\xff\xd8\nendstream endobj\n"
          b"7 0 obj << /Type /XRef /Filter /FlateDecode /DecodeParms << /Predictor 12 >> >> stream\nx\nendstream endobj\n")])
def test_structures_that_programs_write_are_taken(data):
    check_pdf(data)


def test_a_paper_of_nothing_but_streams_of_objects_is_read_once():
    one = b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /Fl >>stream\n" + HARMLESS + b"\nendstream endobj\n"
    check_pdf(paper(one * MOST_STREAMS))
    with pytest.raises(BadPaper):
        check_pdf(paper(one * (MOST_STREAMS + 1)))


def test_a_paper_of_more_streams_than_any_has_is_given_up_before_they_cost_seconds(monkeypatch):
    looked = []
    undone = papers._undone
    monkeypatch.setattr(papers, "_undone", lambda data: looked.append(data) or undone(data))
    check_pdf(paper(b">>stream\nendstream\n" * MOST_PARTS))
    looked.clear()
    with pytest.raises(BadPaper, match="damaged"):
        check_pdf(paper(b">>stream\nendstream\n" * 10 * MOST_PARTS))
    assert len(looked) <= MOST_PARTS + 2


@pytest.mark.parametrize(("given_name", "ending", "name"), [
    ("Памятка.pdf", "pdf", "Памятка.pdf"), ("Памятка.PDF", "pdf", "Памятка.pdf"), ("памятка", "pdf", "памятка.pdf"),
    ("C:\\Users\\Olga\\Что взять.pdf", "pdf", "Что взять.pdf"), ("../../etc/passwd", "pdf", "passwd.pdf"),
    ("фото.jpeg", "jpg", "фото.jpg"), ("фото.JPG", "jpg", "фото.jpg"), ("фото.png", "jpg", "фото.jpg"), ("фото.pdf", "jpg", "фото.pdf.jpg"), ("счёт.pdf.exe", "pdf", "счёт.pdf.exe.pdf"),
    ("", "pdf", "file.pdf"), (".pdf", "pdf", "file.pdf"), ("con.pdf", "pdf", "file con.pdf"), ("a\r\nBcc: x@y.pdf", "pdf", "aBcc x@y.pdf"),
    ("\u202efdp.exe", "pdf", "fdp.exe.pdf"), ('a"b<c>|?*.pdf', "pdf", "a b c.pdf"), ("  a   b  .pdf", "pdf", "a b.pdf"),
    ("a\u2028b\u0000c.pdf", "pdf", "a bc.pdf"), ("я" * 200 + ".pdf", "pdf", "я" * 80 + ".pdf"), ("旅行.png", "png", "旅行.png"),
    ("=?utf-8?q?Bcc:?=.pdf", "pdf", "= utf-8 q Bcc =.pdf"),
    ("e\u0301te\u0301.pdf", "pdf", "été.pdf")])
def test_names_of_files_are_kept_and_made_harmless(given_name, ending, name):
    assert file_name(given_name, ending) == name


@given(st.text(max_size=200), st.sampled_from(["pdf", "jpg", "png"]))
def test_any_name_becomes_one_that_every_system_takes(given_name, ending):
    name = file_name(given_name, ending)
    assert name.isprintable() and name.endswith(f".{ending}") and 4 < len(name) <= 90
    assert not set(name) & set('\\/:*?"<>|') and name == name.strip(". ")
