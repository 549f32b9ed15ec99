"""A letter as one reader would get it: filled in, counted, checked, with the day it would come."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.clients.links import LETTERS, example_url
from webapp.desk import letter_people as people
from webapp.desk.letter_people import Reader
from webapp.kit.days import local_day, zone
from webapp.letters import check_words, draft_rules
from webapp.letters.checks import Finding, faults_of, kind_of, unsure_names, warnings_of
from webapp.letters.drafts import Edition, Words, other_languages
from webapp.letters.files import Attached, with_pictures
from webapp.letters.identities import LostSaleManager, photo_part
from webapp.letters.liquid_text import CompiledLetter, compile_letter
from webapp.letters.placeholders import GROUPS, REGISTRY
from webapp.letters.rendering import FOOT, render_email, render_script, render_sms
from webapp.letters.rules import LetterError, Rendered, SmsParts, sms_parts
from webapp.letters.signatures import Signature
from webapp.post.money_words import size_of
from webapp.post.sender import Envelope
from webapp.staff.models import User
from webapp.touches.models import PlanStep
from webapp.touches.writing import WAY_OUT, why_not
from webapp.trips.step_words import reason as reason_words
from webapp.web.i18n import day as day_words
from webapp.web.i18n import moment as moment_words
from webapp.web.i18n import page_language
from webapp.web.security import CSP


@dataclass(frozen=True)
class Place:
    """One insert button: the name that goes into the text, what it is called, this reader's value."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Preview:
    """What stands beside the form. `frame` is the document for the sandboxed frame, empty where there is none."""

    reader: Reader
    subject: str = ""
    frame: str = ""
    text: str = ""
    sizes: Sequence[str] = ()
    when: str = ""
    faults: Sequence[Finding] = ()
    warnings: Sequence[str] = ()
    nameless: int = 0
    unreadable: bool = False
    refused: str = ""
    envelope: Envelope | None = None
    files: Sequence[Attached] = ()


@dataclass(frozen=True)
class Filled:
    """A letter as one reader gets it: its words, where it is from, what goes along (first its photo)."""

    rendered: Rendered
    envelope: Envelope | None = None
    files: tuple[Attached, ...] = ()


def preview_of(edition: Edition, words: Words, reader: Reader, steps: Sequence[PlanStep], user: User,
               now: datetime) -> Preview:
    """Fill it in for the reader and look it over. Nothing is written, nothing leaves."""
    kind = kind_of(edition.letter)
    faults = faults_of(words, kind, others=other_languages(edition))
    when = when_words(reader, steps, edition, now)
    try:
        compiled = compile_letter(words.subject, words.source)
        filled = fill(edition, compiled, words.files, reader, now)
    except LostSaleManager as error:
        return Preview(reader, when=when, faults=faults, unreadable=True, refused=refused_words(error.code))
    except LetterError:
        return Preview(reader, when=when, faults=faults, unreadable=True,
                       warnings=[check_words.sentence(it) for it in warnings_of(words, kind)])
    rendered = filled.rendered
    warnings = [check_words.sentence(it) for it in warnings_of(words, kind, subject=rendered.subject,
                                                                html=rendered.html)]
    unnamed, everybody = people.nameless(user) if unsure_names(words) is not None else (0, 0)
    if unnamed:
        warnings.append(_nameless_words(unnamed, everybody, unsure_names(words) or ""))
    return Preview(
        reader, rendered.subject, draft_rules.framed_for_preview(with_pictures(rendered.html, filled.files)),
        rendered.text,
        _sizes(edition, compiled, rendered.text, steps, user, now) if edition.letter.channel == "sms" else (), when,
        faults, warnings, unnamed, envelope=filled.envelope, files=words.files)


def refused_words(code: str) -> str:
    """Why a refusal letter cannot go to this reader."""
    said = _("Its address is that of the manager who lost the sale.") if code == "address" else \
        _("It would carry the name of the manager who lost the sale.")
    only = _("Such a letter comes from the quality director only: fill in the quality director.")
    return f"{said} {only}"


def fill(edition: Edition, compiled: CompiledLetter, files: Sequence[Attached], reader: Reader,
         now: datetime) -> Filled:
    """The very letter this reader would get. Raises LetterError, LostSaleManager."""
    letter, language = edition.letter, edition.language
    # A preview makes no links; one as long as the real ones stands in their place.
    link = example_url(LETTERS)
    values = REGISTRY.values_for(reader.context(language, now), compiled.names | FOOT) | {WAY_OUT: link}
    if letter.channel == "sms":
        return Filled(Rendered("", "", render_sms(compiled, values)))
    if letter.channel == "script":
        script = render_script(compiled, values)
        return Filled(Rendered("", _page_of(script.html), script.text))
    signature = reader.signature(letter.identity, language)
    rendered = render_email(compiled, values, signature, language, marketing=letter.klass == "marketing",
                            unsubscribe_url=link)
    return Filled(rendered, reader.envelope(letter.code, signature), (*photo_part(signature), *files))


