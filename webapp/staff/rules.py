"""Roles and what they may do, working hours, who works instead of whom, initials: pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

MANAGER, SERVICE, DIRECTOR, ADMIN = "manager", "service", "director", "admin"
ROLES = (MANAGER, SERVICE, DIRECTOR, ADMIN)
ROLE_WORDS = {"quality": (SERVICE, False), "network": (DIRECTOR, True)}
DEFAULT_ZONE = "Europe/Moscow"
DEFAULT_HOURS = {str(day): ["10:00", "19:00"] for day in range(5)}


@dataclass(frozen=True)
class Actor:
    """Who does something: a person (`user_id` set) or a named job (`domain.md` §10: jobs are named authors)."""

    name: str
    user_id: int | None = None
    hats: frozenset[str] = frozenset()
    office_ids: frozenset[int] = frozenset()
    is_network: bool = False

    def may_see(self, office_id: int) -> bool:
        """True when rows of this office are visible to the actor; jobs see all."""
        return self.user_id is None or self.is_network or office_id in self.office_ids

    def needs(self, *roles: str) -> None:
        """Raise NotAllowed("role") unless the actor wears one of `roles`; jobs may do everything."""
        if self.user_id is not None and not self.hats & set(roles):
            raise NotAllowed("role")


class NotAllowed(Exception):
    """The actor may see this but not do it; `reason` is a code the page turns into a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadInput(ValueError):
    """What was given cannot be done: `code` names the reason, `field` what to correct, `value` what was given."""

    def __init__(self, code: str, field: str = "", value: str = "") -> None:
        super().__init__(f"{code.replace('-', ' ')}: {value}" if value else code.replace("-", " "))
        self.code, self.field, self.value = code, field, value


def role_of(word: str) -> tuple[str, bool]:
    """(role, network) meant by a word of the command line: "quality" is service, "network" a network director.

    Raises BadInput("unknown-role").
    """
    if word in ROLE_WORDS:
        return ROLE_WORDS[word]
    if word not in ROLES:
        raise BadInput("unknown-role", "role", word)
    return word, False


def substitutes(away: Mapping[int, int], gone: Set[int] = frozenset()) -> dict[int, int]:
    """Who works instead of each person who is `away` (person → substitute), along chains of absences.

    A chain that comes back to itself, or ends with somebody `gone` (dismissed), has no substitute and is left out.
    """
    found = {}
    for person in away:
        seen, here = {person}, away[person]
        while here in away and here not in seen:
            seen.add(here)
            here = away[here]
        if here not in seen and here not in gone:
            found[person] = here
    return found


def hats(role: str, is_admin: bool) -> frozenset[str]:
    """Roles a person acts in; admin may be worn on top of director."""
    return frozenset({role, ADMIN} if is_admin else {role})


def may_have_second_factor(worn: Set[str]) -> bool:
    """Directors and admins may ask for a code from their phone when signing in (`quality.md` §2)."""
    return bool({DIRECTOR, ADMIN} & worn)


def initials(name: str) -> str:
    """Two capital letters for a badge: «Ольга Соколова» → «ОС»."""
    words = name.split()
    return "".join(word[0] for word in words[:2]).upper() or "?"
