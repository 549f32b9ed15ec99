"""Files as people upload them, and as nobody should: pictures and PDF made on the spot."""

import zlib
from io import BytesIO

from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **more: object) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 0).save(out, kind, **more)
    return out.getvalue()


def with_place(turned: int = 6) -> bytes:
    """A JPEG that tells where it was taken, lies on its side and has words of its camera."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turned, "Camera of Olga"
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, 0.0)
    return picture(size=(600, 400), exif=exif)


def paper(inside: bytes = b"", *, packed: bytes = b"", end: bytes = b"") -> bytes:
    """A small PDF. `inside` stands among its objects, `packed` in a stream of packed objects, `end` after its end."""
    stream = b""
    if packed:
        body = zlib.compress(packed)
        stream = b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >> stream\n%s\nendstream endobj\n" % (
            len(body), body)
    return (b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\n"
            + inside + stream + b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n" + end)