def places_of(reader: Reader, language: str, now: datetime) -> list[tuple[str, list[Place]]]:
    """Insert buttons by group, each with what this reader's letter would say there."""
    values = REGISTRY.values_for(reader.context(language, now))
    column = 0 if page_language() == "ru" else 1
    groups: dict[str, list[Place]] = {code: [] for code in GROUPS}
    for item in REGISTRY:
        spelling = item.name_ru if column == 0 else item.code
        # «офис: название» beside «агентство: название», but only «имя» where all are of one kind.
        root, _dot, leaf = spelling.partition(".")
        label = leaf if item.code.startswith(f"{item.group}.") or item.group == "links" else f"{root}: {leaf}"
        groups[item.group].append(Place(item.name_ru if language == "ru" else item.code, label.replace("_", " "),
                                        _said(values[item.code])))
    return [(GROUPS[code][column], places) for code, places in groups.items() if places]


def when_words(reader: Reader, steps: Sequence[PlanStep], edition: Edition, now: datetime) -> str:
    """When this reader would get it, or why not."""
    if reader.client is None or not steps:
        return ""
    if reader.client.language != edition.language:
        return _("This client is written to in another language.")
    touch = people.touch_of([reader.occasion.id], steps) if reader.occasion else None
    if touch is None or reader.occasion is None:
        return _("Not planned for this client.")
    if touch.status == "planned":
        reason = why_not(touch, reader.occasion, klass=edition.letter.klass) if touch.automatic else ""
        if reason:
            return _("This client will not get it: %(reason)s.", reason=reason_words(reason))
        day = moment_words(touch.send_at, reader.zone) if touch.send_at else day_words(touch.due_on)
        is_today = touch.due_on == local_day(now, zone(reader.zone))
        return _("Comes today: %(day)s", day=day) if is_today else _("Comes: %(day)s", day=day)
    if touch.status in ("done", "queued"):
        done = moment_words(touch.done_at, reader.zone) if touch.done_at else day_words(touch.due_on)
        return _("Already went out: %(day)s", day=done) if touch.status == "done" else _("Waits in the outbox")
    return _("Does not go out: %(reason)s.", reason=reason_words(touch.reason))


def size_words(size: SmsParts) -> str:
    """«86 signs · 2 SMS · about 7 ₽. Take out 16 and one is enough»."""
    signs = ngettext("%(num)d character", "%(num)d characters", size.units)
    said = f"{signs} · {size_of(size.parts)}"
    spare = draft_rules.to_spare(size)
    if not spare:
        return said
    advice = (_("Take out %(num)d and one is enough.", num=spare) if size.parts == 2 else
              _("Take out %(num)d to save one.", num=spare))
    return f"{said}. {advice}"


def policy() -> str:
    """The policy of the editor's page: a frame without an address inherits it, and letters carry their own styles."""
    return f"{CSP}; style-src-elem 'self' {_style_hashes()}; style-src-attr 'unsafe-inline'"


@lru_cache(maxsize=1)
def _style_hashes() -> str:
    sample = render_email(compile_letter("-", "-"), {}, Signature(), "ru").html
    blocks = re.findall(r"<style>(.*?)</style>", sample + draft_rules.darkened(sample), re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in dict.fromkeys(blocks))


def _sizes(edition: Edition, compiled: CompiledLetter, text: str, steps: Sequence[PlanStep], user: User,
           now: datetime) -> list[str]:
    """For this reader, and for the one among the latest clients whose text is longest."""
    texts = [text]
    for occasion in people.newest_occasions(user, people.SAMPLE, people.kinds_of(steps)):
        try:
            texts.append(fill(edition, compiled, (), Reader(occasion.client, occasion, occasion.office), now)
                         .rendered.text)
        except LetterError:
            continue
    worst, here = draft_rules.worst(texts), sms_parts(text)
    longest = [] if worst == here else [_("The longest: %(size)s", size=size_words(worst))]
    return [size_words(here), *longest]


def _nameless_words(unnamed: int, everybody: int, fallback: str) -> str:
    clients = ngettext("%(num)d of %(all)s clients has no name", "%(num)d of %(all)s clients have no name", unnamed,
                       all=f"{everybody:,}".replace(",", "\u00a0"))
    if fallback:
        return _("%(clients)s: they will read “%(words)s”.", clients=clients, words=fallback)
    return _("%(clients)s: they will read nothing in its place.", clients=clients)


def _page_of(fragment: str) -> str:
    return f"<!doctype html><html><head></head><body>{fragment}</body></html>"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else " ".join(str(value).split())[:60]
