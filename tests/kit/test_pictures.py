"""Pictures: upright, small, without what came along; everything else is refused by its content, not by its name."""

import struct
import zlib
from io import BytesIO

import pytest
from files_make import picture, with_place
from PIL import Image

from webapp.kit.pictures import BadPicture, plain_picture, portrait


def opened(data):
    return Image.open(BytesIO(data))


def huge_png(width, height):
    """The head of a picture that would take gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
            + struct.pack(">I", 3) + b"IDAT" + b"abc" + struct.pack(">I", zlib.crc32(b"IDATabc")))


@pytest.mark.parametrize("data", [
    picture(), picture("PNG"), picture("PNG", mode="RGBA"), picture("PNG", mode="P"), picture("PNG", mode="L"),
    picture(mode="CMYK"), picture(size=(33, 2000)), picture("PNG", mode="I;16"), picture(progressive=True), with_place()])
def test_a_portrait_is_a_small_square_jpeg(data):
    made = portrait(data, 168)
    assert opened(made).format == "JPEG" and opened(made).size == (168, 168) and len(made) < 30_000


@pytest.mark.parametrize("make", [lambda data: portrait(data, 100), lambda data: plain_picture(data, 2400)[1]])
def test_where_and_with_what_it_was_taken_does_not_come_along(make):
    made = opened(make(with_place()))
    assert not made.getexif() and not made.info.get("exif") and not made.info.get("icc_profile")
    assert b"Camera of Olga" not in make(with_place())


def test_a_picture_that_lies_on_its_side_stands_up():
    assert opened(plain_picture(with_place(6), 2400)[1]).size == (400, 600)


def test_a_large_picture_becomes_as_large_as_a_letter_needs_and_keeps_its_kind():
    kind, data = plain_picture(picture("PNG", size=(3000, 1000)), 2400)
    assert kind == "PNG" and opened(data).size == (2400, 800)
    assert plain_picture(picture(), 2400)[0] == "JPEG"


def test_what_was_transparent_is_white():
    red = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    out = BytesIO()
    red.save(out, "PNG")
    assert opened(portrait(out.getvalue(), 64)).getpixel((32, 32)) > (250, 250, 250)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"), (b"%PDF-1.7 ...", "pdf"), (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "svg"),
    (b"<?xml version='1.0'?>\n<svg onload='x'/>", "svg"), (picture("GIF"), "gif"), (picture("BMP"), "bmp"),
    (picture("TIFF"), "tiff"), (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"), (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
    (b"\0\0\0\x18ftypmp42\0\0\0\0", "unknown"), (b"MZ\x90\0", "unknown"), (b"PK\x03\x04", "unknown"),
    ("просто текст".encode(), "unknown"), (b"\xff\xd8\xff", "damaged"), (picture()[:400], "damaged"),
    (picture("PNG")[:60], "damaged"), (picture() + b"<script>alert(1)</script>", "mixed"),
    (picture() + b"%PDF-1.7\n", "mixed"), (picture("PNG") + b"<HTML><body>", "mixed"), (picture() + b"<?php x", "mixed"),
    (picture() + b"PK\x03\x04" + b"x" * 30 + b"PK\x05\x06" + b"\0" * 18, "mixed"),
    (huge_png(50_000, 50_000), "too-large"), (huge_png(15_000, 15_000), "too-large"), (picture(size=(20, 20)), "too-small")])
def test_what_is_refused_and_why(data, code):
    for make in (lambda: portrait(data, 100), lambda: plain_picture(data, 2400)):
        with pytest.raises(BadPicture) as caught:
            make()
        assert caught.value.code == code
