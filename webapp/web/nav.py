"""Sections in the bar and strips above the page, offered by rooms and shown by the layout."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

AGENCY, TEXTS, CLUB, QUALITY, MAIL = _l("Agency"), _l("Letters and plans"), _l("Club"), _l("Quality"), _l("Mail")
"""Menus of the bar: what the agency is and how it works, what clients are told and when, cards with all about
them, what clients say of us, and letters on their way out and in."""


@dataclass(frozen=True)
class Section:
    """A word in the bar. `prefix` marks it as current; `count` gives (number, is it red) or None.

    Sections with the same `group` share one menu under that word, at the place of the first.
    """

    endpoint: str
    label: Any
    order: int
    roles: frozenset[str]
    prefix: str
    count: Callable[[], tuple[int, bool] | None] | None = None
    group: Any = None


@dataclass(frozen=True)
class Strip:
    """One line above everything: sending mode, broken machinery. `kind` is "accent", "yellow" or "red"."""

    kind: str
    icon: str
    title: str
    text: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True)
class FirstStep:
    """One thing that makes an empty agency work, and whether it is done."""

    label: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Unfinished:
    """What an administrator has not set up yet, as a link for the line above every page."""

    url: str
    label: str


def add_unfinished(app: Flask, ask: Callable[[], Unfinished | None]) -> None:
    """A room says whether setting up is unfinished; asked only where the line above the page has room for it."""
    app.extensions["snova.unfinished"] = ask


def unfinished() -> Unfinished | None:
    """What is left of setting up; None when nothing is."""
    ask = current_app.extensions.get("snova.unfinished")
    return ask() if ask else None


def add_first_steps(app: Flask, steps: Callable[[], Iterable[FirstStep]]) -> None:
    """A room offers what an agency does first; asked only where there is nothing to show yet."""
    app.extensions["snova.first_steps"].append(steps)


def first_steps() -> list[FirstStep]:
    """What an agency does first, in the order of the rooms."""
    return [step for ask in current_app.extensions["snova.first_steps"] for step in ask()]


def add_section(app: Flask, section: Section) -> None:
    """A room puts its section into the bar."""
    app.extensions["snova.sections"].append(section)


def add_strips(app: Flask, strips: Callable[[], Iterable[Strip]]) -> None:
    """A room offers strips; asked once per full page, for signed-in staff only."""
    app.extensions["snova.strips"].append(strips)


def init_nav(app: Flask) -> None:
    """Give the layouts `nav`, `strips` and `agency_name`."""
    app.extensions["snova.sections"] = []
    app.extensions["snova.strips"] = []
    app.extensions["snova.first_steps"] = []
    app.jinja_env.globals.update(nav=nav_of, nav_counts=nav_counts, strips=strips_of, first_steps=first_steps)


def nav_of() -> list[dict[str, Any]]:
    """Sections this person may open, in order; a function, so that parts do not pay for it."""
    if not current_user.is_authenticated:
        return []
    sections = sorted(current_app.extensions["snova.sections"], key=lambda s: s.order)
    mine = [section for section in sections if section.roles & current_user.hats]
    items: list[dict[str, Any]] = []
    for section in mine:
        _place(items, _item(section, _here(mine)), section.group)
    # A menu of one is a step too many.
    return [item["items"][0] if len(item.get("items", "")) == 1 else item for item in items]


def stand_in(url: str) -> None:
    """The page shown is a step on the way to this address of another room: the bar marks that one."""
    g.stands_in = url


def nav_counts() -> list[dict[str, Any]]:
    """The sections that say a number, for answers that change it: the bar must not disagree with the page below."""
    return [_item(section) for section in current_app.extensions["snova.sections"]
            if section.count and section.roles & current_user.hats]


def _place(items: list[dict[str, Any]], item: dict[str, Any], group: Any) -> None:
    if not group:
        items.append(item)
        return
    menu = next((known for known in items if known.get("items") and known["label"] == group), None)
    if menu is None:
        menu = {"label": group, "items": [], "current": False}
        items.append(menu)
    menu["items"].append(item)
    menu["current"] = menu["current"] or item["current"]


def _here(sections: Iterable[Section]) -> str:
    """The prefix of the section the page belongs to: of "/cards" and "/cards/report" the longer one."""
    path = g.get("stands_in", request.path)
    return max((section.prefix for section in sections if path.startswith(section.prefix)), key=len, default="")


def _item(section: Section, here: str = "") -> dict[str, Any]:
    count = section.count() if section.count else None
    return {"id": f"count-{section.endpoint.replace('.', '-')}" if section.count else "",
            "url": url_for(section.endpoint), "label": section.label,
            "current": section.prefix == here,
            "count": count[0] if count else 0, "count_red": bool(count and count[1])}


def strips_of() -> list[Strip]:
    """Strips of all rooms for the signed-in person."""
    if not current_user.is_authenticated:
        return []
    return [strip for ask in current_app.extensions["snova.strips"] for strip in ask()]
