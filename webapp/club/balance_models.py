"""The table of people who ask for their balance by card number or phone and prove it with a code from an SMS."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class BalanceAsk(Base):
    """One request for a code. The page writes the same row for known and unknown ones; the worker looks who it is.

    `token_hash` is of the token in the browser's form, `asked` what was typed (digits of a card, or a phone in E.164)
    and emptied with the end of the request; `key_hash`, `address_hash`, `phone_hash` are keyed hashes for limits. The
    code itself is kept nowhere: it follows from the token and the key of this site.
    """

    __tablename__ = "balance_ask"
    __table_args__ = (
        Index("ix_balance_ask_key", "key_hash", "created_at"),
        Index("ix_balance_ask_address", "address_hash", "created_at"),
        Index("ix_balance_ask_phone", "phone_hash", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    asked: Mapped[str]
    key_hash: Mapped[str]
    address_hash: Mapped[str]
    phone_hash: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="ru")
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
