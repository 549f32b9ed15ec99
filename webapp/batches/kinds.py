"""Kinds of long work: who does it, what it is called and what its report counts. Rooms register theirs at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.batches.actions.work import Work
    from webapp.batches.models import Batch


@dataclass(frozen=True)
class Kind:
    """`runner(work)` does the work in steps. `counted` names the figures of the report, in order.

    `after(batch)` gives (url, label) of its own page, before it starts and after it has ended, or None.
    `explain(problem)` makes a sentence of one entry of BatchRow.problems; the heading of the file stands in
    mapping["heading"], for the download of bad rows. Without `is_rows` progress is told in per cent alone.
    """

    name: str
    runner: "Callable[[Work], None]"
    title: Any
    counted: Mapping[str, Any] = field(default_factory=dict)
    after: "Callable[[Batch], tuple[str, Any] | None]" = lambda batch: None
    explain: Callable[[Any], str] = str
    is_rows: bool = True


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Tell the house who does batches of this kind; titles and labels are lazy translations. The last word holds."""
    KINDS[kind.name] = kind


def kind_of(name: str) -> Kind | None:
    """The kind of a batch; None when its room is gone."""
    return KINDS.get(name)
