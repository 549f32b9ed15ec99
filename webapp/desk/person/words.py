"""Rows about a client in words a person reads: names of steps, results and consents as the pages say them, no codes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, TypeAlias

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.clients import labels
from webapp.club.actions.friends import SOURCE as FRIEND
from webapp.desk.person.policies import Policy
from webapp.kit import money
from webapp.staff import zones
from webapp.touches.kind_words import kind_name
from webapp.touches.plan_rules import CHAT_NAMES
from webapp.touches.shipped import anchor_named
from webapp.trips.board_columns import touch_name
from webapp.trips.step_words import outcome_name, reason_or_text
from webapp.trips.trip_history import step_event_words
from webapp.web.i18n import moment, page_language

Row: TypeAlias = Mapping[str, Any]
Pairs: TypeAlias = list[tuple[Any, str]]
DEMO = "demo"
QUIET_TABLES = ("message_event",)
"""Only the file for machines has these: what the outbox did with a letter from minute to minute."""
QUIET_VERBS = ("queued",)
_SENT = {"sent": _l("sent"), "delivered": _l("delivered"),
         **dict.fromkeys(("queued", "held", "claimed", "handed"), _l("on its way")), "cancelled": _l("called off"),
         "missed": _l("missed"), "complained": _l("sent"), "unknown": _l("unknown"),
         **dict.fromkeys(("failed", "bounced", "dead"), _l("did not go out"))}
CODES: dict[str, Mapping[str, Any]] = {
    "channel": {**labels.CHANNELS, "email": _l("E-mail"), "call": _l("Call"), "visit": _l("Visit"), "task": _l("Task"),
                "gift": _l("Gift"), "chat": _l("Chat"), "data": _l("Personal data"), **CHAT_NAMES},
    "gender": labels.GENDERS, "language": labels.LANGUAGES, "timezone": {**zones.RUSSIAN, **zones.NEAR},
    "direction": {"out": _l("from us"), "in": _l("from the client")},
    "purpose": {"letters": _l("Choosing letters"), "consent": _l("Consents")},
    "source": {DEMO: "", FRIEND: _l("A friend’s invitation")}, "state": _SENT,
    "status": {"planned": _l("planned"), "queued": _l("on its way"), "done": _l("done"), "skipped": _l("not needed"),
               "dropped": _l("not needed"), "cancelled": _l("called off"), "missed": _l("missed"),
               "failed": _l("did not go out"), "unknown": _l("unknown")},
}
"""Words for codes, by the column they stand in; what people typed stays as it is."""
_DATES = {"purchase": _l("Purchase"), "departure": _l("Departure"), "return": _l("Return")}
_FACTS = {"destination": _l("Destination"), "operator": _l("Tour operator"), "booking_number": _l("Booking number"),
          "departs": _l("Departs at"), "lands": _l("Lands at home at"), "companions": _l("Who travels along"),
          "addons": _l("Bought as well")}


class Reader:
    """Reads the rows of one client; `zone` is the client's, `versions` the plan's version by occasion."""

    def __init__(self, zone: str, today: date, versions: Mapping[int, int]) -> None:
        self.zone, self.today, self.versions = zone, today, versions
        self.steps: dict[int, str] = {}

    def read(self, name: str, policy: Policy, row: Row) -> Pairs:
        """(label, words) of a row, without what is empty; nothing for a row that only programs understand."""
        special: dict[str, Callable[[Row], Pairs | None]] = {
            "consent": self._consent, "consent_event": self._consent_event, "touch_event": self._touch_event}
        if name in QUIET_TABLES:
            return []
        told = special[name](row) if name in special else None
        pairs = told if told is not None else [
            (label, self._value(column, row[column])) for column, label in policy.shown.items()]
        if name == "touch":
            pairs = [(_("Step"), self._step(row)), *self._by(pairs, policy, row)]
        return [pair for pair in pairs if pair[1]]

    def _step(self, row: Row) -> str:
        version = self.versions.get(row["occasion_id"] or 0)
        self.steps[row["id"]] = name = touch_name(version, row["step_id"], row["step_code"], row["channel"])
        return name

    def _by(self, pairs: Pairs, policy: Policy, row: Row) -> Pairs:
        return [pair for pair in pairs if row["done_by_id"] or pair[0] != policy.shown["done_by"]]

    def _consent(self, row: Row) -> Pairs:
        return [(_("Channel"), self._value("channel", row["channel"])),
                (_("What may be sent now"), _comes(row)),
                (_("Since"), self._value("since", row["since"]))]

    def _consent_event(self, row: Row) -> Pairs:
        event = SimpleNamespace(**row)
        return [(_("When"), self._value("at", row["at"])), (_("About what"), str(labels.said_where(event))),
                (_("What the client said"), str(labels.event_words(event))),
                (_("How it was said"), str(labels.how_words(row["how"]))),
                (_("Text of the consent"), labels.text_words(row["text_version"]) if row["text_version"] else ""),
                (_("From which address"), row["address"])]

    def _touch_event(self, row: Row) -> Pairs:
        if row["verb"] in QUIET_VERBS:
            return []
        after = row["after"]
        return [(_("When"), self._value("at", row["at"])), (_("Step"), self.steps.get(row["touch_id"], "")),
                (_("What happened"), step_event_words(row["verb"], after)),
                (_("Day"), _day(after.get("due_on"))), (_("Note"), after.get("note") or ""),
                (_("By whom"), row["actor"] if row["user_id"] else "")]

    def _value(self, column: str, value: Any) -> str:
        if value in (None, "", [], {}):
            return ""
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, datetime):
            return moment(value, self.zone)
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y")
        if isinstance(value, (dict, list)):
            return self._many(column, value)
        return self._word(column, value)

    def _many(self, column: str, value: Any) -> str:
        if column == "preferences":
            return _line(labels.preference_facts(value, self.today))
        if column == "anchors":
            return _line([(_date_name(code), _day(text)) for code, text in value.items()])
        if column == "facts":
            return _line([(label, _flat(value.get(code))) for code, label in _FACTS.items()])
        return _flat([one.get("name", "") if isinstance(one, dict) else one for one in value])

    def _word(self, column: str, value: Any) -> str:
        if column == "price_kopecks":
            return money.display(value)
        if column == "outcome":
            return outcome_name(value)
        if column == "reason":
            return reason_or_text(value)
        return kind_name(value) if column == "kind" else str(CODES.get(column, {}).get(value, value))


def _comes(row: Row) -> str:
    if row["stopped"] or row["trips_only"]:
        return _("nothing comes") if row["stopped"] else _("only reminders of a trip")
    return _("about your trips, news and offers") if row["marketing"] else _("only about your trips")


def _date_name(code: str) -> str:
    """«Вылет», «День сгорания»."""
    anchor = anchor_named(code)
    name = code if anchor is None else anchor.en if page_language() == "en" else anchor.ru
    return str(_DATES[code]) if code in _DATES else name[:1].upper() + name[1:]


def _line(pairs: list[tuple[Any, Any]]) -> str:
    return "; ".join(f"{label}: {value}" for label, value in pairs if value)


def _flat(value: Any) -> str:
    return ", ".join(str(one) for one in value if one) if isinstance(value, list) else str(value or "")


def _day(text: str | None) -> str:
    return date.fromisoformat(text).strftime("%d.%m.%Y") if text else ""
