"""Parts of a whole in per cent: one rule for every page, so that the same share never reads 36 here and 37 there."""


def per_cent(part: int, whole: int) -> int | None:
    """Whole per cent, half up; None of nothing. 100 is said of all only, and 0 of none only."""
    if not whole:
        return None
    rounded = (200 * part + whole) // (2 * whole)
    return min(max(rounded, 1), 99) if 0 < part < whole else rounded
