"""How steps of surveys may end, and what they are called: importing a file declares it."""

from webapp.surveys import words
from webapp.surveys.actions.following import CALL
from webapp.touches.answer_rules import may_end

may_end(CALL, ("no_answer", "complains", "plans_trip", "recommends"))

__all__ = ["words"]
