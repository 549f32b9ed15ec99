"""What other conditions would make of everybody's level, counted before they are saved; reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.club.level_counts import all_earned, all_standing, days_of_zones, grades
from webapp.club.level_rules import Earned, Grade, earned_level
from webapp.club.models import ClientLevel
from webapp.db import db


@dataclass(frozen=True)
class Impact:
    """How many clients would rise, would be warned of a fall, and whose announced fall would be called off."""

    rise: int = 0
    warned: int = 0
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(self.rise or self.warned or self.kept)


def impact_of(wanted: Sequence[Grade], *, now: datetime) -> Impact:
    """The difference to the conditions in force, over the whole network."""
    present = grades()
    total = Impact()
    for today, zones in days_of_zones(now).items():
        standing = {row.client_id: row.level_code for row in db.session.execute(all_standing(zones))}
        earned = {row.client_id: Earned(row.trips, int(row.spend)) for row in db.session.execute(
            all_earned(today, zones))}
        for client_id in standing.keys() | earned.keys():
            total = _add(total, standing.get(client_id, present[0].code), earned.get(client_id, Earned()), present,
                         wanted)
    return total


def people_on() -> dict[str, int]:
    """How many clients have each level, by code; everybody without a row has the lowest and is not counted."""
    query = select(ClientLevel.level_code, func.count()).join(Client, Client.id == ClientLevel.client_id).where(
        Client.erased_at.is_(None)).group_by(ClientLevel.level_code)
    return {code: number for code, number in db.session.execute(query)}


def _add(total: Impact, level: str, earned: Earned, present: Sequence[Grade], wanted: Sequence[Grade]) -> Impact:
    rank = {grade.code: grade.rank for grade in present}
    own, was, will = rank[level], earned_level(present, earned).rank, earned_level(wanted, earned).rank
    return Impact(total.rise + (will > own >= was), total.warned + (will < own <= was),
                  total.kept + (was < own <= will))
