"""What is still to come: rooms on the right say how many SMS their plans hold, so that a month can be foreseen."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

Ask = Callable[[datetime, datetime], int]


def add_forecast(app: Flask, ask: Ask) -> None:
    """A room offers `ask(now, until)`: how many SMS it has planned between both moments (UTC)."""
    app.extensions.setdefault("snova.forecast", []).append(ask)


def planned_sms(now: datetime, until: datetime) -> int:
    """SMS that nobody has written yet but that will leave until then, if nothing changes."""
    return sum(ask(now, until) for ask in current_app.extensions.get("snova.forecast", ()))
