"""What a letter is (news or about the trip, who signs, without what it is not sent), and which texts it has."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.desk import letter_list
from webapp.desk import letter_people as people
from webapp.desk.letter_views import Place, place_of
from webapp.letters import actions
from webapp.letters.actions.editions import VARIANTS
from webapp.letters.checks import kind_of
from webapp.letters.drafts import shown_editions, words_of
from webapp.letters.models import Letter
from webapp.letters.registry import REGISTRY
from webapp.letters.starters import LANGUAGES
from webapp.staff.audit import actor_of
from webapp.touches.actions.rewriting import rewrite_waiting
from webapp.web.forms import BaseForm
from webapp.web.guard import allow
from webapp.web.i18n import page_language
from webapp.web.page import page, see_other

bp = Blueprint("letter_settings", __name__, url_prefix="/admin/letters/<int:letter_id>")
NEWS_HINT = _l("News and offers go only to those who agreed to them, and carry a link to stop them.")


class Checks(SelectMultipleField):
    """Several of a list, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SettingsForm(BaseForm):
    """`sure` is asked for when news are to become letters about the trip, `fewer` the other way round."""

    klass = RadioField(_l("Kind"), description=NEWS_HINT, choices=[
        SelectChoice(code, word) for code, word in letter_list.CLASSES.items()])
    sure = BooleanField(_l("There is no offer and no advertising in it, only the trip the client has bought"))
    fewer = BooleanField(_l("From now on it goes only to those who agreed to news"))
    identity = RadioField(_l("Signed by"), choices=[
        SelectChoice(code, word) for code, word in letter_list.IDENTITIES.items()])
    requires = Checks(_l("Not sent without"), validate_choice=False, description=_l(
        "If the client has no such value, the letter is left out and the step turns grey."))

    def offer(self, letter: Letter) -> None:
        """Placeholders to choose from: those the letter speaks of, and those already chosen."""
        used = {name for edition in shown_editions(letter).values() for name in words_of(edition.shown).names()}
        column = "name_ru" if page_language() == "ru" else "code"
        self.requires.choices = [
            SelectChoice(item.code, str(getattr(item, column)).replace("_", " ").replace(".", ": "))
            for item in REGISTRY if item.code in used | set(letter.requires)]

    def show(self, letter: Letter) -> None:
        """As it is."""
        self.klass.data, self.identity.data, self.requires.data = letter.klass, letter.identity, list(letter.requires)

    def wanted(self, letter: Letter) -> actions.Wanted:
        """What was chosen; a letter that is said, or that has a rule of its own, keeps its kind and signature."""
        fixed = letter.channel == "script" or kind_of(letter).is_refusal
        return actions.Wanted(
            letter.klass if fixed else self.klass.data or "",
            letter.identity if fixed or letter.channel != "email" else self.identity.data or "",
            tuple(sorted(self.requires.data or ())))


@bp.get("/settings")
@allow("admin")
def show(letter_id: int) -> Response:
    """The settings, and the texts by language and reader."""
    place, form = place_of(letter_id), SettingsForm(formdata=None)
    form.offer(place.edition.letter)
    form.show(place.edition.letter)
    return _page(place, form)


@bp.post("/settings")
@allow("admin")
def save(letter_id: int) -> Response | BaseResponse:
    """Change them; what waits in the outbox follows."""
    place, form = place_of(letter_id), SettingsForm()
    letter = place.edition.letter
    form.offer(letter)
    wanted = form.wanted(letter)
    if wanted.klass == "marketing" and letter.klass == "service" and place.steps and not form.fewer.data:
        form.fewer.errors = [_("Look at who loses this letter, then tick this.")]
        return _page(place, form, 422, losing=people.without_consent(letter.channel))
    if not _is_good(form, letter, wanted):
        return _page(place, form, 422)
    try:
        changed = actions.change_settings(letter, wanted, actor=actor_of(current_user), now=place.now)
    except actions.BadSettings as error:
        form.klass.errors = [_refused(error)]
        return _page(place, form, 422)
    if not changed:
        return see_other(place.url(), _("Nothing has changed."))
    ids = [row.id for edition in shown_editions(letter).values() for row in edition.published]
    rewrite_waiting(ids, actor=actor_of(current_user), now=place.now)
    return see_other(place.url(), _("Saved. It holds for everything that leaves from now on."))


@bp.post("/editions")
@allow("admin")
def add(letter_id: int) -> BaseResponse:
    """One more text, begun as a draft with the words of the nearest one."""
    letter = place_of(letter_id).edition.letter
    try:
        edition = actions.add_edition(letter, request.form.get("language", ""), request.form.get("variant", ""),
                                      actor=actor_of(current_user), now=place_of(letter_id).now)
    except LookupError:
        abort(400)
    said = _("This draft begins with the words of the text that is there. Change it and publish.")
    return see_other(url_for("letters.show", letter_id=letter_id, language=edition.language,
                             variant=edition.variant or None), said)


@bp.post("/editions/removal")
@allow("admin")
def give_up(letter_id: int) -> BaseResponse:
    """Those who come again get the ordinary text."""
    place = place_of(letter_id)
    edition = place.editions.get((request.form.get("language", ""), "repeat")) or abort(404)
    ids = [row.id for row in edition.published]
    actions.give_up_variant(edition, actor=actor_of(current_user), now=place.now)
    if ids:
        rewrite_waiting(ids, actor=actor_of(current_user), now=place.now)
    return see_other(url_for("letter_settings.show", letter_id=letter_id),
                     _("Those who come again get the same text as everybody. What was published stays in the history."))


def _is_good(form: SettingsForm, letter: Letter, wanted: actions.Wanted) -> bool:
    if not form.submitted() and set(form.errors) - {"klass", "identity"}:
        return False
    if wanted.klass == "service" and letter.klass == "marketing" and not form.sure.data:
        form.sure.errors = [_("Advertising without consent is fined (law 38-ФЗ). Tick this if there is none in it.")]
        return False
    return True


def _refused(error: actions.BadSettings) -> str:
    if error.code == "no-way-out":
        return _("As news this SMS must say how to stop them. First add to its text, for example: “To stop, answer "
                 "STOP”, and publish it.")
    return _("This cannot be chosen here.")


def _page(place: Place, form: SettingsForm, status: int = 200, losing: tuple[int, int] | None = None) -> Response:
    letter = place.edition.letter
    variants = VARIANTS if letter.channel != "script" else ("",)
    texts: list[dict[str, Any]] = [
        {"language": language, "variant": variant, "edition": place.editions.get((language, variant)),
         "name": letter_list.LANGUAGE_NAMES[language], "whom": letter_list.variant_words(variant)}
        for language in LANGUAGES for variant in variants]
    column = "name_ru" if page_language() == "ru" else "name_en"
    uses = [_("“%(name)s”, %(day)s", name=getattr(step, column), day=letter_list.use_words(step))
            for step in place.steps]
    return page("desk/letter_settings.html", status=status, place=place, losing=losing, form=form, letter=letter,
                texts=texts, uses=uses,
                title=letter_list.title_of(list(place.editions.values())), is_refusal=kind_of(letter).is_refusal)
