"""Files on their way: a real SMTP server gets them whole, named in Russian, the same bytes at every try."""

import hashlib
from email import message_from_bytes
from email.policy import default

import pytest
from files_make import paper, picture
from post.making import fresh, history, mode

from webapp.db import db, transaction
from webapp.letters.files import Attached, as_text, photo_of
from webapp.letters.models import LetterFile
from webapp.post import actions, enclosures
from webapp.post.channels.composing import composed, dotted_pieces
from webapp.post.mime import HeaderRefused, enclosed
from webapp.staff.audit import actor_of

NAME = "Что взять с собой в Турцию: памятка для тех, кто летит с детьми, и ещё немного о визах.pdf"


def kept(data, kind, now):
    sha = hashlib.sha256(data).hexdigest()
    with transaction() as session:
        session.merge(LetterFile(sha256=sha, type=kind, size=len(data), data=data, created_at=now))
    return sha


@pytest.fixture
def files(cast, now):
    """A paper and a photo, as a message names them."""
    photo, sheet = picture(), paper(b"6 0 obj << /Length 9 >> stream\n.\r\n..\r\n.x\nendstream endobj\n")
    return as_text((photo_of(kept(photo, "image/jpeg", now), len(photo)),
                    Attached(kept(sheet, "application/pdf", now), NAME, "application/pdf", len(sheet))))


def html(files):
    cid = files.split('"cid": "')[1].split('"')[0]
    return f'<p>Анна, здравствуйте!</p><img src="cid:{cid}" alt="">'


def read(raw):
    return message_from_bytes(bytes(raw), policy=default)


def test_a_letter_arrives_with_its_photo_and_its_papers(relay, letter, now, files):
    row = letter(files=files, html=html(files))
    actions.deliver(now=now)
    assert fresh(row).state == "sent"
    took = read(relay.took[0])
    assert took.get_content_type() == "multipart/mixed" and took["To"].addresses[0].addr_spec == "anna@example.com"
    alternative, sheet = took.iter_parts()
    text, related = alternative.iter_parts()
    shown, photo = related.iter_parts()
    assert (text.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    assert f'src="cid:{photo["Content-ID"][1:-1]}"' in shown.get_content()
    assert photo.get_payload(decode=True) == picture() and photo.get_content_disposition() == "inline"
    assert sheet.get_filename() == NAME and sheet.get_content_disposition() == "attachment"
    assert sheet.get_payload(decode=True).startswith(b"%PDF") and b"\r\n..\r\n.x\n" in sheet.get_payload(decode=True)
    assert took.get_body(("plain",)).get_content().strip() == "Анна, здравствуйте!"


def test_every_try_has_the_same_bytes(relay, letter, now, files):
    row = letter(files=files, html=html(files))
    relay.after_taking = ["451 4.3.0 later"]
    actions.deliver(now=now)
    first = composed(fresh(row))[2]
    assert history(row)[-1] == "queued"
    enclosures._parts.clear()
    actions.deliver(now=now.replace(hour=now.hour + 1))
    assert fresh(row).state == "sent" and composed(fresh(row))[2] == first
    assert relay.took[0].as_bytes() == relay.took[1].as_bytes()


def test_a_batch_reads_a_file_once_and_shares_it(relay, letter, person, now, files, monkeypatch):
    asked = []
    real = enclosures.bytes_of
    monkeypatch.setattr(enclosures, "bytes_of", lambda sha: asked.append(sha) or real(sha))
    enclosures._parts.clear()
    rows = [letter(files=files, html=html(files)) for _ in range(5)]
    actions.deliver(now=now)
    assert len(relay.took) == 5 and len(asked) == 2
    big = enclosed("a.pdf", "application/pdf", b"x" * 200_000)
    monkeypatch.setattr(enclosures, "_part", lambda file: big)
    pieces = [dotted_pieces(fresh(row))[2] for row in rows[:2]]
    assert any(piece is big for piece in pieces[0]) and any(piece is big for piece in pieces[1])


def test_a_big_letter_leaves_in_good_time(relay, letter, now):
    data = paper(b"6 0 obj << /Length 1 >> stream\n" + bytes(range(256)) * 16_000 + b"\nendstream endobj\n")
    files = as_text((Attached(kept(data, "application/pdf", now), "a.pdf", "application/pdf", len(data)),))
    row = letter(files=files)
    actions.deliver(now=now)
    assert fresh(row).state == "sent"
    assert list(read(relay.took[0]).iter_attachments())[0].get_payload(decode=True) == data


def test_a_file_that_is_gone_fails_the_letter_with_a_reason(relay, letter, now):
    row = letter(files=as_text((Attached("0" * 64, "a.pdf", "application/pdf", 1),)))
    actions.deliver(now=now)
    assert fresh(row).state == "failed" and fresh(row).last_code == "cannot-be-built" and not relay.took


def test_in_trial_the_file_of_the_mail_has_everything(app, letter, now, files, cast):
    mode("trial", now)
    row = letter(files=files, html=html(files))
    actions.deliver(now=now)
    saved = max((app.extensions["snova.settings"].instance / "outbox").glob(f"*{row.id}-*.eml"),
                key=lambda file: file.stat().st_mtime_ns)
    assert read(saved.read_bytes()).get_body(("html",)) is not None
    assert [part.get_filename() for part in read(saved.read_bytes()).iter_attachments()] == [NAME]


def test_a_letter_that_is_sent_once_more_has_its_files(letter, now, files, cast):
    mode("live", now)
    row = letter(files=files, html=html(files))
    with transaction():
        db.session.get(type(row), row.id).state = "failed"
    again = actions.retry(fresh(row), actor=actor_of(cast.olga), now=now)
    assert again.files == files and again.id != row.id


@pytest.mark.parametrize("name", [NAME, "plain.pdf", "a b;c=\"d\".pdf", "я" * 80 + ".pdf", "旅行.pdf",
                                  "it's.pdf", "100%.pdf", "a\\b.pdf", "'; filename=evil.exe; x='.pdf", "😀.pdf"])
def test_a_name_reads_back_as_it_was_and_adds_no_header(name):
    part = enclosed(name, "application/pdf", b"%PDF")
    mail = read(b"MIME-Version: 1.0\r\n" + part)
    assert mail.get_filename() == name and mail.get_payload(decode=True) == b"%PDF"
    assert sorted(mail.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type", "MIME-Version"]
    assert part.isascii() and all(len(line) <= 78 for line in part.split(b"\r\n"))


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\x0b", "\ud800"])
def test_a_name_with_a_line_end_is_refused(sign):
    with pytest.raises(HeaderRefused):
        enclosed(f"a{sign}Bcc: x@y.pdf", "application/pdf", b"")
