"""Sold trips, the board and the import of sheets."""
