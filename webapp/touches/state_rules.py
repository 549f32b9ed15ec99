"""States of a touch and what may follow what (`architecture.md` §3)."""

OPEN_STATUSES = frozenset({"planned", "queued", "missed", "failed", "unknown"})
BROKEN_STATUSES = frozenset({"missed", "failed", "unknown"})

# Message state → touch status; a message still on its way is not here.
FROM_MESSAGE = {
    "sent": "done",
    "delivered": "done",
    "complained": "done",
    "failed": "failed",
    "dead": "failed",
    "bounced": "failed",
    "unknown": "unknown",
    "missed": "missed",
    "cancelled": "cancelled",
}

NEXT: dict[str, frozenset[str]] = {
    "planned": frozenset({"done", "queued", "missed", "skipped", "dropped", "cancelled", "failed"}),
    "queued": frozenset({"done", "missed", "failed", "unknown", "cancelled", "skipped", "planned"}),
    "missed": frozenset({"done"}),
    "failed": frozenset({"done", "queued", "unknown"}),
    "unknown": frozenset({"done", "queued", "failed"}),
    "done": frozenset({"planned", "failed", "missed", "unknown"}),
    "skipped": frozenset({"planned"}),
    "dropped": frozenset({"planned", "skipped"}),
    "cancelled": frozenset({"planned"}),
}

MANY_TRIES = 3


def may_become(status: str, target: str) -> bool:
    """True when a touch in `status` may become `target`."""
    return target in NEXT[status]


def is_plain(status: str, step_id: int | None) -> bool:
    """True for an open step of a plan that can just be called off: no message is on its way, nobody has to decide."""
    return status == "planned" and step_id is not None
