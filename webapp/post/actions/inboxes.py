"""The mailbox of answers is set: kept beside the data, told in the log without its password."""

from datetime import datetime

from flask import current_app

from webapp.db import transaction
from webapp.post.inbox import is_operators_inbox, keep_inbox, kept_inbox
from webapp.post.inbox_rules import Inbox
from webapp.post.models import InboxState
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor, NotAllowed


def set_inbox(inbox: Inbox, *, actor: Actor, now: datetime) -> None:
    """Answers are read from `inbox` from the next look on. Raises NotAllowed("operator") where the environment has
    named a mailbox."""
    actor.needs(ADMIN)
    settings = current_app.extensions["snova.settings"]
    if is_operators_inbox(settings):
        raise NotAllowed("operator")
    with transaction() as session:
        before = kept_inbox(settings)
        old, new = before.facts() if before else {}, inbox.facts()
        facts = {name: [old.get(name, ""), value] for name, value in new.items() if old.get(name, "") != value}
        is_new_password = inbox.password != (before.password if before else "")
        if facts or is_new_password or inbox != before:
            record(actor, "inbox-password" if is_new_password else "inbox", "sending", None, now=now, facts=facts)
        state = session.get(InboxState, inbox.key, with_for_update=True)
        if state is not None:
            # What was wrong says nothing about the new password.
            state.failing_since, state.last_error = None, ""
        session.flush()
        keep_inbox(settings, inbox)
