"""Gifts: the shipped kinds, and how much of a kind an office has; pure."""

from dataclasses import dataclass

LOW = 3
"""At so few left somebody should order more, even when nobody waits yet."""
MOST_MOVED = 10_000


@dataclass(frozen=True)
class Kind:
    """A kind as it is shipped."""

    code: str
    ru: str
    en: str
    counted: bool = True


SHIPPED = (
    Kind("visit", "подарок к визиту", "a gift for your visit"),
    Kind("album", "альбом с фотографиями", "a photo album"),
    Kind("birthday", "купон ко дню рождения", "a birthday coupon", counted=False),
)
DEFAULT = "visit"
"""What a plan's own step «hand over» stands for."""


@dataclass(frozen=True)
class Stock:
    """Gifts of one kind in one office: came, handed over, still to be; written off; sent on to another office."""

    came: int = 0
    handed: int = 0
    waiting: int = 0
    written_off: int = 0
    sent: int = 0

    @property
    def left(self) -> int:
        """What should lie on the shelf; below nothing when people handed over what nobody had entered."""
        return self.came - self.handed - self.written_off - self.sent

    @property
    def is_short(self) -> bool:
        """Not enough for those who wait."""
        return self.left < self.waiting

    @property
    def is_low(self) -> bool:
        """Few left, whether somebody waits or not."""
        return self.left <= LOW


def may_take(stock: Stock, amount: int) -> bool:
    """Whether so many can be written off or sent on: only what lies there."""
    return 0 < amount <= max(stock.left, 0)
