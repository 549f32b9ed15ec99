"""The bonus club: cards, the ledger of points, burning, levels, friends, gifts, the public balance page."""
