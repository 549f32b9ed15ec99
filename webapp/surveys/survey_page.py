"""The survey of one trip behind a personal link: asked once, changed within a month; looking changes nothing.

A link made on the page of a card shows neither where the trip went nor a name: a card may be in a friend's hands.
Whoever answers with 9 or 10 is asked for a review and shown the link for friends; a low score hears who will call.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import PersonalLink
from webapp.clients.visitors import (
    behind_link,
    carry_language,
    guard_links,
    language_switch,
    link_over,
    spoken_to_reader,
    visitor_page,
)
from webapp.club.balance import of_the_agency
from webapp.club.balance_words import points
from webapp.club.inviting import invite_url
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.rules import BadInput
from webapp.surveys.actions.answering import answer, change_review, take_review_back
from webapp.surveys.asking import answer_of, ask_of
from webapp.surveys.forms import ReviewForm, SurveyForm
from webapp.surveys.links import FROM_CARD, SURVEY, trip_of
from webapp.surveys.models import SurveyAnswer
from webapp.surveys.review_list import agreed_to, review_of
from webapp.surveys.review_rules import WITHDRAWN
from webapp.surveys.rules import BAD, GOOD, Answers, may_answer, may_change, mood
from webapp.trips.models import Trip
from webapp.web.page import see_other

bp = Blueprint("survey", __name__, url_prefix="/s/<token>")
View = Callable[[str, PersonalLink, Trip], Any]
Form = TypeVar("Form", SurveyForm, ReviewForm)
POSTS = "30 per hour"
_BAD, _CLOSED = 422, 409


def register(app: Flask) -> None:
    """The token in the address is the proof; guessing it has a limit, and so has sending the forms."""
    guard_links(app, bp)
    carry_language(app, bp)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(POSTS, methods=["POST"])(bp)


def of_trip(*, cancelled_too: bool = True) -> Callable[[View], Callable[[str], Any]]:
    """A view of the trip a link is about, in the client's language or the one chosen; others see `link_over`."""
    def declare(view: View) -> Callable[[str], Any]:
        @behind_link(SURVEY)
        @wraps(view)
        def found(token: str, link: PersonalLink) -> Any:
            trip = _trip(link)
            if trip is None or trip.cancelled_at is not None and not cancelled_too:
                return link_over()
            with spoken_to_reader(trip.client):
                return view(token, link, trip)
        return found
    return declare


@bp.get("")
@of_trip()
def show(token: str, link: PersonalLink, trip: Trip) -> Response:
    """The questions; for who has answered, thanks and what comes next."""
    row = answer_of(trip.id)
    if row is not None:
        return _thanks(token, trip, row)
    return _survey(token, link, trip, _signed(SurveyForm(formdata=None), link, trip))


@bp.get("/change")
@of_trip()
def change(token: str, link: PersonalLink, trip: Trip) -> Response | BaseResponse:
    """The questions with what was answered before."""
    row = answer_of(trip.id)
    if row is None or not may_change(row.answered_at, now=clock.now()):
        return see_other(url_for("survey.show", token=token))
    form = _signed(SurveyForm(formdata=None), link, trip)
    form.fill_in(said_in(row))
    return _survey(token, link, trip, form, row=row)


@bp.post("")
@of_trip()
def send(token: str, link: PersonalLink, trip: Trip) -> Response | BaseResponse:
    """Keep the answer; the same form again is the same answer."""
    form = _signed(SurveyForm(), link, trip)
    if not form.is_machine:
        if not form.submitted():
            return _survey(token, link, trip, form, _BAD, row=answer_of(trip.id))
        try:
            answer(link, form.said, consent=str(form.may_show.label.text), now=clock.now())
        except BadInput:
            db.session.expire_all()
            return _page("surveys/closed.html", trip, _CLOSED, no_forms=True)
    return see_other(url_for("survey.show", token=token))


