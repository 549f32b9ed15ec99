"""Client search by any part of name, phone or e-mail: the queries over the index made by `index.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    column,
    literal_column,
    or_,
    select,
    table,
    text,
)

from webapp.clients.models import Client
from webapp.clients.rules import Term, read_query
from webapp.db import db
from webapp.staff.models import User, scoped

# More than this many is no answer but an invitation to type more letters.
MOST = 500

_find = table("client_find", column("rowid"), column("text"))
_indexed: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


@dataclass(frozen=True)
class Found:
    """A page of clients; `total` of all found, `capped` when there are more than anybody will look through."""

    clients: list[Client] = field(default_factory=list)
    total: int = 0
    capped: bool = False
    next_offset: int | None = None


def find_clients(text_typed: str, user: User, limit: int = 50, offset: int = 0) -> Found:
    """Clients of the person's own offices that hold everything typed: parts of names in any order, of phones in any
    spelling, of e-mails. Those whose surname begins with the first word come first, then by name."""
    ids, capped = find_ids(text_typed, user)
    shown = ids[offset:offset + limit]
    return Found(_load(shown), len(ids), capped, offset + limit if len(ids) > offset + limit else None)


def find_ids(text_typed: str, user: User) -> tuple[list[int], bool]:
    """Ids of all clients found, in the order they are shown, at most MOST; and whether there are more."""
    terms = read_query(text_typed)
    if not terms:
        return [], False
    first = next((term.word for term in terms if term.word), "")
    queries = [_holding(terms, user)]
    if first and len(terms) == 1:
        # A word so common that the cap cuts must not hide those whose surname begins with it.
        queries.insert(0, _beginning(first, user))
    found = _keys_of(queries)
    if not found and any(term.is_short for term in terms):
        found = _keys_of([_anywhere(terms, user)])
    ids = sorted(found, key=lambda client_id: (not (first and found[client_id].startswith(first)), found[client_id],
                                               client_id))
    return ids[:MOST], len(ids) > MOST


def recent_clients(user: User, limit: int = 50, offset: int = 0) -> Found:
    """The clients added last in the person's own offices: what the page shows before anything is typed."""
    query = scoped(select(Client.id).where(Client.erased_at.is_(None)), Client.office_id, user)
    ids = list(db.session.scalars(query.order_by(Client.id.desc()).offset(offset).limit(limit + 1)))
    return Found(_load(ids[:limit]), len(ids[:limit]), False, offset + limit if len(ids) > limit else None)


def _keys(user: User) -> Select[Any]:
    query: Select[*tuple[Any, ...]] = select(Client.id, Client.name_key)
    return scoped(query, Client.office_id, user)


def _keys_of(queries: list[Select[Any]]) -> dict[int, str]:
    return {client_id: key for query in queries
            for client_id, key in db.session.execute(query.limit(MOST + 1))}


def _beginning(word: str, user: User) -> Select[Any]:
    """Clients whose surname begins with `word`, in order; one range of an index per office."""
    query = _keys(user)
    if _dialect() == "postgresql":
        return query.where(Client.name_key.startswith(word, autoescape=True))
    return query.where(Client.name_key >= word, Client.name_key < word + "\U0010ffff")


def _holding(terms: Sequence[Term], user: User) -> Select[Any]:
    """Clients that hold every term, through the index where there is one."""
    indexable = [term for term in terms if all(len(piece) > 2 for piece in term.pieces)]
    if _dialect() != "sqlite" or not indexable or not _has_index():
        return _keys(user).where(*(_like(term.pieces) for term in terms))
    # The index knows the office too. Without statistics SQLite would go through all clients of the office instead.
    query: Select[*tuple[Any, ...]] = select(Client.id, Client.name_key)
    query = scoped(query, Client.office_id + 0, user)
    rest = [term for term in terms if term not in indexable]
    matches = literal_column("client_find").op("MATCH")(_match(indexable, user))
    return query.join(_find, _find.c.rowid == Client.id).where(matches, *(_like(term.pieces) for term in rest))


def _anywhere(terms: Sequence[Term], user: User) -> Select[Any]:
    """Clients that hold every term in the middle of a word too: what the index does not know of one or two letters."""
    query = _keys(user)
    return query.where(*(_like(term.spellings) for term in terms))


def _like(pieces: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Client.find_text.contains(piece, autoescape=True) for piece in pieces))


def _match(terms: Sequence[Term], user: User) -> str:
    groups = [[piece.replace('"', '""') for piece in term.pieces] for term in terms]
    if not user.is_network:
        groups.append([f"#{office.id}#" for office in user.offices] or ["#0#"])
    return " AND ".join("(" + " OR ".join(f'"{piece}"' for piece in group) + ")" for group in groups)


def _load(ids: list[int]) -> list[Client]:
    if not ids:
        return []
    rows = {row.id: row for row in db.session.scalars(select(Client).where(Client.id.in_(ids)))}
    return [rows[client_id] for client_id in ids if client_id in rows]


def _dialect() -> str:
    return db.engine.dialect.name


def _has_index() -> bool:
    """Whether the trigram table was made: a very old SQLite library cannot."""
    engine = db.engine
    if engine not in _indexed:
        _indexed[engine] = db.session.scalar(text("SELECT 1 FROM sqlite_master WHERE name = 'client_find'")) == 1
    return _indexed[engine]
