"""Verbs of trips; the only place of this room that commits."""

from webapp.trips.actions.handing import HandedOver, Told, hand_over_all
from webapp.trips.actions.selling import NewClient, sell_once
from webapp.trips.actions.stopping import StopText, release_letters, send_text, stop_letters
from webapp.trips.actions.trips import (
    Source,
    TripData,
    cancel_trip,
    change_trip,
    may_change,
    preview_change,
    sell_trip,
    summary,
)

__all__ = [
    "HandedOver", "NewClient", "Source", "StopText", "Told", "TripData", "cancel_trip", "change_trip", "hand_over_all",
    "may_change", "preview_change", "release_letters", "sell_once", "sell_trip", "send_text", "stop_letters", "summary",
]  # fmt: skip
