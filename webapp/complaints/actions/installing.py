"""Shipped procedures and causes, for new agencies and for those that work already; what people changed stays."""

from sqlalchemy import select

from webapp.complaints.models import Procedure, RootCause
from webapp.complaints.starter import CAUSES, PROCEDURES
from webapp.db import db, transaction


def install_procedures() -> list[str]:
    """Add what is missing by code; gives a line for each thing that was added."""
    said = []
    with transaction() as session:
        known = set(db.session.scalars(select(Procedure.code)))
        new = [row for row in PROCEDURES if row.code not in known]
        session.add_all(Procedure(
            code=row.code, kind=row.code, name_ru=row.name_ru, name_en=row.name_en, text_ru=row.text_ru,
            text_en=row.text_en, remedy_ru=row.remedy_ru, remedy_en=row.remedy_en, active=True,
            position=PROCEDURES.index(row)) for row in new)
        there = set(db.session.scalars(select(RootCause.code)))
        causes = [(place, row) for place, row in enumerate(CAUSES) if row[0] not in there]
        session.add_all(RootCause(code=code, name_ru=ru, name_en=en, active=True, position=place)
                        for place, (code, ru, en) in causes)
    said += [f"procedures of complaints: {len(new)}"] if new else []
    return said + ([f"causes of complaints: {len(causes)}"] if causes else [])
