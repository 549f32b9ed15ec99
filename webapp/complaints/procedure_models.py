"""Tables that people maintain in forms: procedures by type of complaint, and the list of root causes."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.complaints import step_rules as rules
from webapp.db import Base


def one_of(column: str, codes: tuple[str, ...], *, empty: bool = False) -> str:
    """SQL: `column` holds one of these codes."""
    words = ", ".join(f"'{code}'" for code in (("",) if empty else ()) + codes)
    return f"{column} IN ({words})"


class Procedure(Base):
    """How complaints of one type are handled: the text told at step 2, the standard remedy, and what time it takes.

    A number left empty is the agency's (`clock_rules.Terms`). `kind` is refund, repeat, bonus, apology or operator.
    """

    __tablename__ = "procedure"
    __table_args__ = (CheckConstraint(one_of("kind", rules.KINDS), "kind_known"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_ru: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    text_ru: Mapped[str]
    text_en: Mapped[str] = mapped_column(default="")
    remedy_ru: Mapped[str] = mapped_column(default="")
    remedy_en: Mapped[str] = mapped_column(default="")
    decide_days: Mapped[int | None]
    legal_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class RootCause(Base):
    """A cause of the maintained list that step 6 chooses from. `code` is that of a shipped one, else empty."""

    __tablename__ = "root_cause"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(default="")
    name_ru: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
