"""Surveys after a trip, what follows from an answer, and reviews that everybody may read."""
