"""Verbs of the outbox; the only place of this room that commits."""

from webapp.post.actions.bounces import report
from webapp.post.actions.collecting import collect, forget_incoming
from webapp.post.actions.creating import enqueue
from webapp.post.actions.deciding import Locked, TooLate, attend, cancel, decide_unknown, reopen, retry, take_back
from webapp.post.actions.delivering import deliver
from webapp.post.actions.inboxes import set_inbox
from webapp.post.actions.leases import release_leases, resolve_unknown
from webapp.post.actions.modes import Changed, send_test, set_mode
from webapp.post.actions.relays import set_relay
from webapp.post.actions.retention import forget_texts
from webapp.post.actions.rewriting import count_waiting, replace_text, waiting_ids
from webapp.post.actions.settling import mark_settled, news, unsettled
from webapp.post.actions.sms_accounts import send_test_sms, set_sms_account
from webapp.post.actions.sorting import attach_incoming, dismiss_incoming, note_stopped, sort_again
from webapp.post.actions.spending import set_sms_money
from webapp.post.actions.stop_lists import lift_stops, stop_many
from webapp.post.actions.stopping import cancel_client, cancel_group, cancel_source, hold, lift, release, suppress
from webapp.post.actions.tracking import note_balance, refresh_balance, reported, reported_by_ref, track
from webapp.post.actions.wishes import wish

__all__ = ["Changed", "Locked", "TooLate", "attach_incoming", "attend", "cancel", "cancel_client", "cancel_group",
           "cancel_source", "collect", "count_waiting", "decide_unknown", "deliver", "dismiss_incoming", "enqueue",
           "forget_incoming", "forget_texts", "hold", "lift", "lift_stops", "mark_settled", "news", "note_balance",
           "note_stopped", "refresh_balance", "release", "release_leases", "reopen", "replace_text", "report",
           "reported", "reported_by_ref", "resolve_unknown", "retry", "send_test", "send_test_sms", "set_inbox",
           "set_mode", "set_relay", "set_sms_account", "set_sms_money", "sort_again", "stop_many", "suppress",
           "take_back", "track", "unsettled", "waiting_ids", "wish"]
