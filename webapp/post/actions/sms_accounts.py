"""The account with an SMS provider is set: kept beside the data, told in the log without its key; a test SMS."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, text

from webapp.db import transaction, wake
from webapp.post import rules
from webapp.post.actions.creating import enqueue
from webapp.post.models import Message, Provider
from webapp.post.obstacles import message
from webapp.post.sms_account import is_operators_sms, keep_account, kept_account
from webapp.post.sms_account_rules import Account
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor, NotAllowed

TESTS_A_DAY = 10


def set_sms_account(account: Account, *, actor: Actor, now: datetime) -> None:
    """SMS leave through `account` from the next batch on. Raises NotAllowed("operator") where the environment has
    named a provider."""
    actor.needs(ADMIN)
    settings = current_app.extensions["snova.settings"]
    if is_operators_sms(settings):
        raise NotAllowed("operator")
    with transaction() as session:
        before = kept_account(settings)
        old, new = before.facts() if before else {}, account.facts()
        facts = {name: [old.get(name, ""), value] for name, value in new.items() if old.get(name, "") != value}
        is_new_key = account.password != (before.password if before else "")
        if not facts and not is_new_key:
            return
        record(actor, "sms-key" if is_new_key else "sms", "sending", None, now=now, facts=facts)
        row = session.get(Provider, f"sms_{account.provider}", with_for_update=True)
        if row is not None:
            # What was wrong with the old one, and how much was left there, says nothing about this one.
            row.failing_since = row.probe_at = row.last_error_at = row.balance = row.balance_at = None
            row.last_error = ""
        session.flush()
        keep_account(settings, account)
        wake("post")


def send_test_sms(*, phone: str, office_id: int, zone: str, body: str, actor: Actor, now: datetime) -> Message:
    """A test SMS to a phone that was typed in; it also leaves while sending is held, and costs money.

    True for ten minutes, so that a copy of the database never sends it. One a minute, and TESTS_A_DAY in 24 hours:
    raises NotAllowed("enough-tests") then.
    """
    if actor.user_id is None or ADMIN not in actor.hats:
        raise NotAllowed("only-admin")
    source = f"test-sms:{actor.user_id}:{now:%Y%m%d%H%M}"
    with transaction() as session:
        today = session.scalar(select(func.count()).select_from(message).where(
            text("message.klass = 'test'"), message.c.channel == "sms",
            message.c.created_at > now - timedelta(days=1), message.c.state.not_in(rules.BROKEN))) or 0
        if today >= TESTS_A_DAY:
            raise NotAllowed("enough-tests")
        failed = session.scalar(select(func.count()).select_from(message).where(
            message.c.source == source, message.c.state.in_(rules.BROKEN))) or 0
        return enqueue(source=source, resend=failed, office_id=office_id, client_id=None, klass=rules.TEST,
                       channel="sms", address=phone, text=body, lane=rules.LANE_URGENT, zone=zone, now=now,
                       actor=actor, true_until=now + rules.TEST_LASTS)
