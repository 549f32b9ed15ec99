"""Pure rules of the outbox: states and their transitions, retry delays, quiet hours, lanes, the frequency cap."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from webapp.kit.days import local_day, moment, zone

NEW = "new"
TRANSITIONS: Mapping[str, frozenset[str]] = {
    NEW: frozenset({"held", "queued", "cancelled"}),
    "held": frozenset({"queued", "missed", "cancelled"}),
    "queued": frozenset({"held", "claimed", "missed", "cancelled"}),
    "claimed": frozenset({"queued", "handed", "failed", "dead"}),
    # Back to queued only on an answer that says "not now": the relay has told that it did not take the mail.
    "handed": frozenset({"sent", "unknown", "failed", "queued"}),
    # A late answer, the provider's own record, or a person settles what was unknown.
    "unknown": frozenset({"sent", "failed", "queued"}),
    # Unknown again when somebody takes back their word that it had arrived.
    "sent": frozenset({"delivered", "bounced", "complained", "unknown"}),
    "delivered": frozenset({"bounced", "complained"}),
    "bounced": frozenset({"complained"}),
    "complained": frozenset(),
    # A person said that an unknown message had not arrived, and takes that back.
    "failed": frozenset({"unknown"}),
    "missed": frozenset(),
    "cancelled": frozenset(),
    "dead": frozenset(),
}
WAITING = ("queued", "claimed", "handed")
"""On their way without anybody's help."""
BROKEN = ("failed", "missed", "bounced", "dead")
"""Did not arrive; a person should know."""
REACHED = ("sent", "delivered", "complained")
SETTLING = ("sent", "delivered", "bounced", "complained", "unknown", "failed", "missed", "cancelled", "dead")
"""States whose news the owner of the source must hear (`settled` is False until it has)."""

MODES = ("held", "trial", "live")
CHANNELS = ("email", "sms")
SERVICE, MARKETING, CODE, TEST = "service", "marketing", "code", "test"
CLASSES = (SERVICE, MARKETING, CODE, TEST)
"""`code` was asked for by its reader this minute; `test` goes to the person who pressed the button."""
AT_ANY_HOUR = (CODE, TEST)
_DIGIT = re.compile(r"\d")
# A personal link ends with 22 letters and digits (`clients.rules.spell_token`); whoever has it is taken for its owner.
_TOKEN = re.compile(r"(?<=/)[0-9A-Za-z]{22}(?![0-9A-Za-z])")


def told(klass: str, text: str) -> str:
    """A text as people of the agency may read it: a code for its reader alone has its digits hidden, a personal link
    its end."""
    return _DIGIT.sub("•", text) if klass == CODE else without_links(text)


def without_links(text: str) -> str:
    """A text or a page without the ends of personal links: staff read what clients read, and do not answer as them."""
    return _TOKEN.sub("•••", text)


LANE_URGENT, LANE_TRIP, LANE_SERVICE, LANE_NORMAL, LANE_NEWS = 1, 2, 3, 5, 9
LANES = tuple(range(1, 10))
"""Codes a reader waits for, then trip reminders before everything, newsletters last (`architecture.md` §4)."""

OWN_WISH, BY_HAND, ERASED = "unsubscribed", "stop-list", "erased"
"""Why nothing goes to an address: its reader said so, the agency put it on the stop list, or its owner was erased."""

LEASE = timedelta(minutes=2)
RENEW_AFTER = timedelta(seconds=30)
BATCH = 50
CRASHES = 3
# Three crashes in one bad minute say something of the machine, not of the message: the last try waits for calm.
CALM = 5
PROBE_EVERY = timedelta(seconds=30)
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
NOT_COUNTED_AFTER = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=3)
JUST_PAST = timedelta(seconds=1)
SEND_AGAIN_AFTER = timedelta(minutes=10)
BREATH = timedelta(seconds=15)
"""So long a message that a person sends once more waits, so that they can still take it back."""
UNDO_FOR = timedelta(minutes=15)
NOT_ARRIVED = "not-arrived"
"""A person says that a message whose answer was lost has not reached its reader."""
TEST_LASTS = timedelta(minutes=10)
QUIET_FROM, QUIET_TO = time(21), time(9)


