"""One batch on its way out: over one or several kept connections, each message in two halves around its hand-off."""

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from webapp.post import rules
from webapp.post.actions import recording
from webapp.post.actions.claiming import Claim
from webapp.post.channels import Gone, Line, Outgoing, Provider, Refused, Unreachable
from webapp.post.refusal_rules import Outcome, Refusal, after_refusal

log = logging.getLogger("snova.post")
_BREAKS_IN_A_ROW = 2
# Faults of the account with a provider, worth telling as such.
_TELLING = ("login", "no-money")


@dataclass
class Shift:
    """Sends the messages of `claim` through `provider`.

    All mails are built before the first leaves: one that breaks the process while it is built breaks nothing else.
    An outcome is saved with the next hand-off, so per connection at most one message is between dot and result.
    """

    provider: Provider
    claim: Claim
    clock: Callable[[], datetime]
    going: Callable[[], bool]
    author: str
    tally: Counter[str] = field(default_factory=Counter)
    lines: list[Line | None] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    prepared: dict[int, Any] = field(default_factory=dict)
    breaks: int = 0
    fault: str = "lost"
    kept: Connection | None = None

    def run(self) -> bool:
        """Send all; False when the provider failed and the rest was given back."""
        self.leased_at = self.clock()
        messages = [message for message in self.claim.messages if self._prepare(message)]
        width = max(1, self.provider.connections)
        self.lines = [None] * width
        self.kept = recording.keep_connection()
        try:
            for start in range(0, len(messages), width):
                if not self.going() or not self._round(messages[start:start + width]):
                    self._give_back("stopping" if not self.going() else "no-connection")
                    return False
            return True
        finally:
            self._save()
            self.kept.close()
            for line in filter(None, self.lines):
                line.close()

    def _prepare(self, message: Outgoing) -> bool:
        """Build what is sent; one that cannot be built is settled at once."""
        try:
            self.prepared[message.id] = self.provider.prepare(message)
            return True
        except Refused as error:
            self._refused(message, error.refusal)
        except Exception as error:
            log.exception("message %s could not be built", message.id)
            self._refused(message, Refusal("fault", repr(error)[:300], permanent=False))
        return False

    def _round(self, group: Sequence[Outgoing]) -> bool:
        """One message on every connection. False when no connection can be had, or they keep breaking."""
        if not self._connect(len(group)):
            return False
        pairs = [(i, m) for i, m in enumerate(group) if self._before(i, m, "offer")]
        pairs = [(i, m) for i, m in pairs if self._before(i, m, "ready")]
        now = self.clock()
        pairs = [(i, m) for i, m in pairs if self._is_timely(i, m, now)]
        ours = self._hand_off([m.id for _i, m in pairs], now)
        for i, m in pairs:
            if m.id not in ours:
                self.tally["stopped"] += 1
                self._drop(i)
        handed = [(i, m) for i, m in pairs if m.id in ours and self._after_dot(i, m)]
        for i, m in handed:
            self._hear(i, m)
        if self.breaks >= _BREAKS_IN_A_ROW:
            recording.provider_failed(self.provider.name, now=self.clock(), code=self.fault, text="")
            return False
        return True

    def _connect(self, wanted: int) -> bool:
        for index in range(wanted):
            if self.lines[index] is None:
                try:
                    self.lines[index] = self.provider.open()
                except Unreachable as error:
                    recording.provider_failed(self.provider.name, now=self.clock(), code=error.code, text=str(error))
                    return False
        return True

    def _before(self, index: int, message: Outgoing, half: str) -> bool:
        """A step that can be taken back; on any fault the message is settled without having left."""
        try:
            getattr(self.lines[index], half)(*((self.prepared.pop(message.id),) if half == "offer" else ()))
            return True
        except Refused as error:
            self._refused(message, error.refusal)
            self._answered()
        except Gone as error:
            self._broken(index, message, error.refusal or Refusal("lost", str(error)[:300], permanent=False))
        except Exception as error:
            log.exception("message %s could not be offered", message.id)
            self._refused(message, Refusal("fault", repr(error)[:300], permanent=False))
            self._drop(index)
        return False

    def _is_timely(self, index: int, message: Outgoing, now: datetime) -> bool:
        """Asked at the last moment: still true, and not in the quiet hours."""
        if rules.is_past(message, now):
            outcome = Outcome(message.id, "missed", now, "past-end", tries=message.tries)
        elif quiet := rules.quiet_until(message, now):
            outcome = Outcome(message.id, "queued", now, "quiet-hours", tries=message.tries, next_try_at=quiet)
        else:
            return True
        self._drop(index)
        self._settle(outcome)
        return False

    def _hand_off(self, ids: list[int], now: datetime) -> set[int]:
        outcomes, self.outcomes = self.outcomes, []
        renew = now - self.leased_at > rules.RENEW_AFTER
        self.leased_at = now if renew else self.leased_at
        return recording.hand_off(self.claim, ids, outcomes=outcomes, now=now, renew=renew, author=self.author,
                                  kept=self.kept)

    def _after_dot(self, index: int, message: Outgoing) -> bool:
        line = self.lines[index]
        try:
            assert line is not None
            line.hand_over()
            return True
        except Exception as error:
            self._in_doubt(index, message, error)
            return False

    def _hear(self, index: int, message: Outgoing) -> None:
        line = self.lines[index]
        try:
            assert line is not None
            accepted = line.answer()
        except Refused as error:
            self._refused(message, error.refusal)
            self._answered()
        except Gone as error:
            if error.refusal:
                self._broken(index, message, error.refusal)
            else:
                self._in_doubt(index, message, error)
        except Exception as error:
            self._in_doubt(index, message, error)
        else:
            self._settle(Outcome(message.id, "sent", self.clock(), text=accepted.text, ref=accepted.ref,
                                 kopecks=accepted.kopecks))
            self._answered()

    def _in_doubt(self, index: int, message: Outgoing, error: Exception) -> None:
        """The answer was lost after the point of no return: the row stays handed, and unknown when its lease ends."""
        log.warning("no answer about message %s: %s", message.id, error)
        self.tally["in_doubt"] += 1
        self.breaks += 1
        self.fault = "lost"
        self._drop(index)

    def _broken(self, index: int, message: Outgoing, refusal: Refusal) -> None:
        self._refused(message, refusal)
        self.breaks += 1
        self.fault = refusal.code if refusal.code in _TELLING else "lost"
        self._drop(index)

    def _refused(self, message: Outgoing, refusal: Refusal) -> None:
        self._settle(after_refusal(refusal, message_id=message.id, tries=message.tries, since=message.not_before,
                                   true_until=message.true_until, now=self.clock()))

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.tally["retried" if outcome.state == "queued" else outcome.state] += 1

    def _answered(self) -> None:
        self.breaks = 0
        if self.claim.probing and not self.tally["probe_answered"]:
            self.tally["probe_answered"] = 1
            recording.provider_works(self.provider.name)

    def _drop(self, index: int) -> None:
        line = self.lines[index]
        self.lines[index] = None
        if line is not None:
            with contextlib.suppress(Exception):
                line.close()

    def _give_back(self, code: str) -> None:
        self._save()
        self.tally["given_back"] += recording.give_back(self.claim, now=self.clock(), code=code, author=self.author)

    def _save(self) -> None:
        outcomes, self.outcomes = self.outcomes, []
        recording.write_outcomes(self.claim, outcomes, author=self.author, kept=self.kept)
