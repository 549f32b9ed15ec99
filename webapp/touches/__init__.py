"""Occasions, plans, steps and touches: schedule, tick, settle, journal."""
