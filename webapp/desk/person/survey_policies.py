"""What becomes of a client's answers and reviews: scores stay as numbers, every word goes, and nothing is shown."""

from flask_babel import lazy_gettext as _l

from webapp.desk.person.policies import EMPTY, KEEP, Policy
from webapp.surveys.review_rules import WITHDRAWN
from webapp.surveys.rules import NAMELESS

_WHEN = _l("When")
SURVEYS: dict[str, Policy] = {
    "survey_ask": Policy(_l("Surveys asked for"), KEEP, shown={"asked_at": _WHEN}, links=("trip_id", "touch_id")),
    "survey_answer": Policy(_l("Answers to surveys"), EMPTY, {
        "text": "", "video_url": "", "may_show": False, "sign": NAMELESS}, {
        "answered_at": _WHEN, "score": _l("Score"), "manager_score": _l("Manager’s mark"),
        "agency_score": _l("Agency’s mark"), "documents": _l("Documents"), "text": _l("Text"), "video_url": _l("Video"),
        "may_show": _l("May be shown"), "call_back": _l("Asked for a call")}, ("trip_id",)),
    "survey_answer_event": Policy(_l("Versions of answers"), EMPTY, {"facts": {}}, {
        "at": _WHEN, "score": _l("Score")}, ("answer_id", "facts")),
    # What is emptied is shown to nobody: the row stays so that counts of hidden reviews stay true.
    "review": Policy(_l("Reviews"), EMPTY, {
        "text": "", "author": "", "sign": NAMELESS, "masks": [], "answer": "", "state": WITHDRAWN,
        "consented_at": None, "hidden_for": ""}, {
        "written_at": _WHEN, "text": _l("Text"), "author": _l("Signed"), "destination": _l("Destination"),
        "shown_at": _l("Shown to everybody"), "answer": _l("Our answer")}, ("trip_id", "state", "masks")),
    "review_event": Policy(_l("History of reviews"), EMPTY, {"facts": {}}, {
        "at": _WHEN, "reason": _l("Reason")}, ("review_id", "verb", "facts")),
}
"""By name of the table."""
