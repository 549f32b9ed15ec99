"""What goes wrong in the demo: a gateway that refuses one number and falls silent about another."""

import logging
from dataclasses import dataclass
from datetime import datetime

from webapp.config import Settings
from webapp.post.actions.claiming import claim
from webapp.post.actions.shift import Shift
from webapp.post.channels import Gone, Line, Outgoing, Refused
from webapp.post.channels.files import FileLine, FileProvider, stem
from webapp.post.channels.trial import readable
from webapp.post.refusal_rules import Refusal

AUTHOR = "post"


@dataclass
class Gateway(FileProvider):
    """Writes SMS into files as trial mode does, but for the numbers it refuses or says nothing about."""

    refused: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    # Nobody can be asked afterwards, so that the doubt stays for a person.
    can_ask: bool = False

    def prepare(self, message: Outgoing) -> tuple[str, dict[str, bytes]]:
        """The number nobody has is refused here; a silent one has no file to write."""
        if message.address in self.refused:
            raise Refused(Refusal("bad-address", "абонента с таким номером нет", permanent=True))
        return stem(message), {} if message.address in self.silent else self.content(message)

    def open(self) -> Line:
        """A line that falls silent."""
        return SilentLine(self)


class SilentLine(FileLine):
    """One connection to the gateway."""

    def hand_over(self) -> None:
        """Past the point of no return the answer is lost."""
        if not self.files:
            raise Gone("нет ответа от оператора")
        super().hand_over()


def deliver_with_trouble(settings: Settings, *, refused: frozenset[str], silent: frozenset[str],
                         now: datetime) -> None:
    """Send the SMS that are due at `now` through the bad gateway."""
    gateway = Gateway("demo", settings.instance / "outbox", lambda message: {"sms": readable(message)}, ("sms",),
                      refused=refused, silent=silent)
    claimed = claim("sms", gateway, now=now, mode="trial", author=AUTHOR)
    if claimed is not None and claimed.messages:
        _quietly(Shift(gateway, claimed, lambda: now, lambda: True, AUTHOR))


def _quietly(shift: Shift) -> None:
    """Invented trouble must not frighten whoever reads the log while the demo loads."""
    log = logging.getLogger("snova.post")
    before = log.disabled
    log.disabled = True
    try:
        shift.run()
    finally:
        log.disabled = before
