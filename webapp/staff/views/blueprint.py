"""The blueprint all pages of the staff room hang on, and what they share."""

from datetime import datetime

from flask import Blueprint, request

from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.login import person
from webapp.staff.rules import Actor

bp = Blueprint("staff", __name__)


def me() -> Actor:
    """The signed-in person as the author of changes."""
    return actor_of(person())


def moment() -> datetime:
    """The moment of this request, UTC."""
    return clock.now()


def address() -> str:
    """Where the request comes from, for counting tries."""
    return request.remote_addr or ""
