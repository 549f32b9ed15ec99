"""What a client's word causes in rooms that see everything: a consent taken back becomes a task with a day."""

from flask import Flask

from webapp.clients.actions import when_data_taken_back
from webapp.touches.actions.journal import remind_of_withdrawal


def register(_app: Flask) -> None:
    """Somebody must delete the data within thirty days, or know by which law they stay."""
    when_data_taken_back("desk", remind_of_withdrawal)
