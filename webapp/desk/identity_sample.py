"""A letter that shows a signature before it is kept, and which letters each identity signs."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.db import db
from webapp.desk import letter_list
from webapp.kit.phones import display
from webapp.letters import draft_rules
from webapp.letters.drafts import all_editions
from webapp.letters.files import with_pictures
from webapp.letters.identities import Fields, photo_part, signed_by, signed_by_seller
from webapp.letters.rendering import compile_letter, render_email
from webapp.letters.signatures import Signature
from webapp.letters.store import agency_name
from webapp.post.sender import Envelope, envelope
from webapp.staff.models import Office, User, scoped


@dataclass(frozen=True)
class Sample:
    """Documents for frames without scripts, light and dark, with what stands above a letter in a mail program."""

    light: str
    dark: str
    envelope: Envelope


def some_office(user: User) -> Office:
    """An office of the person, else the first there is."""
    own = db.session.scalars(scoped(select(Office), Office.id, user).order_by(Office.id)).first()
    return own or db.session.scalars(select(Office).order_by(Office.id)).first() or abort(404)


def signature_of(code: str, fields: Fields, office: Office, language: str) -> Signature:
    """How these fields sign for an office; a manager of the office stands for all of them."""
    if code == "seller":
        return signed_by_seller(fields, office, _some_manager(office), language)
    return signed_by(code, fields, office, language)


def sample_letter(code: str, fields: Fields, office: Office, language: str) -> Sample:
    """A few words with the signature under them."""
    signature = signature_of(code, fields, office, language)
    with force_locale(language):
        words = _("Good morning, Anna!\n\nHere stands the letter. Under it stands the signature, as clients see it.")
    values = {"agency.name": agency_name(office), "office.address": office.address,
              "office.phone": display(office.phone)}
    html = render_email(compile_letter("-", words), values, signature, language).html
    html = draft_rules.framed_for_preview(with_pictures(draft_rules.inert_html(html), photo_part(signature)))
    owner = _some_manager(office) if code != "agency" else None
    return Sample(html, draft_rules.darkened(html), envelope(signature, office, owner))


def letters_signed() -> dict[str, Sequence[tuple[int, str]]]:
    """(letter, its name) by the identity that signs it."""
    found: dict[str, list[tuple[int, str]]] = {}
    for editions in all_editions().values():
        letter = next(iter(editions.values())).letter
        if letter.channel == "email":
            found.setdefault(letter.identity, []).append((letter.id, letter_list.title_of(list(editions.values()))))
    return {code: sorted(letters, key=lambda pair: pair[1]) for code, letters in found.items()}


def _some_manager(office: Office) -> User:
    here = select(User).where(User.dismissed_at.is_(None), User.role == "manager")
    found = db.session.scalars(here.where(User.offices.any(Office.id == office.id)).order_by(User.id)).first()
    return found or db.session.scalars(here.order_by(User.id)).first() or User(
        email=office.email, name=_("Name of the manager"), phone="", role="manager")
