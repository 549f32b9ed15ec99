"""/admin/letters: the list, one letter as it is and as its reader gets it, its versions. Changing: `letter_changes`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from webapp.clients.models import client_for
from webapp.clients.search import find_clients
from webapp.db import db
from webapp.desk import letter_list, letter_preview
from webapp.desk import letter_people as people
from webapp.desk.letter_forms import LetterForm
from webapp.desk.letter_people import Reader
from webapp.kit import clock
from webapp.letters import draft_rules, file_words
from webapp.letters.check_words import FIELDS
from webapp.letters.check_words import sentence as finding_words
from webapp.letters.drafts import Edition, Words, shown_editions, words_of
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.rules import PARTS
from webapp.staff.log_words import add_log_words
from webapp.staff.models import Office, scoped
from webapp.staff.rules import ADMIN
from webapp.touches.models import PlanStep
from webapp.web.guard import STAFF, allow
from webapp.web.nav import TEXTS, Section, add_section
from webapp.web.page import page, row_id, safe_next

bp = Blueprint("letters", __name__, url_prefix="/admin/letters")
READERS = STAFF
VIEWS = {"letter": _l("Letter"), "phone": _l("Phone"), "text": _l("Text")}


def register(app: Flask) -> None:
    """Put letters into the bar, and say what the log says of them."""
    add_section(app, Section("letters.index", _l("Letters"), 90, frozenset(READERS), "/admin/letters",
                             group=TEXTS))
    add_log_words("letter", _l("Letters"), {
        "created": _l("New letter “%(name)s”"),
        "drafted": _l("Began to change the letter “%(name)s”"), "discarded": _l("Threw away the draft of “%(name)s”"),
        "published": _l("Published the letter “%(name)s”"),
        "restored": _l("Published an older text of “%(name)s” again"),
        "settings": _l("Changed the settings of the letter “%(name)s”"),
        "gave-up": _l("Gave up the text of “%(name)s” for those who come again")}, _titles, {
        "version": _l("Version"), "variant": _l("For whom"), "klass": _l("Kind"), "identity": _l("Signed by"),
        "requires": _l("Not sent without")}, values={
            "klass": lambda code: str(letter_list.CLASSES.get(code, code)),
            "identity": lambda code: str(letter_list.IDENTITIES.get(code, code))})


@dataclass(frozen=True)
class Place:
    """What an address of a letter leads to: the letter in one language, where the plan uses it, its reader."""

    editions: dict[tuple[str, str], Edition]
    edition: Edition
    steps: list[PlanStep]
    reader: Reader
    now: datetime

    @property
    def back(self) -> str:
        """The step of a plan somebody came from to write this text, if any."""
        return safe_next(request.args.get("back"), "")

    def url(self, endpoint: str = "letters.show", **more: Any) -> str:
        """An address of the same letter in the same language, tried on the same client."""
        values = {"language": self.edition.language, "variant": self.edition.variant or None,
                  "client": self.reader.key if "client" in request.values else None, "back": self.back or None, **more}
        return url_for(endpoint, letter_id=self.edition.letter.id, **values)


@bp.get("")
@allow(*READERS)
def index() -> Response:
    """All letters, SMS and scripts."""
    return page("desk/letters.html", groups=letter_list.groups(), words=letter_list, zone=current_user.zone,
                may_edit=ADMIN in current_user.hats)


@bp.get("/<int:letter_id>")
@allow(*READERS)
def show(letter_id: int) -> Response:
    """One letter: administrators write, directors read; beside it what a client gets."""
    place = place_of(letter_id)
    form = LetterForm()
    form.fill_in(words_of(place.edition.shown), place.edition.stamp)
    return editor(place, form)


@bp.get("/<int:letter_id>/people")
@allow(*READERS)
def find(letter_id: int) -> Response:
    """Clients found by name, phone or e-mail, to try the letter on."""
    place = place_of(letter_id)
    typed = request.args.get("q", "")
    return page("desk/_letter_people.html", place=place, typed=typed, **_people(place, typed))


@bp.get("/<int:letter_id>/nameless")
@allow(*READERS)
def nameless(letter_id: int) -> Response:
    """Clients whose first name nobody has written down."""
    place = place_of(letter_id)
    without, everybody = people.nameless(people.eyes(current_user))
    return page("desk/letter_nameless.html", place=place, without=without, everybody=everybody,
                clients=people.nameless_list(people.eyes(current_user)),
                title=letter_list.title_of(list(place.editions.values())),
                sees_clients=bool(current_user.hats - {ADMIN}))


@bp.get("/<int:letter_id>/versions/<int:version_id>")
@allow(*READERS)
def version(letter_id: int, version_id: int) -> Response:
    """An older text beside the one in force, and the way back to it."""
    place = place_of(letter_id)
    row = version_or_404(place, version_id)
    return page("desk/letter_version.html", place=place, version=row, fields=FIELDS, zone=current_user.zone,
                files=words_of(row).files, file_words=file_words,
                title=letter_list.title_of(list(place.editions.values())),
                changes=_changes(words_of(row), words_of(place.edition.in_force)), words=letter_list,
                may_edit=ADMIN in current_user.hats)


def editor(place: Place, form: LetterForm, *, status: int = 200, note: str = "") -> Response:
    """The page of the editor with what was typed; htmx asks for the preview alone."""
    words = form.words(place.edition)
    preview = letter_preview.preview_of(place.edition, words, place.reader, place.steps,
                                        people.eyes(current_user), place.now)
    view = request.values.get("view", "letter")
    context: dict[str, Any] = {
        "place": place, "edition": place.edition, "form": form, "preview": preview, "finding_words": finding_words,
        "view": view if view in VIEWS else "letter", "views": VIEWS, "fields": FIELDS, "parts": PARTS,
        "places": letter_preview.places_of(place.reader, place.edition.language, place.now),
        # Buttons change only with the client: a press must not lose its button under the finger.
        "file_words": file_words, "files": words.files,
        "new_places": request.form.get("places_of") != str(place.reader.key)}
    response = page(
        "desk/letter.html", "desk/_letter_answer.html", status=status, note=note, words=letter_list,
        title=letter_list.title_of(list(place.editions.values())), zone=current_user.zone,
        may_edit=ADMIN in current_user.hats, targets=form.fields_of(place.edition),
        uses=letter_list.uses_of(place.edition.letter.code, place.steps),
        shown=words_of(place.edition.shown), typed=request.values.get("q", ""),
        **_people(place, request.values.get("q", "")), **context)
    response.headers["Content-Security-Policy"] = letter_preview.policy()
    return response


def place_of(letter_id: int) -> Place:
    """What the address asks for, or 404."""
    letter = db.session.get(Letter, letter_id) or abort(404)
    editions = shown_editions(letter)
    wished = request.args.get("language", ""), request.args.get("variant", "")
    edition = editions.get(wished) or editions.get((current_user.language, "")) or next(iter(editions.values()), None)
    if edition is None or (request.args.get("language") and wished not in editions):
        abort(404)
    steps = people.steps_with(letter.code)
    return Place(editions, edition, steps, _reader(steps), clock.now())


def version_or_404(place: Place, version_id: int) -> LetterVersion:
    """A published version of this letter in this language."""
    return next((row for row in place.edition.published if row.id == version_id), None) or abort(404)


def _reader(steps: list[PlanStep]) -> Reader:
    """The client that was chosen; at first the one the letter goes to next; 0 is the one without data."""
    chosen = request.values.get("client", type=row_id)
    if chosen:
        client = client_for(chosen, people.eyes(current_user))
        if client is not None:
            return people.reader_of(client, steps)
    nearest = people.suggested(steps, people.eyes(current_user), clock.now()) if chosen is None else []
    return nearest[0] if nearest else Reader(None, None, _own_office())


def _own_office() -> Office:
    own = db.session.scalars(scoped(select(Office), Office.id, current_user).order_by(Office.id)).first()
    return own or db.session.scalars(select(Office).order_by(Office.id)).first() or abort(404)


def _people(place: Place, typed: str) -> dict[str, Any]:
    """Who may be chosen: the present one first, those found, else those nearest to the step."""
    if typed.strip():
        found = find_clients(typed, people.eyes(current_user), limit=people.SUGGESTED)
        clients, more = list(found.clients), found.next_offset is not None
    else:
        nearest = people.suggested(place.steps, people.eyes(current_user), place.now)
        clients, more = [reader.client for reader in nearest if reader.client], False
    chosen = place.reader.client
    if chosen is not None and chosen.id not in {client.id for client in clients}:
        clients.insert(0, chosen)
    return {"clients": clients, "more_found": more, "found_none": bool(typed.strip()) and not clients}


def _changes(old: Words, new: Words) -> list[tuple[str, list[draft_rules.Piece]]]:
    """(field, pieces) of what differs, in the order of the fields."""
    def fields(words: Words) -> dict[str, str]:
        return {"title": words.title, "subject": words.subject, **(words.parts or {"body": words.body}),
                "files": "\n".join(f"{file.name}, {file_words.size_of(file.size)}" for file in words.files)}
    before, after = fields(old), fields(new)
    return [(name, draft_rules.difference(before.get(name, ""), after.get(name, "")))
            for name in dict.fromkeys([*before, *after]) if before.get(name, "") != after.get(name, "")]


def _titles(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(LetterVersion.letter_id, LetterVersion.title).where(
        LetterVersion.letter_id.in_(ids), LetterVersion.variant == "").order_by(
        LetterVersion.language != current_user.language, LetterVersion.number.desc()))
    found: dict[int, str] = {}
    for letter_id, title in rows:
        found.setdefault(letter_id, title)
    return found
