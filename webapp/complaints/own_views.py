"""What managers see of complaints: those of their own clients, as a list and as a page to read, and a word they may
pass on to customer service.

Notes, findings, costs, causes and lessons of the house never come here: templates are given no more than stands here.
"""

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.club.friend_placeholders import points_in
from webapp.complaints import actions, due_words, own_query, words
from webapp.complaints.about_forms import KnownForm
from webapp.complaints.actions.mailing import GRACE
from webapp.complaints.desk_blueprint import card_url, me
from webapp.complaints.desk_card import is_waiting, steps_of
from webapp.complaints.form_questions import files_of
from webapp.complaints.models import Complaint
from webapp.complaints.procedures import pick
from webapp.complaints.questions import actions_of, events_of
from webapp.complaints.step_rules import Refused, step_number
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.rules import BadInput
from webapp.web.i18n import page_language, today_here
from webapp.web.page import page, row_id, see_other

PAGE, MOST = 50, 1_000


def own_open() -> int:
    """How many complaints of own clients are open; asked once per request."""
    if "own_complaints" not in g:
        g.own_complaints = own_query.open_count(current_user, today=today_here())
    return int(g.own_complaints)


def own_list() -> Response:
    """Complaints of own clients: open ones by the nearest deadline, or those that are closed."""
    ended, now = request.args.get("show") == "closed", clock.now()
    limit = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = own_query.own_ones(current_user, limit + 1, ended=ended, today=today_here())
    filters = [{"url": url_for("complaints.index", show=code), "label": label, "current": (code == "closed") == ended,
                "count": count}
               for code, label, count in ((None, _("Open ones"), own_open()), ("closed", _("Closed ones"), None))]
    return page("complaints/own_list.html", rows=rows[:limit], filters=filters, ended=ended, words=words,
                due={row.id: due_words.due_of(row, now, current_user.zone) for row in rows},
                own=set(current_user.office_ids),
                done={row.id: step_number(row.state) for row in rows}, looking={}, news=(),
                more=limit + PAGE if len(rows) > limit and limit < MOST else None)


def own_card(row: Complaint, status: int = 200, *, form: KnownForm | None = None, refusal: str = "") -> Response:
    """How a complaint of an own client goes: steps, conversation, promises. `form` is the one that came."""
    now, office_zone = clock.now(), row.office.timezone
    if form is None and row.is_open:
        form = KnownForm(None)
    return page(
        "complaints/own_card.html", status=status, row=row, refusal=refusal, form=form, words=words, zone=office_zone,
        steps=steps_of(row, events_of(row)), due=due_words.due_of(row, now, current_user.zone), due_words=due_words,
        talk=own_query.talk_of(row, until=now - GRACE), promised=actions_of([row.id]),
        today=local_day(now, zone(office_zone)), files=len(files_of(row.id, by_client=True)), pick=pick,
        language=page_language(), points_in=points_in, is_waiting=is_waiting(row),
        own=set(current_user.office_ids))


def pass_on(row: Complaint) -> Response | BaseResponse:
    """What the manager knows goes to customer service as an internal note, and is not shown here again."""
    form = KnownForm()
    if not form.submitted():
        return own_card(row, 422, form=form)
    try:
        actions.add_note(row.id, form.text.data or "", key=f"{me().user_id}:{row.id}:{form.form_key.data}", actor=me(),
                         now=clock.now())
    except Refused as error:
        return own_card(row, 409, form=form, refusal=words.refused(error))
    except BadInput as error:
        form.say("text", words.fault(error))
        return own_card(row, 422, form=form)
    return see_other(card_url(row), _("Passed on: customer service reads it with this complaint."))
