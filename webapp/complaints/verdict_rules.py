"""Pure: what a decision says about who is right, from what was found out and what was decided (`domain.md` §6)."""

AGREED, PART, DISAGREED = "agreed", "part", "disagreed"
_VERDICTS = {
    ("yes", "satisfy"): AGREED, ("yes", "compromise"): "right-offer", ("yes", "refuse"): "right-cannot",
    ("partly", "satisfy"): "part-will", ("partly", "compromise"): PART, ("partly", "refuse"): "part-cannot",
    ("no", "satisfy"): "will", ("no", "compromise"): "offer", ("no", "refuse"): DISAGREED,
}
_BY_DECISION = {"satisfy": AGREED, "compromise": PART, "refuse": DISAGREED}
VERDICTS = (*_VERDICTS.values(),)


def verdict_of(justified: str, decision: str) -> str:
    """The code of the words: a decision to meet half-way never takes back that the client is right.

    Where nobody knows any more what was found out ("" after erasing), the decision alone speaks.
    """
    return _VERDICTS.get((justified, decision)) or _BY_DECISION[decision]
