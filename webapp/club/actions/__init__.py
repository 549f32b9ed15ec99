"""Verbs of the club; the only place of this room that commits."""