@bp.get("/review")
@of_trip(cancelled_too=False)
def review(token: str, link: PersonalLink, trip: Trip) -> Response:
    """The review of this trip: write it, change it, take it back."""
    row, said = review_of(trip.id), answer_of(trip.id)
    form = _signed(ReviewForm(formdata=None), link, trip)
    form.text.data = row.text if row else said.text if said else ""
    form.sign.data = row.sign if row else said.sign if said else None
    return _review(token, trip, form)


@bp.post("/review")
@of_trip(cancelled_too=False)
def send_review(token: str, link: PersonalLink, trip: Trip) -> Response | BaseResponse:
    """Keep the review; staff look at it before others read it."""
    form = _signed(ReviewForm(), link, trip)
    if not form.is_machine:
        if not form.submitted():
            return _review(token, trip, form, _BAD)
        try:
            change_review(link, form.words, sign=form.signature, consent=str(form.agree.label.text), now=clock.now())
        except BadInput:
            return link_over()
    return see_other(url_for("survey.review", token=token))


@bp.post("/review/withdrawal")
@behind_link(SURVEY)
def withdraw(token: str, link: PersonalLink) -> BaseResponse:
    """Nobody shall read it any more."""
    take_review_back(link, now=clock.now())
    return see_other(url_for("survey.review", token=token))


def said_in(row: SurveyAnswer) -> Answers:
    """The answer as it was given."""
    return Answers(row.score, row.manager_score, row.agency_score, row.documents, row.text, row.video_url, row.may_show,
                   row.sign, row.call_back)


def _trip(link: PersonalLink) -> Trip | None:
    trip_id = trip_of(link)
    trip = db.session.get(Trip, trip_id) if trip_id else None
    return trip if trip is not None and trip.client_id == link.client_id else None


def _signed(form: Form, link: PersonalLink, trip: Trip) -> Form:
    """The form with the ways to sign it; one that came from the page of a card offers no name."""
    client = trip.client
    form.sign_as(*(("", "") if link.channel == FROM_CARD else (client.first_name, client.last_name)))
    return form


def _survey(token: str, link: PersonalLink, trip: Trip, form: SurveyForm, status: int = 200, *,
            row: SurveyAnswer | None = None) -> Response:
    now, asked = clock.now(), ask_of(trip.id)
    is_open = may_change(row.answered_at, now=now) if row else may_answer(asked.asked_at if asked else link.created_at,
                                                                        now=now)
    if trip.cancelled_at is not None or not is_open:
        return _page("surveys/closed.html", trip, no_forms=True)
    tells = link.channel != FROM_CARD
    return _page("surveys/survey.html", trip, status, token=token, form=form, row=row,
                 place=trip.destination if tells else "",
                 manager=trip.seller.name if trip.seller and tells else "")


def _thanks(token: str, trip: Trip, row: SurveyAnswer) -> Response:
    kind = mood(row.score)
    context: dict[str, Any] = {
        "token": token, "row": row, "is_low": kind == BAD, "is_high": kind == GOOD, "no_forms": True,
        "may_change": may_change(row.answered_at, now=clock.now()), "review": review_of(trip.id),
        "taken_back": WITHDRAWN, "said_on": local_day(row.answered_at, zone(trip.client.zone)),
        "call_on": row.call.due_on if row.call is not None and row.call.status == "planned" else None,
        "invitation": invite_url(trip.client_id) if kind == GOOD else "", "terms": of_the_agency()[0],
        "points": points}
    return _page("surveys/thanks.html", trip, **context)


def _review(token: str, trip: Trip, form: ReviewForm, status: int = 200) -> Response:
    row = review_of(trip.id)
    is_there = row is not None and row.state != WITHDRAWN
    return _page("surveys/review_write.html", trip, status, token=token, form=form, trip=trip, row=row,
                 is_there=is_there, agreed=agreed_to(row.id) if row is not None and is_there else "")


def _page(template: str, about: Trip, status: int = 200, **context: Any) -> Response:
    # The answer to a form offers no other language: what was typed would stay behind.
    languages = language_switch() if request.method == "GET" else ()
    return visitor_page(template, about.client, status, languages=languages, **context)
