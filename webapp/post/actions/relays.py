"""The mail relay is set: kept beside the data, told in the log without its password, and tried anew at once."""

from datetime import datetime

from flask import current_app

from webapp.db import transaction, wake
from webapp.post.models import Provider
from webapp.post.relay import is_operators, keep_relay, kept_relay
from webapp.post.relay_rules import Relay
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor, NotAllowed


def set_relay(relay: Relay, *, actor: Actor, now: datetime) -> None:
    """Letters leave through `relay` from the next batch on. Raises NotAllowed("operator") where the environment has
    named a server."""
    actor.needs(ADMIN)
    settings = current_app.extensions["snova.settings"]
    if is_operators(settings):
        raise NotAllowed("operator")
    with transaction() as session:
        before = kept_relay(settings)
        old, new = before.facts() if before else {}, relay.facts()
        facts = {name: [old.get(name, ""), value] for name, value in new.items() if old.get(name, "") != value}
        is_new_password = relay.password != (before.password if before else "")
        if not facts and not is_new_password:
            return
        record(actor, "relay-password" if is_new_password else "relay", "sending", None, now=now, facts=facts)
        row = session.get(Provider, "smtp", with_for_update=True)
        if row is not None:
            # What was wrong with the old one says nothing about this one.
            row.failing_since = row.probe_at = row.last_error_at = None
            row.last_error = ""
        session.flush()
        keep_relay(settings, relay)
        wake("post")
