"""Messages as providers see them: what `channels.Outgoing` holds, read from the two tables of a message."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from webapp.db import Base, db
from webapp.post.channels import Outgoing
from webapp.post.models import MessageContent
from webapp.post.obstacles import message

content = Base.metadata.tables[MessageContent.__tablename__]
_IN_CONTENT = ("text", "html", "files")
OUT_OF_STATE = tuple(message.c[name] for name in Outgoing.__slots__ if name not in _IN_CONTENT)
_ALL = tuple((content if name in _IN_CONTENT else message).c[name] for name in Outgoing.__slots__)
_CONTENTS = select(content.c.message_id, content.c.text, content.c.html, content.c.files).where(
    content.c.message_id.in_(bindparam("ids", expanding=True)))


def whole_messages() -> Select[Any]:
    """A query of all that `Outgoing` holds, in its order; add conditions on `message`."""
    return select(*_ALL).select_from(message.join(content, content.c.message_id == message.c.id))


def with_contents(rows: Sequence[Row[Any]]) -> list[Outgoing]:
    """Rows of OUT_OF_STATE with their texts, which never change and so need no lock."""
    with db.engine.connect() as connection:
        found = {i: (words, html, files) for i, words, html, files in
                 connection.execute(_CONTENTS, {"ids": [row.id for row in rows]})}
    parts: list[tuple[Any, ...]] = [(*row, *found.get(row.id, ("", "", ""))) for row in rows]
    return [Outgoing(*part) for part in parts]
