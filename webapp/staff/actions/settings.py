"""Settings of the agency, by key."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from webapp.db import db, transaction
from webapp.staff.actions import checks
from webapp.staff.audit import record
from webapp.staff.models import Setting, held_setting
from webapp.staff.rules import ADMIN, Actor, BadInput


def change_settings(values: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Set `values`; one line in the log names what really changed."""
    actor.needs(ADMIN)
    facts = {}
    with transaction() as session:
        # In one order, whoever changes several.
        for key, new in sorted(values.items()):
            old = held_setting(key)
            if old == new or (old is None and new == ""):
                continue
            session.merge(Setting(key=key, value=new))
            facts[key] = [old, new]
        if facts:
            db.session.flush()
            record(actor, "edited", "settings", None, now=now, facts=facts)


def edit_agency(*, agency_name: str, language: str, agency_phone: str, agency_email: str, agency_site: str,
                actor: Actor, now: datetime) -> None:
    """What clients read of the agency. Raises BadInput no-name, bad-phone, bad-email or bad-site."""
    actor.needs(ADMIN)
    name = " ".join(agency_name.split())
    if not name:
        raise BadInput("no-name", "agency_name")
    email = checks.good_email(agency_email, "agency_email") if agency_email else ""
    change_settings({"agency_name": name, "language": language, "agency_email": email,
                     "agency_phone": checks.good_phone(agency_phone, "agency_phone"),
                     "agency_site": _good_site(agency_site)}, actor=actor, now=now)


def _good_site(text: str) -> str:
    """An address of a site, with its scheme; an empty one stays empty."""
    if not text:
        return ""
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadInput("bad-site", "agency_site", text) from None
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or " " in url:
        raise BadInput("bad-site", "agency_site", text)
    return url
