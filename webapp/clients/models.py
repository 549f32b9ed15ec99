"""Tables of people we may contact: names, phones, e-mails, consents, preferences; and the questions about them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, select, union
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients import rules
from webapp.clients.index import searchable
from webapp.clients.link_models import ConsentText, PersonalLink
from webapp.db import Base, db
from webapp.staff.models import Office, User, scoped

__all__ = ["Client", "Consent", "ConsentEvent", "ConsentText", "Email", "PersonalLink", "Phone", "client_for",
           "consent_log", "consents_of", "holders"]


class Client(Base):
    """One person we may contact. `find_text` is what search looks in; `write_nothing` silences every letter."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    last_name: Mapped[str] = mapped_column(default="")
    first_name: Mapped[str] = mapped_column(default="")
    middle_name: Mapped[str] = mapped_column(default="")
    name_key: Mapped[str] = mapped_column(default="")
    gender: Mapped[str] = mapped_column(default="")
    greeting: Mapped[str] = mapped_column(default="")
    birthday: Mapped[date | None]
    language: Mapped[str] = mapped_column(default="ru")
    timezone: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    write_nothing: Mapped[bool] = mapped_column(default=False)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    passport_until: Mapped[date | None]
    find_text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    office: Mapped[Office] = relationship(lazy="joined", innerjoin=True)
    manager: Mapped[User | None] = relationship()
    phones: Mapped[list["Phone"]] = relationship(
        order_by="Phone.position, Phone.id", lazy="selectin", cascade="all, delete-orphan")
    emails: Mapped[list["Email"]] = relationship(
        order_by="Email.position, Email.id", lazy="selectin", cascade="all, delete-orphan")

    @property
    def full_name(self) -> str:
        """Surname first, as on the board: «Иванова Анна Петровна»."""
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))

    @property
    def short_name(self) -> str:
        """«Иванова А.» for button labels."""
        return f"{self.last_name} {self.first_name[:1]}." if self.last_name and self.first_name else self.full_name

    @property
    def phone(self) -> "Phone | None":
        """The first usable phone."""
        return next((p for p in self.phones if p.works), None)

    @property
    def email(self) -> "Email | None":
        """The first usable e-mail address."""
        return next((e for e in self.emails if e.works), None)

    @property
    def missing(self) -> list[str]:
        """Codes of what is worth asking the client, the most useful first (`domain.md` §4.1)."""
        return rules.missing(rules.facts_of(self), sum(p.works for p in self.phones), sum(e.works for e in self.emails))

    @property
    def zone(self) -> str:
        """The client's own time zone, else the office's."""
        return self.timezone or self.office.timezone

    def keep_findable(self) -> None:
        """Bring what search looks in up to date; every action that changes name, phones or e-mails calls this."""
        self.name_key = rules.name_key(self.full_name)
        self.find_text = rules.find_text(self.full_name, [phone.e164 for phone in self.phones],
                                         [email.address for email in self.emails])


class Phone(Base):
    """A phone of a client: `e164` with plus, `raw` as it was typed. `broken_at` is set when it proved invalid."""

    __tablename__ = "phone"
    __table_args__ = (UniqueConstraint("client_id", "e164"), CheckConstraint("e164 LIKE '+%'", "plus"))
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    e164: Mapped[str] = mapped_column(index=True)
    raw: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    is_mobile: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    broken_at: Mapped[datetime | None]

    @property
    def value(self) -> str:
        """The number in E.164: what tells phones of one client apart."""
        return self.e164

    @property
    def works(self) -> bool:
        """False once the number proved invalid."""
        return self.broken_at is None


class Email(Base):
    """An e-mail address of a client, stored normalised. `broken_at` is set by a hard bounce."""

    __tablename__ = "email"
    __table_args__ = (UniqueConstraint("client_id", "address"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    broken_at: Mapped[datetime | None]

    @property
    def value(self) -> str:
        """The address: what tells e-mails of one client apart."""
        return self.address

    @property
    def works(self) -> bool:
        """False after a hard bounce."""
        return self.broken_at is None


class ConsentEvent(Base):
    """Append-only consent log; `given` False means stopped.

    `scope` is "marketing", "trips" (stopped: reminders of a trip are left), "all", or "data", as the channel is then:
    the consent to keep personal data. `text_version` names kind, number and language of the text («news-2-ru»).
    """

    __tablename__ = "consent_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    channel: Mapped[str]
    scope: Mapped[str] = mapped_column(default="marketing")
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(default="")
    how: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")


class Consent(Base):
    """The consent in force, kept in the same transaction as the log; checked inside the hand-off commit.

    `marketing` allows news; `trips_only` leaves reminders of a trip alone, `stopped` nothing at all.
    """

    __tablename__ = "consent"
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    marketing: Mapped[bool] = mapped_column(default=False)
    stopped: Mapped[bool] = mapped_column(default=False)
    trips_only: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]


append_only(ConsentEvent.__table__, erasable=("address",))  # type: ignore[arg-type]
searchable(Client.__table__)  # type: ignore[arg-type]


def client_for(client_id: int, user: User) -> Client | None:
    """The client, when it belongs to the person's own offices; else None, and the page answers 404."""
    query = select(Client).where(Client.id == client_id, Client.erased_at.is_(None))
    return db.session.scalar(scoped(query, Client.office_id, user))


def holders(phones: Collection[str] = (), addresses: Collection[str] = (), *, besides: int | None = None,
            limit: int = 20) -> list[Client]:
    """Clients of the whole network that have one of these phones (E.164) or addresses, but for `besides`.

    Only for warnings and the exact look-up (`domain.md` §10): pages show no more than the name of other offices'.
    """
    if not phones and not addresses:
        return []
    # Two look-ups by index first: asked for in one query, an engine may walk all clients in order of their names.
    ids = set(db.session.scalars(union(select(Phone.client_id).where(Phone.e164.in_(phones)),
                                       select(Email.client_id).where(Email.address.in_(addresses))))) - {besides}
    if not ids:
        return []
    query = select(Client).where(Client.id.in_(sorted(ids)[:limit]))
    return list(db.session.scalars(query.order_by(Client.name_key, Client.id)))


def consents_of(client_id: int) -> dict[str, Consent]:
    """The consents in force by channel; a channel nothing was ever said about is absent."""
    return {row.channel: row for row in db.session.scalars(select(Consent).where(Consent.client_id == client_id))}


def consent_log(client_id: int) -> list[ConsentEvent]:
    """Everything the client ever said about letters and calls, newest first."""
    query = select(ConsentEvent).where(ConsentEvent.client_id == client_id)
    return list(db.session.scalars(query.order_by(ConsentEvent.id.desc())))