class Timed(Protocol):
    """What the questions about time need to know of a message."""

    @property
    def klass(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def true_until(self) -> datetime | None: ...


class Ended(Protocol):
    """What the question about taking back needs to know of a message."""

    @property
    def state(self) -> str: ...
    @property
    def last_code(self) -> str: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Cap:
    """How many marketing messages one client may get (`domain.md` §2.6)."""

    day: int = 1
    week: int = 3


def may_become(old: str, new: str) -> bool:
    """True when a message in state `old` may turn `new` (`architecture.md` §4)."""
    return new in TRANSITIONS[old]


def retry_delay(tries: int) -> timedelta:
    """How long to wait after the `tries`-th counted refusal (from 1): 1, 5, 15, 60 minutes, then hourly."""
    return RETRY_AFTER[min(max(tries, 1), len(RETRY_AFTER)) - 1]


def next_try(delay: timedelta, now: datetime, true_until: datetime | None) -> datetime:
    """When to look at the message again: after `delay`, but no later than just past its end, to call it missed."""
    return now + delay if true_until is None else min(now + delay, true_until + JUST_PAST)


def is_past(message: Timed, now: datetime) -> bool:
    """True when what the message says is no longer true; at its very end it still is (`domain.md` §1.2, 6)."""
    return message.true_until is not None and now > message.true_until


def quiet_until(message: Timed, now: datetime) -> datetime | None:
    """The UTC end of the quiet hours [21:00, 09:00) `now` falls into in the reader's zone, or None (§1.2, 5)."""
    return None if message.klass in AT_ANY_HOUR else _quiet_until(message.zone, now)


def leaves_at(not_before: datetime, zone_name: str, now: datetime) -> datetime:
    """When a letter that nothing else keeps back leaves, in UTC: not before its moment, nor in the quiet hours."""
    at = max(not_before, now)
    return _quiet_until(zone_name, at) or at


def _quiet_until(zone_name: str, now: datetime) -> datetime | None:
    tz = zone(zone_name)
    local = now.astimezone(tz)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return None
    day = local.date() if local.time() < QUIET_TO else local.date() + timedelta(days=1)
    return moment(day, QUIET_TO, tz)


def cap_until(earlier: Iterable[datetime], zone_name: str, now: datetime, cap: Cap) -> datetime | None:
    """When the next marketing message may leave, given the moments of earlier ones; None means now (§2.6).

    Counts calendar days of the reader: `cap.day` on one day, `cap.week` on seven days in a row.
    """
    tz = zone(zone_name)
    today = local_day(now, tz)
    days = sorted((local_day(when, tz) for when in earlier), reverse=True)
    day = today
    while days and day <= today + timedelta(days=8):
        of_day = sum(d == day for d in days)
        of_week = sum(day - timedelta(days=7) < d <= day for d in days)
        if of_day < cap.day and of_week < cap.week:
            break
        day += timedelta(days=1)
    return None if day == today else moment(day, now.astimezone(tz).time(), tz)


def can_be_unfailed(message: Ended, now: datetime) -> bool:
    """True while a person may take back their word that the message had not arrived."""
    return (message.state == "failed" and message.last_code == NOT_ARRIVED and message.decided_at is None
            and message.ended_at is not None and now <= message.ended_at + UNDO_FOR)


def send_again_from(handed_at: datetime | None, now: datetime) -> datetime:
    """From when a person may decide to send an unknown message again: 10 minutes after it was handed over."""
    return (handed_at or now.astimezone(UTC)) + SEND_AGAIN_AFTER


def split_sender(sender: str) -> tuple[str, str]:
    """(name, address) of `Name <address>` or of a bare address."""
    name, bracket, address = sender.strip().rpartition("<")
    return (name.strip().strip('"'), address.rstrip("> ")) if bracket else ("", sender.strip())
