"""What people, and those who mean harm, add to a complaint: taken clean, or refused with a sentence that helps."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from files_make import paper, picture, with_place
from flask_babel import force_locale
from PIL import Image

from webapp.complaints.form_rules import MOST_EACH
from webapp.complaints.upload_rules import BadUpload, make_file
from webapp.complaints.upload_words import upload_fault


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 30,000 pixels wide and high."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))
    head = pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 90_000)) + chunk(b"IEND", b"")


def named(brand: bytes) -> bytes:
    """The beginning of a film or of a photo of an iPhone."""
    return b"\0\0\0\x18ftyp" + brand + b"\0" * 64


REFUSED = {
    "heic": (named(b"heic"), "heic", "Наиболее совместимый", "Most Compatible"),
    "heif": (named(b"mif1"), "heic", "Наиболее совместимый", "Most Compatible"),
    "avif": (named(b"avif"), "avif", "JPEG или PNG", "JPEG or PNG"),
    "film": (named(b"qt  "), "video", "Видео", "Videos"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "svg",
            "в PNG", "as PNG"),
    "gif": (picture("GIF", mode="L"), "gif", "снимок экрана", "screenshot"),
    "webp": (picture("WEBP"), "webp", "JPEG или PNG", "JPEG or PNG"),
    "bmp": (picture("BMP"), "bmp", "JPEG или PNG", "JPEG or PNG"),
    "zip": (b"PK\x03\x04" + b"\0" * 200, "archive", "Архивы", "Archives"),
    "rar": (b"Rar!\x1a\x07\x00" + b"\0" * 200, "archive", "по одной", "one by one"),
    "exe": (b"MZ\x90\x00" + b"\0" * 200, "program", "программа", "program"),
    "elf": (b"\x7fELF" + b"\0" * 200, "program", "программа", "program"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "program", "программа", "program"),
    "html": (b"<!doctype html><script>alert(1)</script>", "unknown", "документы в PDF", "documents in PDF"),
    "text": ("Всё плохо".encode(), "unknown", "документы в PDF", "documents in PDF"),
    "empty": (b"", "empty", "ещё раз", "once more"),
    "jpeg and zip": (picture() + b"PK\x05\x06" + b"\0" * 18, "mixed", "спрятано", "hidden"),
    "jpeg and html": (picture() + b"<script>alert(1)</script>", "mixed", "спрятано", "hidden"),
    "png and pdf": (picture("PNG") + paper(), "mixed", "спрятано", "hidden"),
    "pdf and zip": (paper(end=b"PK\x05\x06" + b"\0" * 18), "mixed", "спрятано", "hidden"),
    "half a jpeg": (picture(size=(900, 900))[:400], "damaged", "заново", "anew"),
    "bomb": (bomb(), "too-large", "точек", "pixels"),
    "dot": (picture(size=(1, 1)), "too-small", "разглядеть", "too small"),
    "50 MB": (b"\xff\xd8\xff" + b"\0" * MOST_EACH, "too-heavy", "10 МБ", "10 MB"),
    "script in a pdf": (paper(b"3 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n"), "active", "скрипт", "script"),
    "packed script": (paper(packed=b"5 0 << /S /JavaScript /JS (app.alert(1)) >>"), "active", "скрипт", "script"),
    "file in a pdf": (paper(b"3 0 obj << /EmbeddedFile 4 0 R >> endobj\n"), "active", "другой файл", "another file"),
    "locked pdf": (paper(b"3 0 obj << /Encrypt 4 0 R >> endobj\n"), "locked", "паролем", "password"),
    "half a pdf": (b"%PDF-1.7\n1 0 obj", "damaged", "заново", "anew"),
}


@pytest.mark.parametrize("sample", REFUSED)
def test_what_is_no_photo_and_no_document_is_refused_with_what_to_do(app, sample):
    data, code, russian, english = REFUSED[sample]
    with pytest.raises(BadUpload) as refused:
        make_file(data, "Фото <1>.jpg")
    assert refused.value.code == code
    for language, words in (("ru", russian), ("en", english)):
        with app.test_request_context(), force_locale(language):
            said = upload_fault(refused.value.code, refused.value.name)
        assert words in said and "Фото 1" in said, said


def test_where_and_with_what_a_photo_was_taken_is_gone_and_it_stands_upright():
    sample = with_place()
    assert Image.open(BytesIO(sample)).getexif().get_ifd(0x8825)
    made = make_file(sample, "IMG_0001.JPG")
    image = Image.open(BytesIO(made.data))
    assert (made.name, made.type, image.size) == ("IMG_0001.jpg", "image/jpeg", (400, 600))
    assert not image.getexif() and b"Camera of Olga" not in made.data and b"Exif" not in made.data


@pytest.mark.parametrize(("data", "name", "kept", "kind"), [
    (picture("PNG"), "чек.exe", "чек.exe.png", "image/png"), (picture(), "", "file.jpg", "image/jpeg"),
    (picture(), "../../etc/passwd", "passwd.jpg", "image/jpeg"), (paper(), "Договор.pdf", "Договор.pdf", "application/pdf"),
    (picture(), "photo.svg", "photo.svg.jpg", "image/jpeg")])
def test_a_file_is_what_its_content_says_whatever_its_name(data, name, kept, kind):
    made = make_file(data, name)
    assert (made.name, made.type) == (kept, kind)


def test_a_large_photo_becomes_one_that_can_be_read_and_carried():
    made = make_file(picture(size=(6000, 4000)), "a.jpg")
    assert max(Image.open(BytesIO(made.data)).size) == 2400
