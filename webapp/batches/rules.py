"""States of long work and who may stop it: pure."""

from webapp.staff.rules import ADMIN, DIRECTOR, SERVICE, Actor

DRAFT, READY, RUNNING, DONE, STOPPED, FAILED = "draft", "ready", "running", "done", "stopped", "failed"
OPEN = (DRAFT, READY, RUNNING)
ENDED = (DONE, STOPPED, FAILED)
LONGEST_WAIT = 5


def may_stop(actor: Actor, office_id: int, starter_id: int | None) -> bool:
    """True for whoever started it, and for service, directors and admins of the office; jobs may."""
    if actor.user_id is not None and actor.user_id == starter_id:
        return True
    if not actor.may_see(office_id):
        return False
    return actor.user_id is None or bool(actor.hats & {SERVICE, DIRECTOR, ADMIN})


def next_wait(wait: int) -> int:
    """Seconds until the page asks again after having waited `wait`: 1, 2, 3, 4, then every 5 (`ux.md` §0)."""
    return max(1, min(wait + 1, LONGEST_WAIT))


def percent(done: int, of: int) -> int:
    """Whole percents, rounded down, so that 100 means finished; 0 when nothing is known yet."""
    return min(100, 100 * done // of) if of > 0 else 0
