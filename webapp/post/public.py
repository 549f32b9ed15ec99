"""The page on which clients choose their letters, and the one-click address of mail programs (RFC 8058).

Looking changes nothing: mail scanners open every link. What is sent changes what the link's owner gets, nothing else.
"""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import consent_texts
from webapp.clients.links import LETTERS
from webapp.clients.models import Client, PersonalLink
from webapp.clients.visitors import behind_link, guard_links, link_over, spoken_to, visitor_page
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions
from webapp.post.wish_forms import MEANT, SAVED, STOPS, WishForm, returns_for, stop_in_force
from webapp.post.wishes import NEWS, NOTHING, SERVICE, TRIPS, Way, ways_of
from webapp.web.page import see_other

bp = Blueprint("wishes", __name__, url_prefix="/u/<token>")
blueprints = [bp]


def register(app: Flask) -> None:
    """The token in the address is the proof; guessing it has a limit."""
    guard_links(app, bp)


@bp.get("")
@bp.get("/now", endpoint="now_page")
@behind_link(LETTERS)
def show(token: str, link: PersonalLink) -> Response:
    """What comes now, and the form to stop it or to have it back."""
    return _letters_page(token, link)


@bp.post("")
@behind_link(LETTERS)
def stop(token: str, link: PersonalLink) -> Response | BaseResponse:
    """Stop what was chosen, at once."""
    client = db.session.get_one(Client, link.client_id)
    with spoken_to(client):
        form = _stop_form([way for way in ways_of(client, link.channel) if way.may_stop])
        return _carry_out(token, link, form) or _letters_page(token, link, stop_form=form, status=422)


@bp.post("/return")
@behind_link(LETTERS)
def take_back(token: str, link: PersonalLink) -> Response | BaseResponse:
    """Have letters back; news need the consent to the text that stands beside the choice."""
    client = db.session.get_one(Client, link.client_id)
    with spoken_to(client):
        form = _return_form([way for way in ways_of(client, link.channel) if way.may_return])
        return _carry_out(token, link, form) or _letters_page(token, link, return_form=form, status=422)


@bp.post("/now")
@behind_link(LETTERS)
def now(token: str, link: PersonalLink) -> Response:
    """What mail programs send when their reader presses their own button: no more news, without a redirect."""
    if request.form.get("List-Unsubscribe", "").casefold() != "one-click":
        return _letters_page(token, link, status=400)
    actions.wish(link, "withdraw", [link.channel or "email"], how="one-click", address=request.remote_addr or "",
                 now=clock.now())
    return Response("OK\n", 200, mimetype="text/plain")


@bp.get("/text")
@behind_link(LETTERS)
def text(token: str, link: PersonalLink) -> Response:
    """The consent to news, as it stands."""
    found = consent_texts.text_in_force(consent_texts.NEWS, _language(link))
    if found is None:
        return link_over()
    client = db.session.get_one(Client, link.client_id)
    with spoken_to(client):
        return visitor_page("post/consent_text.html", client, token=token, text=found,
                            blocks=list(consent_texts.blocks(found.body)))


def _carry_out(token: str, link: PersonalLink, form: WishForm) -> BaseResponse | None:
    if not form.channels.choices:
        # Nothing is left to stop or to return: the page as it is says so.
        return see_other(url_for("wishes.show", token=token))
    if not form.submitted() or form.step.data not in {choice.value for choice in form.step.choices or ()}:
        return None
    consent = consent_texts.text_in_force(consent_texts.NEWS, _language(link)) if form.step.data == "give" else None
    if form.step.data == "give" and consent is None:
        return None
    actions.wish(link, form.step.data, form.channels.data or [], how="preferences", address=request.remote_addr or "",
                 text_version=consent.code if consent else "", now=clock.now())
    return see_other(url_for("wishes.show", token=token, saved=form.step.data, where=form.channels.data))


def _letters_page(token: str, link: PersonalLink, *, stop_form: WishForm | None = None,
                  return_form: WishForm | None = None, status: int = 200) -> Response:
    client = db.session.get_one(Client, link.client_id)
    with spoken_to(client):
        ways = ways_of(client, link.channel)
        stoppable, returnable = [w for w in ways if w.may_stop], [w for w in ways if w.may_return]
        return visitor_page(
            "post/wishes.html", client, status, token=token, ways=[(way, _named(way), _state(way)) for way in ways],
            stop_form=stop_form or (_stop_form(stoppable, link.channel) if stoppable else None),
            return_form=return_form or (_return_form(returnable, link.channel) if returnable else None),
            form=stop_form or return_form, meant=MEANT, saved=_saved(ways) if status == 200 else None,
            by_agency=any(way.by_agency for way in ways))


def _saved(ways: list[Way]) -> tuple[str, Any] | None:
    """(where, what will happen now) after a wish was carried out."""
    said, chosen = SAVED.get(request.args.get("saved", "")), request.args.getlist("where")
    where = ", ".join(_named(way) for way in ways if way.channel in chosen)
    return (where, said) if said and where else None


def _stop_form(ways: list[Way], channel: str = "") -> WishForm:
    steps = dict(STOPS)
    # What comes no more need not be stopped; sent twice, it is the same wish all the same.
    if request.method != "POST" and all(way.state != NEWS for way in ways):
        steps.pop("withdraw")
    ticked = _ticked(ways, channel)
    form = WishForm(data=_preset({"step": stop_in_force(ways, ticked, steps), "channels": ticked}))
    form.offer(_("What shall we send no more?"), steps, ways, {way.channel: _named(way) for way in ways})
    return form


def _return_form(ways: list[Way], channel: str = "") -> WishForm:
    form = WishForm(prefix="r", data=_preset({"channels": _ticked(ways, channel)}))
    form.offer(_("What shall we send again?"), returns_for(ways), ways, {way.channel: _named(way) for way in ways})
    return form


def _preset(words: dict[str, Any]) -> dict[str, Any] | None:
    """What is chosen when the page is opened; an empty answer to it is no wish."""
    return None if request.method == "POST" else words


def _ticked(ways: list[Way], channel: str) -> list[str]:
    known = [way.channel for way in ways]
    return [channel] if channel in known else known[:1]


def _named(way: Way) -> str:
    """«Letters to a•••@example.com»."""
    word = _("E-mail") if way.channel == "email" else _("SMS")
    return f"{word} {way.address}".strip()


def _state(way: Way) -> str:
    words: dict[str, Any] = {NEWS: _("about your trips, news and offers"), SERVICE: _("only about your trips"),
                             TRIPS: _("only reminders of a trip"), NOTHING: _("nothing comes")}
    return str(words[way.state])


def _language(link: PersonalLink) -> str:
    return db.session.get_one(Client, link.client_id).language
