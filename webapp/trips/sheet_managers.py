"""Managers as a sheet names them: every name once, whom it means, and what was chosen for the last sheet."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.batches.models import Batch
from webapp.db import db
from webapp.kit.text import match_key
from webapp.staff.lists import people_named
from webapp.trips.sellers import Sellers, sellers_of
from webapp.trips.sheetrow import SheetTrip

# A column of remarks taken for managers has thousands of names; nobody can choose for all of them.
MOST_NAMES = 60


@dataclass(frozen=True)
class Named:
    """A name in the sheet ("" where the cell is empty), in how many rows, and who takes care of these trips."""

    text: str
    rows: int
    owner_id: int = 0
    owner: str = ""

    @property
    def key(self) -> str:
        """The same for every spelling."""
        return match_key(self.text)

    @property
    def field(self) -> str:
        """How the list of this name is called in the form; it does not depend on the other names of the sheet."""
        return "who-" + hashlib.sha256(self.key.encode()).hexdigest()[:12]


def names_in(rows: Iterable[SheetTrip]) -> list[tuple[str, int]]:
    """Every name with the number of its rows, the most frequent first; rows without a name last."""
    spelled: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for row in rows:
        key = match_key(row.manager)
        spelled.setdefault(key, row.manager if key else "")
        counted[key] += 1
    nameless = counted.pop("", 0)
    named = [(spelled[key], number) for key, number in counted.most_common()]
    return [*named, ("", nameless)] if nameless else named


def as_json(rows: Iterable[SheetTrip]) -> dict[str, Any]:
    """The names as a batch keeps them, and how many more there are than anybody can choose for."""
    names = names_in(rows)
    kept = [*names[:MOST_NAMES], *(pair for pair in names[MOST_NAMES:] if not pair[0])]
    return {"names": kept, "more_names": len(names) - len(kept)}


def sellers_for(batch: Batch) -> Sellers:
    """The sellers of the batch's office, with what was chosen for its names."""
    return sellers_of(batch.office_id, batch.mapping.get("used") or batch.mapping.get("meant"))


def named(batch: Batch, sellers: Sellers) -> list[Named]:
    """The names of a draft with the colleague each means now."""
    found = [(text, rows, sellers.find(text)) for text, rows in batch.mapping.get("names", ())]
    return [Named(text, rows, who.id, who.name) if who else Named(text, rows) for text, rows, who in found]


def reported(batch: Batch) -> list[Named]:
    """The names of an import that was started, with the colleagues they were taken for."""
    used = batch.mapping.get("used", {})
    rows = [Named(text, rows, used.get(match_key(text), 0)) for text, rows in batch.mapping.get("names", ())]
    people = people_named({row.owner_id for row in rows if row.owner_id})
    return [Named(row.text, row.rows, row.owner_id, people.get(row.owner_id, "")) for row in rows]


def remembered(office_id: int, kind: str) -> dict[str, int]:
    """What was chosen for the names of the office's sheets so far: each batch carries on what the one before knew."""
    query = select(Batch.mapping).where(Batch.kind == kind, Batch.office_id == office_id).order_by(Batch.id.desc())
    return dict((db.session.scalar(query.limit(1)) or {}).get("meant", {}))


def chosen_with(known: Mapping[str, int], names: Sequence[Named], owners: Mapping[str, int],
                sellers: Sellers) -> dict[str, int]:
    """What to remember: `known` and these `owners` (field → id, 0 for nobody), where a name alone says otherwise."""
    chosen = dict(known)
    for name in names:
        if name.field not in owners:
            continue
        alone, owner = sellers.recognise(name.text), owners[name.field]
        # What a name says by itself is not remembered: somebody hired later must be recognised, too.
        if owner == (alone.id if alone else 0):
            chosen.pop(name.key, None)
        else:
            chosen[name.key] = owner
    return chosen
