"""What a letter of an occasion may speak about, gathered from the occasion, its client, owner and office."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from webapp.clients.models import Client
from webapp.kit.days import local_day, zone
from webapp.letters.placeholders import ClientData, LetterContext, OfficeData, StaffData, TripData
from webapp.letters.store import agency_name
from webapp.staff.models import Office, User
from webapp.touches.models import Occasion
from webapp.touches.store import dates_of

_DAYS = {"ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def context_of(occasion: Occasion, language: str, *, now: datetime, preview: bool = False) -> LetterContext:
    """The context for a letter in `language`; dates are those of the client's zone, else the office's."""
    client, office = occasion.client, occasion.office
    today = local_day(now, zone(client.timezone or office.timezone))
    return context_for(client, office, occasion.owner, dates_of(occasion), occasion.facts, language, today=today,
                       preview=preview)


def context_for(client: Client, office: Office, owner: User | None, anchors: Mapping[str, date],
                facts: Mapping[str, Any], language: str, *, today: date, preview: bool = False) -> LetterContext:
    """The same from loose parts, for previews before anything is saved."""
    return LetterContext(
        lang=language, today=today, preview=preview, agency=agency_name(office), client_id=client.id,
        anchors=anchors, facts=facts,
        client=ClientData(client.first_name, f"{client.first_name} {client.last_name}".strip(), client.greeting),
        trip=_trip(anchors, facts) if "departure" in anchors else None,
        manager=StaffData(owner.name, owner.phone or office.phone, owner.email) if owner else None,
        office=OfficeData(office.name, office.address, office.phone, hours_in_words(office.hours, language)))


def hours_in_words(hours: Mapping[str, Any], language: str) -> str:
    """Weekly hours to read: «пн–пт 10:00–19:00, сб 11:00–16:00». `hours` maps "0".."6" to [opens, closes]."""
    names = _DAYS.get(language, _DAYS["en"])
    runs: list[tuple[int, int, tuple[str, str]]] = []
    for day in range(7):
        span = hours.get(str(day))
        if not span:
            continue
        opens, closes = str(span[0]), str(span[1])
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == (opens, closes):
            runs[-1] = (runs[-1][0], day, (opens, closes))
        else:
            runs.append((day, day, (opens, closes)))
    return ", ".join(f"{names[a]}–{names[b]} {o}–{c}" if a != b else f"{names[a]} {o}–{c}" for a, b, (o, c) in runs)


def _trip(anchors: Mapping[str, date], facts: Mapping[str, Any]) -> TripData:
    clock = {name: time.fromisoformat(facts[name]) if facts.get(name) else None for name in ("departs", "lands")}
    return TripData(
        destination=str(facts.get("destination") or ""), departure_on=anchors.get("departure"),
        return_on=anchors.get("return"), departure_time=clock["departs"], return_time=clock["lands"],
        operator=str(facts.get("operator") or ""), booking_number=str(facts.get("booking_number") or ""),
        companions=tuple(facts.get("companions") or ()))
