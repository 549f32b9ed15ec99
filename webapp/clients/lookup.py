"""The exact look-up over the whole network: a full phone gives the name and what other rooms tell, no more."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from webapp.clients.models import Client, holders
from webapp.kit import phones
from webapp.staff.models import User

Facts = list[tuple[Any, Any]]
_KEY = "snova.client_facts"


@dataclass(frozen=True)
class Elsewhere:
    """A client of another office as everybody may see one (`domain.md` §10)."""

    name: str
    facts: Facts


def offer_facts(app: Flask, facts_of: Callable[[Collection[int]], dict[int, Facts]]) -> None:
    """A room to the right offers (term, value) pairs for clients found by exact phone: last contact, balance."""
    app.extensions.setdefault(_KEY, []).append(facts_of)


def known_elsewhere(typed: str, user: User) -> list[Elsewhere]:
    """Clients of other offices that have exactly this phone; nothing for a part of a number."""
    e164 = phones.normalise(typed)
    rows = hidden(holders([e164]), user) if e164 else []
    told = facts_about([row.id for row in rows])
    return [Elsewhere(row.full_name, told[row.id]) for row in rows]


def facts_about(client_ids: Collection[int]) -> dict[int, Facts]:
    """What everybody in the network may know about these clients besides their names."""
    told: dict[int, Facts] = {client_id: [] for client_id in client_ids}
    for facts_of in current_app.extensions.get(_KEY, []) if told else []:
        for client_id, facts in facts_of(told.keys()).items():
            told[client_id] += facts
    return told


def hidden(rows: Collection[Client], user: User) -> list[Client]:
    """Those of `rows` that belong to offices the person does not work in."""
    if user.is_network:
        return []
    own = {office.id for office in user.offices}
    return [row for row in rows if row.office_id not in own]
