"""What becomes of complaints when their client is erased: what was decided and what it cost stays, words go."""

from flask_babel import lazy_gettext as _l

from webapp.desk.person.policies import DELETE, EMPTY, KEEP, Policy

_WHEN, _TEXT = _l("When"), _l("Text")
_GONE = "—"
"""Where the database wants a reason, its place stays."""
COMPLAINTS: dict[str, Policy] = {
    "complaint": Policy(_l("Complaints"), EMPTY, {
        "contact_name": "", "contact_phone": "", "contact_email": "", "story": "", "wants": "", "operator": "",
        "procedure_text": "", "facts": "", "solution": "", "decision_reason": "", "cause": "", "result": "",
        "prevention": "", "lesson": "", "waive_reason": _GONE, "satisfaction_note": "", "void_reason": _GONE}, {
        "number": _l("Number"), "created_at": _WHEN, "story": _l("What happened"), "wants": _l("What is asked for"),
        "contact_name": _l("Name"), "contact_phone": _l("Phone"), "contact_email": _l("E-mail"),
        "state": _l("State"), "procedure_text": _l("Procedure"), "justified": _l("Justified"),
        "decision": _l("Decision"), "decision_reason": _l("Reason"), "compensation_points": _l("Points"),
        "satisfaction": _l("Satisfied"), "satisfaction_note": _l("In their words"), "closed_at": _l("Closed")},
        ("id", "trip_id")),
    "complaint_event": Policy(_l("History of complaints"), EMPTY, {"facts": {}}, {
        "at": _WHEN, "verb": _l("What happened"), "actor": _l("By whom")}, ("complaint_id",)),
    "complaint_word": Policy(_l("Conversation about complaints"), EMPTY, {"text": "", "author": ""}, {
        "at": _WHEN, "kind": _l("Kind"), "author": _l("By whom"), "text": _TEXT}, ("complaint_id",)),
    "complaint_file": Policy(_l("Photos and papers of complaints"), DELETE, shown={
        "added_at": _WHEN, "name": _l("Name"), "type": _l("Type"), "size": _l("Size")}, links=("complaint_id",)),
    "complaint_action": Policy(_l("What was promised"), EMPTY, {"what": ""}, {
        "what": _l("What"), "due_on": _l("Day")}, ("complaint_id", "touch_id")),
    "complaint_watcher": Policy(_l("Who follows a complaint"), KEEP),
    "complaint_viewer": Policy(_l("Who looked at a complaint"), DELETE),
    "lesson_reader": Policy(_l("Who read a lesson"), KEEP),
    "operator_claim": Policy(_l("Claims to tour operators"), EMPTY, {"text": "", "answer": ""}, {
        "created_at": _WHEN, "operator": _l("Tour operator"), "text": _TEXT, "sent_on": _l("Sent"),
        "answered_on": _l("Answered"), "answer": _l("Answer")}, ("complaint_id",)),
}
