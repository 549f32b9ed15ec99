"""What becomes of every table that holds something about a client: what is handed out, what is erased, what stays.

Tables are found through foreign keys to `client.id`; one without a policy fails a test, so that no room forgets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, null

from webapp.db import db

DELETE, EMPTY, KEEP = "delete", "empty", "keep"


@dataclass(frozen=True)
class Policy:
    """`erase`: rows are deleted, lose the columns of `emptied` (with what stands there then), or stay as they are.

    `shown` are the columns handed out, with their names for people; the file for machines has these and those of
    `links`, by which its rows name each other and their step.
    """

    title: Any
    erase: str
    emptied: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()


_WHEN, _CHANNEL, _NOTE = _l("When"), _l("Channel"), _l("Note")
POLICIES: dict[str, Policy] = {
    "client": Policy(_l("About the person"), EMPTY, {
        "first_name": "", "middle_name": "", "name_key": "", "gender": "", "greeting": "", "birthday": None,
        "timezone": "", "city": "", "note": "", "source": "", "preferences": {}, "passport_until": None,
        "find_text": "", "write_nothing": True}, {
        "last_name": _l("Surname"), "first_name": _l("First name"), "middle_name": _l("Patronymic"),
        "gender": _l("Gender"), "greeting": _l("How to address"), "birthday": _l("Birthday"), "city": _l("City"),
        "timezone": _l("Time zone"), "language": _l("Language of letters"),
        "preferences": _l("How they like to travel"),
        "passport_until": _l("Passport valid until"), "source": _l("Where the client came from"), "note": _NOTE,
        "created_at": _l("Written down")}),
    "phone": Policy(_l("Phones"), DELETE, shown={"e164": _l("Phone"), "note": _NOTE,
                                                   "broken_at": _l("Does not work since")}),
    "email": Policy(_l("E-mails"), DELETE, shown={"address": _l("E-mail"), "note": _NOTE,
                                                   "broken_at": _l("Does not work since")}),
    "consent": Policy(_l("What may be sent now"), KEEP, shown={
        "channel": _CHANNEL, "marketing": _l("News and offers"), "trips_only": _l("Only reminders of a trip"),
        "stopped": _l("Nothing at all"), "since": _l("Since")}),
    "consent_event": Policy(_l("What was said about letters and data"), EMPTY, {"address": ""}, {
        "at": _WHEN, "channel": _CHANNEL, "scope": _l("About what"), "given": _l("Agreed"), "how": _l("How"),
        "text_version": _l("Text of the consent"), "address": _l("From which address")}),
    "personal_link": Policy(_l("Personal links"), DELETE, shown={
        "created_at": _WHEN, "purpose": _l("For what"), "used_at": _l("Last used")}),
    "occasion": Policy(_l("Plans"), EMPTY, {"facts": {}, "hold_reason": ""}, {
        "kind": _l("Kind"), "anchors": _l("Dates"), "facts": _l("Details"), "opened_at": _WHEN}),
    "trip": Policy(_l("Trips"), EMPTY, {
        "booking_number": "", "note": "", "fingerprint": None, "external_ref": None, "addons": [],
        "cancel_reason": ""}, {
        "destination": _l("Destination"), "purchase_on": _l("Purchase"), "departure_on": _l("Departure"),
        "return_on": _l("Return"), "operator": _l("Tour operator"), "booking_number": _l("Booking number"),
        "price_kopecks": _l("Price"), "addons": _l("Additional services"), "note": _NOTE,
        "cancelled_at": _l("Cancelled"), "cancel_reason": _l("Reason")}),
    "companion": Policy(_l("Companions"), DELETE, shown={"name": _l("Name"), "birthday": _l("Birthday")}),
    "touch": Policy(_l("Contacts"), EMPTY, {"note": ""}, {
        "due_on": _l("Day"), "channel": _CHANNEL, "direction": _l("Direction"), "status": _l("State"),
        "done_at": _l("Done"), "done_by": _l("By whom"), "outcome": _l("Result"), "note": _NOTE},
        ("id", "occasion_id", "step_id", "step_code", "done_by_id")),
    "touch_event": Policy(_l("History of contacts"), EMPTY, {"before": {}, "after": {}}, {
        "at": _WHEN, "verb": _l("What happened"), "actor": _l("By whom"), "after": _l("Details")},
        ("touch_id", "user_id")),
    "message": Policy(_l("Letters and SMS"), EMPTY, {
        "address": "", "address_hash": "", "to_name": "", "subject": "", "gist": "", "unsubscribe_url": "",
        "last_text": ""}, {
        "created_at": _WHEN, "channel": _CHANNEL, "address": _l("To"), "sender": _l("From"), "subject": _l("Subject"),
        "gist": _l("Text"), "state": _l("State"), "sent_at": _l("Sent")}),
    "message_content": Policy(_l("Texts of letters and SMS"), EMPTY, {"text": "", "html": "", "files": ""}, {
        "text": _l("Text")}),
    "message_event": Policy(_l("History of letters"), EMPTY, {"facts": {}}, {"at": _WHEN, "state": _l("State")}),
    # Its marks stay: without them the same letter would be taken out of the mailbox once more.
    "incoming": Policy(_l("Letters from the client"), EMPTY, {
        "sender": "", "sender_name": "", "subject": "", "text": "", "attachments": [], "state": "done"}, {
        "came_at": _WHEN, "sender": _l("From"), "sender_name": _l("Name"), "subject": _l("Subject"),
        "text": _l("Text"), "attachments": _l("Attachments")}),
    "hold": Policy(_l("Stops of letters"), EMPTY, {"reason": ""}, {
        "at": _WHEN, "reason": _l("Reason"), "released_at": _l("Until")}),
}
"""By name of the table."""
BESIDE = ("audit_entry", "batch_row")
"""Tables without a foreign key that speak of people all the same: the log of changes, and rows of imported sheets."""


def emptied(policy: Policy, table: Table) -> dict[str, Any]:
    """The values to write. Nothing in a column of JSON is the database's own nothing."""
    return {name: null() if value is None else value for name, value in policy.emptied.items() if name in table.c}


def reached() -> list[str]:
    """Names of all tables that lead to a client through foreign keys, and `client` itself."""
    found, fresh = {"client"}, ["client"]
    while fresh:
        target = fresh.pop()
        for table in db.metadata.sorted_tables:
            points = any(key.column.table.name == target for key in table.foreign_keys)
            if points and table.name not in found:
                found.add(table.name)
                fresh.append(table.name)
    return sorted(found)
