"""PDF files and the names of files."""

import zlib

import pytest
from files_make import paper
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.papers import BadPaper, check_pdf, file_name


@pytest.mark.parametrize("data", [
    paper(), paper(b"3 0 obj << /JSX 1 /Launcher 2 >> endobj\n"), paper(packed=b"1 0 << /Type /Font >>"),
    paper(b"6 0 obj << /Length 30 >> stream\nxx/JS yy/Launch zz/JavaScript\nendstream endobj\n")])
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
