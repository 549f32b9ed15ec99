"""Messages whose answer was lost, where the provider can be asked: settled once by what it knows."""

from datetime import timedelta

import pytest
from post.making import fresh, history, mode
from sqlalchemy import update

from webapp.db import transaction
from webapp.post import actions
from webapp.post.channels.files import stem
from webapp.post.models import Message

MINUTE = timedelta(minutes=1)


@pytest.fixture
def handed(letter, now):
    """An SMS whose worker died right after the hand-off was committed."""
    mode("live", now)
    row = letter(channel="sms", text="Завтра вылет")
    strand(row, now)
    return fresh(row)


def strand(row, now):
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(
            state="handed", claim_token="gone", provider="sms_file", handed_at=now, crashes=1,
            lease_until=now + 2 * MINUTE))


@pytest.fixture
def folder(app):
    return app.extensions["snova.settings"].instance / "outbox" / "sms"


def test_what_the_provider_has_is_sent(handed, folder, now):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem(handed)}.sms").write_text("there")
    assert actions.deliver(now=now + 2 * MINUTE) == {"unknown": 1, "sent": 1}
    assert history(handed)[-2:] == ["unknown", "sent"]
    assert (folder / f"{stem(handed)}.sms").read_text() == "there"


def test_what_the_provider_never_got_is_queued_once_and_leaves(handed, folder, now):
    (folder / f"{stem(handed)}.sms").unlink(missing_ok=True)
    figures = actions.deliver(now=now + 2 * MINUTE)
    assert (figures["queued_again"], figures["sent"]) == (1, 1)
    assert fresh(handed).state == "sent"
    assert (folder / f"{stem(handed)}.sms").exists()


def test_the_second_time_a_person_decides(handed, folder, now):
    (folder / f"{stem(handed)}.sms").unlink(missing_ok=True)
    actions.deliver(now=now + 2 * MINUTE)
    (folder / f"{stem(handed)}.sms").unlink()
    strand(handed, now + 3 * MINUTE)
    actions.deliver(now=now + 10 * MINUTE)
    actions.deliver(now=now + 60 * MINUTE)
    assert fresh(handed).state == "unknown"
    assert not (folder / f"{stem(handed)}.sms").exists()


def test_nobody_is_asked_about_what_a_person_has_decided(handed, folder, cast, now):
    actions.release_leases(now + 2 * MINUTE)
    with transaction() as session:
        session.execute(update(Message).where(Message.id == handed.id).values(decided_at=now, decided_by="Ольга"))
    assert actions.resolve_unknown(now + 3 * MINUTE) == {}
    assert fresh(handed).state == "unknown"


@pytest.mark.parametrize(("crashes", "end", "pause"), [
    (1, None, 0), (2, None, 10), (2, 60, 10), (2, 4, 4)])
def test_after_two_crashes_the_last_try_waits_for_a_calmer_moment(letter, now, crashes, end, pause):
    row = letter(true_until=end and now + (end + 2) * MINUTE)
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(
            state="claimed", claim_token="gone", crashes=crashes, lease_until=now + 2 * MINUTE))
    over = now + 2 * MINUTE
    assert actions.release_leases(over)["queued_again"] == 1
    assert fresh(row).state == "queued"
    assert timedelta(0) <= max(fresh(row).next_try_at, over) - (over + pause * MINUTE) < timedelta(seconds=2)
