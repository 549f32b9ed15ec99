"""Verbs of the outbox; the only place of this room that commits."""

from webapp.post.actions.bounces import report
from webapp.post.actions.creating import enqueue
from webapp.post.actions.deciding import Locked, TooLate, attend, cancel, decide_unknown, reopen, retry, take_back
from webapp.post.actions.delivering import deliver
from webapp.post.actions.leases import release_leases, resolve_unknown
from webapp.post.actions.modes import Changed, send_test, set_mode
from webapp.post.actions.relays import set_relay
from webapp.post.actions.settling import mark_settled, unsettled
from webapp.post.actions.stopping import cancel_group, cancel_source, hold, lift, release, suppress

__all__ = ["Changed", "Locked", "TooLate", "attend", "cancel", "cancel_group", "cancel_source", "decide_unknown",
           "deliver", "enqueue", "hold", "lift", "mark_settled", "release", "release_leases", "reopen", "report",
           "resolve_unknown", "retry", "send_test", "set_mode", "set_relay", "suppress", "take_back", "unsettled"]
