"""The file with everything about a client: a page to read and the same for machines, in one archive."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.clients import labels
from webapp.clients.models import Client
from webapp.desk.person.findings import find_all, log_of, rows_of
from webapp.kit import money
from webapp.web.i18n import moment

CODES: dict[str, Mapping[str, Any]] = {
    "channel": {**labels.CHANNELS, "email": _l("E-mail"), "call": _l("Call"), "visit": _l("Visit"), "task": _l("Task"),
                "gift": _l("Gift"), "chat": _l("Chat"), "data": _l("Personal data")},
    "how": {**labels.HOW, **labels.PLACES}, "gender": labels.GENDERS, "language": labels.LANGUAGES,
    "scope": {"marketing": _l("News and offers"), "trips": _l("Only reminders of a trip"), "all": _l("All letters"),
              "data": _l("Personal data")},
    "direction": {"out": _l("from us"), "in": _l("from the client")},
    "purpose": {"letters": _l("Choosing letters"), "consent": _l("Consents")},
    "kind": {"trip": _l("Trip")},
    "status": {"planned": _l("planned"), "queued": _l("on its way"), "done": _l("done"), "skipped": _l("not needed"),
               "dropped": _l("not needed"), "cancelled": _l("called off"), "missed": _l("missed"),
               "failed": _l("did not go out"), "unknown": _l("unknown")},
    "state": {"sent": _l("sent"), "delivered": _l("delivered"), "queued": _l("on its way"), "held": _l("on its way"),
              "claimed": _l("on its way"), "handed": _l("on its way"), "cancelled": _l("called off"),
              "missed": _l("missed"), "failed": _l("did not go out"), "bounced": _l("did not go out"),
              "dead": _l("did not go out"), "complained": _l("sent"), "unknown": _l("unknown")},
}
"""Words for codes, by the column they stand in; other codes stay as they are."""


def archive_of(client: Client, *, now: datetime) -> bytes:
    """A ZIP of `client.html`, which any browser shows and prints, and `client.json` with the very same."""
    found = find_all(client)
    sections, machine = [], {}
    for name, policy, rows in rows_of(found):
        machine[name] = rows
        read = [[(label, words(column, row[column], client.zone)) for column, label in policy.shown.items()]
                for row in rows]
        if rows:
            sections.append((policy.title, [[pair for pair in row if pair[1]] for row in read]))
    machine["audit_entry"] = [{"at": entry.at, "verb": entry.verb, "subject": entry.subject, "facts": entry.facts}
                              for entry in log_of(found)]
    page = render_template("mail/person.html", client=client, sections=sections, made=moment(now, client.zone))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("client.html", page)
        archive.writestr("client.json", json.dumps(machine, ensure_ascii=False, indent=1, default=_plain))
    return out.getvalue()


def words(column: str, value: Any, zone: str) -> str:
    """A value as a person reads it; moments are in the client's zone, money in roubles."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return moment(value, zone)
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if column == "price_kopecks":
        return money.display(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_flat(part)}" for key, part in value.items() if part not in (None, "", [], {}))
    if isinstance(value, list):
        return _flat(value)
    return str(CODES.get(column, {}).get(value, value))


def _flat(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)
