"""Verbs of touches: open and move occasions, tick and undo, queue what is due, settle what came back."""
