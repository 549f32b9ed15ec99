"""Letters that came: those to be sorted, answers, what came back; for customer service and directors."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.actions import set_consent
from webapp.clients.models import Client, client_for
from webapp.clients.search import find_clients
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post import inbox_words, incoming
from webapp.post.actions.sorting import SortedAlready
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.touches.actions.answering import take_answers
from webapp.trips.answer_panel import answer_of
from webapp.web.guard import DESK, allow
from webapp.web.nav import MAIL, Section, add_section
from webapp.web.page import page, row_id, safe_next, see_other

bp = Blueprint("incoming", __name__, url_prefix="/incoming")
PEOPLE = ("service", "director")
PAGE, MOST, FOUND = 50, 500, 20
FILTER_WORDS = {"unsorted": _l("To sort"), "reply": _l("Answers"), "bounce": _l("Came back"),
                "auto": _l("Automatic"), "dismissed": _l("Put aside")}
EMPTY_WORDS = {"unsorted": _l("Nothing to sort"), "reply": _l("No answers yet"), "bounce": _l("Nothing came back"),
               "auto": _l("No automatic replies"), "dismissed": _l("Nothing was put aside")}


def register(app: Flask) -> None:
    """Put the list into the bar, with how many letters wait to be sorted."""
    add_section(app, Section("incoming.index", _l("Incoming"), 81, frozenset(PEOPLE), "/incoming", _count, group=MAIL))
    app.jinja_env.globals["letters_of"] = incoming.letters_of
    app.jinja_env.globals["incoming_words"] = inbox_words
    add_log_words("incoming", _l("Incoming letters"), {
        "attached": _l("Said whose a letter is"), "dismissed": _l("Put a letter aside"),
        "sorted-again": _l("Took a letter back onto the list"), "news-stopped": _l("Stopped news after a letter")})


@bp.get("")
@allow(*PEOPLE)
def index() -> Response:
    """One filter of the letters that came to the person's offices."""
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in FILTER_WORDS else "unsorted"
    limit = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = incoming.listed(current_user, chosen, limit + 1)
    waiting = incoming.unsorted_count(current_user)
    filters = [{"url": url_for("incoming.index", show=None if code == "unsorted" else code), "label": word,
                "current": code == chosen, "count": waiting if code == "unsorted" else 0}
               for code, word in FILTER_WORDS.items()]
    return page("desk/incoming.html", chosen=chosen, rows=rows[:limit], filters=filters, empty=EMPTY_WORDS,
                word_of=FILTER_WORDS[chosen],
                more=limit + PAGE if len(rows) > limit and limit < MOST else None)


@bp.get("/<int:incoming_id>")
@allow(*DESK)
def letter(incoming_id: int) -> Response:
    """One letter with its whole text. Managers see those of clients of their own offices."""
    return _page(incoming_id)


@bp.post("/<int:incoming_id>/client")
@allow(*PEOPLE)
def attach(incoming_id: int) -> BaseResponse:
    """«Это письмо от …»: it goes into the client's timeline and to whoever answers."""
    client = client_for(request.form.get("client", 0, type=row_id), current_user) or abort(404)
    now = clock.now()
    try:
        post.attach_incoming(incoming_id, client, actor=actor_of(current_user), now=now)
    except LookupError:
        abort(404)
    except SortedAlready as error:
        return see_other(url_for("incoming.index"), _already(error), "yellow")
    take_answers(now=now)
    return see_other(url_for("incoming.index"), _("Written into the timeline of %(name)s; the answer is on the list.",
                                                  name=client.full_name))


@bp.post("/<int:incoming_id>/aside")
@allow(*PEOPLE)
def dismiss(incoming_id: int) -> BaseResponse:
    """«Не от клиента»: nobody has to look at it again."""
    return _decide(incoming_id, post.dismiss_incoming, _("Put aside. It can be taken back under “Put aside”."))


@bp.post("/<int:incoming_id>/back")
@allow(*PEOPLE)
def sort_again(incoming_id: int) -> BaseResponse:
    """Take it back onto the list."""
    return _decide(incoming_id, post.sort_again, _("Back on the list."))


@bp.post("/<int:incoming_id>/stop-news")
@allow(*DESK)
def stop_news(incoming_id: int) -> BaseResponse:
    """«Больше не присылать новости»: what the client's letter asks for, with one click."""
    row = incoming.one(current_user, incoming_id)
    client = db.session.get(Client, row.client_id) if row is not None and row.client_id else None
    if row is None or client is None or client_for(client.id, current_user) is None:
        abort(404)
    now = clock.now()
    if row.asks_stop != "stopped":
        set_consent(client, "withdraw", ["email"], how="email", address=row.sender, actor=actor_of(current_user),
                    now=now)
        post.note_stopped(incoming_id)
    back = safe_next(request.form.get("back"), url_for("incoming.letter", incoming_id=incoming_id))
    return see_other(back, _("News have stopped for %(name)s. Letters about the trip go on.", name=client.full_name))


def _decide(incoming_id: int, verb: Any, said: str) -> BaseResponse:
    try:
        verb(incoming_id, actor=actor_of(current_user), now=clock.now())
    except LookupError:
        abort(404)
    except SortedAlready as error:
        return see_other(url_for("incoming.index"), _already(error), "yellow")
    return see_other(safe_next(request.form.get("back"), url_for("incoming.index")), said)


def _already(error: SortedAlready) -> str:
    return _("%(name)s has sorted this letter already.", name=error.decided_by or _("A colleague"))


def _page(incoming_id: int) -> Response:
    row = incoming.one(current_user, incoming_id) or abort(404)
    sorts = bool(current_user.hats & set(PEOPLE))
    if row.client_id is None and not sorts:
        abort(404)
    typed = request.args.get("q", "").strip()[:100]
    found = find_clients(typed or row.sender, current_user, limit=FOUND) if row.state == "unsorted" and (
        typed or "@" in row.sender) else None
    return page("desk/incoming_letter.html", row=row, typed=typed, found=found, sorts=sorts,
                answer=answer_of(row, actor_of(current_user)), back=safe_next(request.args.get("back"), ""))


def _count() -> tuple[int, bool] | None:
    waiting = incoming.unsorted_count(current_user)
    return (waiting, False) if waiting else None
