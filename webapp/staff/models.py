"""Tables of people who work here: offices, users, absences, audit, settings; and the office-scope query."""

from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, ForeignKey, Index, Select, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.db import Base, db, one_at_a_time
from webapp.staff import rules

S = TypeVar("S", bound=Select[Any])


class Office(Base):
    """An office with its own zone, hours and staff. `hours` maps "0".."6" (Monday first) to ["10:00","19:00"]."""

    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(default="Europe/Moscow")
    city: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="RU")
    hours: Mapped[dict[str, Any]] = mapped_column(JSON, default=lambda: dict(rules.DEFAULT_HOURS))
    closed_on: Mapped[datetime | None]


class DayOff(Base):
    """An office's own day off, or a working day on a public holiday (`working`)."""

    __tablename__ = "day_off"
    __table_args__ = (UniqueConstraint("office_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    working: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")


class User(Base):
    """A person who signs in. `email` is stored normalised; `session_version` ends old sessions when raised."""

    __tablename__ = "staff_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_network: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="ru")
    theme: Mapped[str] = mapped_column(default="auto")
    keys_on: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    totp_secret: Mapped[str] = mapped_column(default="")
    totp_last: Mapped[int] = mapped_column(default=0)
    offices: Mapped[list[Office]] = relationship(secondary="user_office", order_by="Office.id", lazy="selectin")

    @property
    def initials(self) -> str:
        """Two letters for the badge."""
        return rules.initials(self.name)

    @property
    def first_name(self) -> str:
        """How colleagues call this person: the first word of the name."""
        return self.name.split()[0] if self.name.split() else self.email

    @property
    def lang(self) -> str:
        """Language of this person's pages."""
        return self.language

    @property
    def works_here(self) -> bool:
        """False after dismissal."""
        return self.dismissed_at is None

    @property
    def is_authenticated(self) -> bool:
        """True for every person a session leads to; visitors are another class (flask-login asks this)."""
        return True

    @property
    def has_second_factor(self) -> bool:
        """A code from the phone is asked for when this person signs in."""
        return bool(self.totp_secret)

    @property
    def zone(self) -> str:
        """The zone in which this person reads moments: that of the first office."""
        return self.offices[0].timezone if self.offices else rules.DEFAULT_ZONE

    @property
    def hats(self) -> frozenset[str]:
        """Role plus "admin" when worn on top (`domain.md` §10)."""
        return rules.hats(self.role, self.is_admin)

    @property
    def office_ids(self) -> list[int]:
        """Ids of the offices whose rows this person may see; a network director sees all."""
        if self.is_network:
            return list(db.session.scalars(select(Office.id)))
        return [office.id for office in self.offices]


class UserOffice(Base):
    """Which offices a person belongs to."""

    __tablename__ = "user_office"
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)


class UserSession(Base):
    """A signed-in browser. Only a hash of its token is kept; ends at logout, role change, dismissal."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(default="")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Invitation(Base):
    """A link with which one person sets a password, once, until `expires_at`. Only a hash of its token is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class RecoveryCode(Base):
    """A code that replaces the phone at sign-in, once. Only a hash is kept."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class LoginThrottle(Base):
    """Failed tries per account or address (`key`), and until when the next try waits."""

    __tablename__ = "login_throttle"
    key: Mapped[str] = mapped_column(primary_key=True)
    fails: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime | None]


class Absence(Base):
    """Somebody is away from `first_day` to `last_day` inclusive; `substitute` gets their due steps.

    Ended early, it keeps the days that were; one that never began keeps none (`last_day` before `first_day`).
    """

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    substitute: Mapped[User] = relationship(foreign_keys=[substitute_id])


class AuditEntry(Base):
    """Who changed what, when. Append-only; `actor` is a person's name or a job's, `facts` holds old and new."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    verb: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Setting(Base):
    """A setting of the agency, changed in forms: agency name, sending mode, identities …"""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


append_only(AuditEntry.__table__, erasable=("facts",))  # type: ignore[arg-type]


_SETTING = select(Setting.value).where(Setting.key == bindparam("key"))


def scoped(query: S, office_column: Any, user: User) -> S:
    """The one helper that keeps a read inside the person's own offices (`quality.md` §2)."""
    if user.is_network:
        return query
    return query.where(office_column.in_([office.id for office in user.offices]))


def setting(key: str, default: Any = None) -> Any:
    """Value of a setting, or `default`."""
    row = db.session.execute(_SETTING, {"key": key}).one_or_none()
    return default if row is None else row.value


def held_setting(key: str, default: Any = None) -> Any:
    """The same inside `transaction()` for who is about to change it: others who ask so wait, also where none stands yet
    and there is no row to lock."""
    one_at_a_time(f"setting:{key}")
    return setting(key, default)
