"""What a letter is: news or about the trip, who signs it, without which values it is not sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.db import transaction
from webapp.letters.checks import Finding, Kind, faults_of, kind_of
from webapp.letters.drafts import editions_of, words_of
from webapp.letters.models import Letter
from webapp.letters.registry import REGISTRY
from webapp.letters.signatures import IDENTITIES
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor


@dataclass(frozen=True)
class Wanted:
    """The settings of a letter as they should be."""

    klass: str
    identity: str
    requires: tuple[str, ...]


class BadSettings(ValueError):
    """The letter cannot be like this. `code`: class, identity, requires, refusal, or no-way-out with the findings."""

    def __init__(self, code: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.findings = findings


def settings_of(letter: Letter) -> Wanted:
    """As they are."""
    return Wanted(letter.klass, letter.identity, tuple(letter.requires))


def change_settings(letter: Letter, wanted: Wanted, *, actor: Actor, now: datetime) -> bool:
    """Change them at once for everything that is written from now on; False when nothing changed.

    Refusals stay letters of the quality director about no offer (`domain.md` §2.1, §3). Raises BadSettings, NotAllowed.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        letter = session.get_one(Letter, letter.id, with_for_update=True, populate_existing=True)
        before = settings_of(letter)
        _refuse(letter, wanted)
        if before == wanted:
            return False
        letter.klass, letter.identity, letter.requires = wanted.klass, wanted.identity, list(wanted.requires)
        record(actor, "settings", "letter", letter.id, now=now, facts={
            name: [said(getattr(before, name)), said(getattr(wanted, name))]
            for name in Wanted.__dataclass_fields__ if getattr(before, name) != getattr(wanted, name)})
        return True


def said(value: str | tuple[str, ...]) -> str:
    """A setting as the log keeps it."""
    return value if isinstance(value, str) else ", ".join(value)


def _refuse(letter: Letter, wanted: Wanted) -> None:
    if wanted.klass not in ("service", "marketing"):
        raise BadSettings("class")
    if wanted.identity not in IDENTITIES:
        raise BadSettings("identity")
    if set(wanted.requires) - {item.code for item in REGISTRY}:
        raise BadSettings("requires")
    kind = kind_of(letter)
    if kind.is_refusal and (wanted.klass, wanted.identity) != ("service", "quality"):
        raise BadSettings("refusal")
    if wanted.klass == "marketing" and letter.klass != "marketing":
        found = [finding for edition in editions_of(letter).values() if edition.in_force is not None
                 for finding in faults_of(words_of(edition.in_force), Kind(kind.channel, "marketing", kind.is_refusal))
                 if finding.code == "no-way-out"]
        if found:
            raise BadSettings("no-way-out", found)
