"""Tables of «bring a friend» and of gifts: invitations, friends who came by them, kinds of gifts, stock, gifts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.club.card_models import partial
from webapp.db import Base
from webapp.staff.models import Office
from webapp.touches.models import Touch

REFERRAL_STATES = ("new", "talking", "travels", "rewarded", "refused", "lost")
_STATES = ", ".join(f"'{state}'" for state in REFERRAL_STATES)


class FriendLink(Base):
    """A client's standing invitation: a short code for a link and for saying it on the phone."""

    __tablename__ = "friend_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Referral(Base):
    """A friend who came by an invitation, or whom a client named; all a lead needs until leads have a room.

    `state`: new, talking (staff work on it), travels (bought, not back yet), rewarded, refused (`reason`: self,
    known, repeat, cancelled …), lost. `source`: page or staff. `touch_id` is the call to the friend.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", "state_known"),
        partial("referral", "friend", "friend_id", where="friend_id IS NOT NULL AND state <> 'refused'", unique=True),
        partial("referral", "open", "state", "office_id", where="state IN ('new', 'talking', 'travels')"),
        Index("ix_referral_inviter", "inviter_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    friend_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="", index=True)
    wish: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="page")
    state: Mapped[str] = mapped_column(default="new")
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    inviter_op_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"))
    friend_op_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    inviter: Mapped[Client] = relationship(foreign_keys=[inviter_id])
    friend: Mapped[Client | None] = relationship(foreign_keys=[friend_id])


class FriendKnock(Base):
    """What somebody wrote on the page of an invitation. The page writes the same row whoever it is; the worker looks.

    `news` are channels joined by commas, `data_text` and `news_text` the versions of the consents that were read, in
    `language`. What was written is emptied once the worker has looked; the rest counts who came today.
    """

    __tablename__ = "friend_knock"
    __table_args__ = (
        Index("ix_friend_knock_inviter", "inviter_id", "created_at"),
        partial("friend_knock", "waiting", "id", where="looked_at IS NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str]
    phone: Mapped[str]
    wish: Mapped[str]
    news: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    data_text: Mapped[str]
    news_text: Mapped[str]
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]


class GiftKind(Base):
    """A kind of gift handed over in the office: visit gift, album, birthday coupon. `counted`: its stock is kept."""

    __tablename__ = "gift_kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_ru: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    counted: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class GiftMove(Base):
    """Append-only: gifts of a kind came to an office (+), were written off or sent elsewhere (−).

    What was handed over is counted from the gifts themselves.
    """

    __tablename__ = "gift_move"
    __table_args__ = (CheckConstraint("amount <> 0", "moves"), Index("ix_gift_move_place", "office_id", "kind_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("gift_kind.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    amount: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    kind: Mapped[GiftKind] = relationship()
    office: Mapped[Office] = relationship()


class Gift(Base):
    """A gift that waits for a client in an office, or was handed over: that is told by its touch."""

    __tablename__ = "gift"
    __table_args__ = (Index("ix_gift_client", "client_id", "id"), Index("ix_gift_place", "office_id", "kind_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("gift_kind.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    touch_id: Mapped[int] = mapped_column(ForeignKey("touch.id"), unique=True)
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    kind: Mapped[GiftKind] = relationship()
    office: Mapped[Office] = relationship()
    touch: Mapped[Touch] = relationship()


append_only(GiftMove.__table__)  # type: ignore[arg-type]
