"""The file with everything about a client: a page to read and the same for machines, in one archive."""

import io
import json
import zipfile
from datetime import date, datetime, time
from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import db
from webapp.desk.person.findings import Found, find_all, log_of, rows_of
from webapp.desk.person.words import Reader
from webapp.kit.days import local_day, zone
from webapp.touches.models import Occasion
from webapp.web.i18n import moment


def archive_of(client: Client, *, now: datetime) -> bytes:
    """A ZIP of `client.html`, which any browser shows and prints in the client's language, and of `client.json`.

    The page has words only; codes, and lines that only programs understand, stand in the other.
    """
    found = find_all(client)
    with force_locale(client.language):
        page, machine = _both(client, found, now)
    machine["audit_entry"] = [{"at": entry.at, "verb": entry.verb, "subject": entry.subject, "facts": entry.facts}
                              for entry in log_of(found)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("client.html", page)
        archive.writestr("client.json", json.dumps(machine, ensure_ascii=False, indent=1, default=_plain))
    return out.getvalue()


def _both(client: Client, found: Found, now: datetime) -> tuple[str, dict[str, Any]]:
    versions = db.session.execute(select(Occasion.id, Occasion.plan_version_id).where(Occasion.client_id == client.id))
    reader = Reader(client.zone, local_day(now, zone(client.zone)), {row.id: row.plan_version_id for row in versions})
    sections, machine = [], {}
    for name, policy, rows in rows_of(found):
        machine[name] = rows
        read = [pairs for pairs in (reader.read(name, policy, row) for row in rows) if pairs]
        if read:
            sections.append((policy.title, read))
    page = render_template("mail/person.html", client=client, sections=sections, made=moment(now, client.zone))
    return page, machine


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)
