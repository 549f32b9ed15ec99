"""Pure: when a mailbox that takes nothing «for now» has done so often enough to be given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

IN_A_ROW = 3
WITHIN = timedelta(days=30)
SOFT_CODES = ("mailbox-full", "mailbox-closed", "gave-up", "refused", "forwarded")
"""Reasons of letters that came back from a mailbox that may take the next one."""


def is_worn_out(letters: Sequence[tuple[datetime, bool]]) -> bool:
    """True when IN_A_ROW letters one after the other came back within WITHIN.

    `letters` are (sent, came back for a passing reason), in the order of sending.
    """
    row: list[datetime] = []
    for sent, came_back in letters:
        row = [*row, sent] if came_back else []
        if len(row) >= IN_A_ROW and row[-1] - row[-IN_A_ROW] <= WITHIN:
            return True
    return False
