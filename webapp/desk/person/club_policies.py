"""What becomes of the club's rows about a client: the ledger stays as a pseudonym, names and notes go."""

from flask_babel import lazy_gettext as _l

from webapp.desk.person.policies import DELETE, EMPTY, KEEP, Policy

_WHEN, _DAY, _AMOUNT = _l("When"), _l("Day"), _l("Points")
CLUB: dict[str, Policy] = {
    "card": Policy(_l("Cards"), EMPTY, {"lent_to": ""}, {
        "issued_on": _l("Issued"), "active_on": _l("Last used"), "burn_on": _l("Points burn on"),
        "lent_to": _l("Lent to"), "lent_on": _l("Lent on")}, ("id",)),
    "card_number": Policy(_l("Numbers of cards"), EMPTY, {"reason": ""}, shown={
        "number": _l("Number"), "since": _l("Since"), "ended_at": _l("Until")}, links=("card_id",)),
    "card_event": Policy(_l("History of cards"), EMPTY, {"note": ""}, {
        "day": _DAY, "kind": _l("What happened"), "number": _l("Number"), "price_kopecks": _l("Price"),
        "receipt": _l("Receipt"), "note": _l("Note")}, ("card_id",)),
    "purse": Policy(_l("Points on cards"), KEEP, shown={"balance": _AMOUNT, "debt": _l("Debt")}, links=("card_id",)),
    "bonus_op": Policy(_l("Movements of points"), EMPTY, {"note": ""}, {
        "day": _DAY, "amount": _AMOUNT, "kind": _l("What for"), "note": _l("Note")}, ("id", "trip_id")),
    "bonus_posting": Policy(_l("Lines of the statement"), KEEP, shown={
        "amount": _AMOUNT, "balance": _l("Balance")}, links=("op_id", "card_id")),
    "bonus_debt": Policy(_l("Debts in points"), KEEP, shown={
        "amount": _AMOUNT, "balance": _l("Debt")}, links=("op_id", "card_id")),
    "trip_bonus": Policy(_l("Cards at sales"), KEEP, shown={
        "discount_kopecks": _l("Discount"), "spent_points": _l("Points spent"), "created_at": _WHEN},
        links=("trip_id", "card_id")),
    "burn_warning": Policy(_l("Warnings of burning"), KEEP, shown={
        "opened_on": _WHEN, "burn_on": _l("Points burn on"), "amount": _AMOUNT}, links=("card_id",)),
    "client_level": Policy(_l("Level in the club"), KEEP, shown={
        "level_code": _l("Level"), "since": _l("Since"), "trips": _l("Trips"), "spend_kopecks": _l("Spent"),
        "fall_on": _l("Changes on")}),
    "level_event": Policy(_l("History of the level"), KEEP, shown={
        "at": _WHEN, "old_code": _l("From"), "new_code": _l("To")}),
    "friend_link": Policy(_l("Invitation of friends"), DELETE, shown={"code": _l("Code"), "created_at": _WHEN}),
    # What is in it is the friend's, not the client's; who waits is called, whoever has left meanwhile.
    "friend_knock": Policy(_l("Friends who came by the invitation"), KEEP, shown={"created_at": _WHEN}),
    "referral": Policy(_l("Friends"), EMPTY, {"name": "", "phone": "", "wish": "", "note": ""}, {
        "created_at": _WHEN, "name": _l("Name"), "phone": _l("Phone"), "wish": _l("Wish"), "state": _l("State")}),
    "gift": Policy(_l("Gifts"), EMPTY, {"note": ""}, {
        "created_at": _WHEN, "until": _l("Until"), "note": _l("Note")}, ("touch_id",)),
    "balance_ask": Policy(_l("Looking at the balance"), DELETE, shown={"created_at": _WHEN, "used_at": _l("Used")}),
}
"""By name of the table; a friend who came by an invitation stands in a row of two people, and both get it emptied."""
