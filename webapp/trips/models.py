"""Tables of sold trips: the trip, its companions, and the tokens of booking systems that create trips."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.clients.models import Client
from webapp.db import Base
from webapp.staff.models import Office, User
from webapp.touches.models import Occasion


class Trip(Base):
    """One sale with three dates. Price in kopecks; flight times are local to the place of departure or landing.

    `fingerprint` identifies an imported row, `external_ref` a booking system's own number: both make repeats safe.
    """

    __tablename__ = "trip"
    __table_args__ = (
        UniqueConstraint("office_id", "fingerprint"),
        UniqueConstraint("office_id", "external_ref"),
        CheckConstraint("return_on >= departure_on", "return_not_before_departure"),
        CheckConstraint("departure_on >= purchase_on", "departure_not_before_purchase"),
        CheckConstraint("price_kopecks IS NULL OR price_kopecks >= 0", "price_not_negative"),
        Index("ix_trip_departure", "office_id", "departure_on"),
        # What has to follow a cancelled trip, or one that is over, is looked for every minute.
        Index("ix_trip_cancelled", "cancelled_at", sqlite_where=sql_text("cancelled_at IS NOT NULL"),
              postgresql_where=sql_text("cancelled_at IS NOT NULL")),
        Index("ix_trip_return", "return_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    seller_name: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    operator: Mapped[str] = mapped_column(default="")
    booking_number: Mapped[str] = mapped_column(default="")
    price_kopecks: Mapped[int | None] = mapped_column(BigInteger)
    purchase_on: Mapped[date]
    departure_on: Mapped[date]
    return_on: Mapped[date]
    departure_time: Mapped[time | None]
    landing_time: Mapped[time | None]
    addons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(default="")
    fingerprint: Mapped[str | None]
    external_ref: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    occasion: Mapped[Occasion] = relationship()
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()
    seller: Mapped[User | None] = relationship()
    companions: Mapped[list["Companion"]] = relationship(
        order_by="Companion.id", lazy="selectin", cascade="all, delete-orphan")


class Companion(Base):
    """Somebody who travels along; linked to a client when known."""

    __tablename__ = "companion"
    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    name: Mapped[str]
    birthday: Mapped[date | None]


class ApiToken(Base):
    """A booking system's key to the JSON endpoint of one office; only its hash is kept."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    tail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
