"""What an answer means and what follows from it (`domain.md` §4.10): pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from webapp.kit.days import ONE_DAY, local_day, moment
from webapp.kit.shares import per_cent
from webapp.kit.workdays import WorkingDays

LOWEST, MOST, LOW, HIGH = 0, 10, 6, 9
"""Scores run from 0 to 10: up to LOW somebody has to make good, from HIGH on people may be asked to recommend us."""
MARKS = (1, 2, 3, 4, 5)
RIGHT, PARTLY, WRONG = "yes", "partly", "no"
DOCUMENTS = (RIGHT, PARTLY, WRONG)
BY_NAME, NAMELESS = "name", "anonymous"
SIGNS = (BY_NAME, NAMELESS)
BAD, FAIR, GOOD = "low", "middle", "high"
MOODS = (BAD, FAIR, GOOD)
CHANGE_FOR, ANSWER_FOR, LINK_LASTS = timedelta(days=30), timedelta(days=180), timedelta(days=2 * 365)
"""How long an answer may be changed, a survey be answered, and its link opens the page where a review is taken back."""
LAST_CALL = timedelta(hours=1)
"""A call asked for later than this before closing is for the next working day."""
LONGEST = 2000
MOST_OF_ADDRESS = 500


@dataclass(frozen=True)
class Answers:
    """What a client said about one trip. `score` 0 to 10; marks 1 to 5, None where nothing was said."""

    score: int
    manager_score: int | None = None
    agency_score: int | None = None
    documents: str = ""
    text: str = ""
    video_url: str = ""
    may_show: bool = False
    sign: str = NAMELESS
    call_back: bool = False

    def as_facts(self) -> dict[str, Any]:
        """The same as JSON, for the history."""
        return asdict(self)


@dataclass(frozen=True)
class Follows:
    """What an answer causes: a draft of a complaint with an alert, a call, an end of the call asked for before."""

    complaint: bool = False
    call: bool = False
    no_call: bool = False


def fault_of(answers: Answers) -> str:
    """The field that cannot be kept; "" when all is well. A last line behind the form."""
    if not LOWEST <= answers.score <= MOST:
        return "score"
    for name in ("manager_score", "agency_score"):
        if getattr(answers, name) not in (None, *MARKS):
            return name
    if answers.documents not in ("", *DOCUMENTS):
        return "documents"
    if answers.sign not in SIGNS:
        return "sign"
    if len(answers.text) > LONGEST:
        return "text"
    return "video_url" if answers.video_url and not web_address(answers.video_url) else ""


def mood(score: int) -> str:
    """low (up to 6), middle, high (from 9)."""
    return BAD if score <= LOW else GOOD if score >= HIGH else FAIR


def follows(answers: Answers, *, has_complaint: bool, has_call: bool, has_asked: bool = False) -> Follows:
    """What is to be done now; `has_complaint` ever since the first low score, `has_call` while one is to be made.

    A second complaint never comes of the same trip. `has_asked`: the answer before asked for a call already, so that
    one that was made is not made again because of a word that changed.
    """
    return Follows(complaint=mood(answers.score) == BAD and not has_complaint,
                   call=answers.call_back and not has_call and not has_asked,
                   no_call=has_call and not answers.call_back)


def may_answer(asked_at: datetime, *, now: datetime) -> bool:
    """Whether a survey that nobody answered may still be."""
    return now < asked_at + ANSWER_FOR


def may_change(answered_at: datetime, *, now: datetime) -> bool:
    """Whether an answer may still become another one."""
    return now < answered_at + CHANGE_FOR


def call_day(now: datetime, tz: tzinfo, calendar: WorkingDays) -> date:
    """The day of the call: today while the office works for another hour, else the next working day."""
    today = local_day(now, tz)
    if calendar.is_working(today) and now <= moment(today, calendar.hours_on(today)[1], tz) - LAST_CALL:
        return today
    return calendar.on_or_after(today + ONE_DAY)


def whole_address(text: str) -> str:
    """What somebody typed as an address, whole: «youtube.com/abc» gets its https://, http is asked for as https."""
    address = text.strip()
    scheme, found, rest = address.partition("://")
    if found:
        return f"https://{rest}" if scheme.lower() in ("http", "https") else address
    return f"https://{address.removeprefix('//')}" if address else ""


def web_address(text: str) -> str:
    """An https address as it may be handed on; "" for anything else: no other scheme, no password, a real host."""
    address = text.strip()
    if not address or len(address) > MOST_OF_ADDRESS or any(sign <= " " or sign in '<>"\\^`{|}' for sign in address):
        return ""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    labels = host.split(".")
    good = parts.scheme == "https" and "@" not in parts.netloc and len(labels) > 1 and all(
        label and label.replace("-", "").isalnum() and not label.startswith("-") for label in labels)
    is_numbers = all(label.isdigit() for label in labels)
    return address if good and not is_numbers and port in (None, 443) else ""


@dataclass
class Tally:
    """Scores of a month, a manager, an operator or a destination; `replied` is how many of those `asked` answered."""

    asked: int = 0
    replied: int = 0
    count: int = 0
    total: int = 0
    moods: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MOODS, 0))
    manager: list[int] = field(default_factory=list)
    agency: list[int] = field(default_factory=list)

    def add(self, score: int, manager: int | None = None, agency: int | None = None) -> None:
        """Count an answer in."""
        self.count += 1
        self.total += score
        self.moods[mood(score)] += 1
        if manager is not None:
            self.manager.append(manager)
        if agency is not None:
            self.agency.append(agency)

    @property
    def tenths(self) -> int | None:
        """The average score in tenths, rounded half up; None without an answer."""
        return None if not self.count else (20 * self.total + self.count) // (2 * self.count)

    @property
    def rate(self) -> int | None:
        """How many per cent of those asked have answered; None where nobody was asked."""
        return per_cent(self.replied, self.asked)

    @property
    def manager_tenths(self) -> int | None:
        """The average mark of the manager in tenths."""
        return tenths_of(self.manager)

    @property
    def agency_tenths(self) -> int | None:
        """The average mark of the agency in tenths."""
        return tenths_of(self.agency)


def tenths_of(values: Iterable[int]) -> int | None:
    """The average in tenths, rounded half up; None of nothing."""
    found = list(values)
    return None if not found else (20 * sum(found) + len(found)) // (2 * len(found))
