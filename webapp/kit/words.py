"""Marking English message ids that are translated later, where a page shows them."""


def N_(text: str) -> str:
    """The text itself; the mark lets the extraction of messages find it."""
    return text
