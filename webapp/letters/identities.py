"""Sender identities as rows: who signs for an office, in the client's language, and what stands where none is set."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import select

from webapp.db import db
from webapp.kit.phones import display
from webapp.letters.files import Attached, photo_cid, photo_of
from webapp.letters.models import Identity, Letter, LetterFile
from webapp.letters.sameness_rules import Person, is_refusal, same_address, shared_with
from webapp.letters.signatures import MOST_LINES, Signature
from webapp.letters.store import agency_name
from webapp.staff.models import Office, User

OFFICE_ANSWERS = "office"


class LostSaleManager(Exception):
    """A refusal letter would come from, or be answered to, the manager who lost the sale. `code`: name or address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fields:
    """What an identity says, as it is typed; `lines` one a line, `photo` the hash of a kept picture or ""."""

    name: str = ""
    name_en: str = ""
    role: str = ""
    role_en: str = ""
    lines: str = ""
    lines_en: str = ""
    email: str = ""
    phone: str = ""
    links: tuple[str, ...] = ()
    replies: str = ""
    photo: str = ""

    @property
    def says_nothing(self) -> bool:
        """Nothing in it would change a letter."""
        return self == Fields()

    @property
    def stamp(self) -> str:
        """Changes whenever somebody saves something else."""
        return sha256(repr(self).encode()).hexdigest()[:16]


NAMES = tuple(Fields.__dataclass_fields__)


def fields_of(row: Identity | None) -> Fields:
    """The fields of a row."""
    if row is None:
        return Fields()
    values = {name: getattr(row, name) for name in NAMES if name not in ("links", "photo")}
    return Fields(**values, links=tuple(row.links or ()), photo=row.photo or "")


def identity_row(code: str, office_id: int | None) -> Identity | None:
    """The row of exactly this office (None: of the agency), if there is one."""
    return db.session.scalars(select(Identity).where(Identity.code == code, Identity.office_id == office_id)
                              .order_by(Identity.id)).first()


def signature_for(identity: str, office: Office, owner: User | None, language: str = "ru") -> Signature:
    """Who signs: the seller himself, or the identity kept for the office, else for the agency (`domain.md` §2.1).

    Where no name is kept the agency signs with the office's phone and address. Answers to the quality director never
    go to the owner.
    """
    rows = db.session.scalars(select(Identity).where(
        Identity.code == identity, (Identity.office_id == office.id) | Identity.office_id.is_(None))
        .order_by(Identity.office_id.is_(None))).all()
    if identity == "seller" and owner is not None:
        row = next((r for r in rows if not fields_of(r).says_nothing), None)
        return signed_by_seller(fields_of(row), office, owner, language)
    row = next((r for r in rows if r.name), None)
    return signed_by(identity, fields_of(row), office, language)


def signed_by_seller(typed: Fields, office: Office, owner: User, language: str) -> Signature:
    """The manager's name and phone stand in his card; role, lines and where answers go may be set for all."""
    role, lines = _in_language(typed, language)
    answers = office.email if typed.replies == OFFICE_ANSWERS else owner.email
    return Signature(name=owner.name, role=role, phone=display(owner.phone or office.phone), lines=lines,
                     links=typed.links, reply_to=answers)


def signed_by(code: str, typed: Fields, office: Office, language: str) -> Signature:
    """The signature of director, quality director or agency."""
    keeps_off = code == "quality"
    if not typed.name:
        return Signature(name=agency_name(office), phone=display(office.phone), email=office.email,
                         reply_to=office.email if keeps_off else "", keeps_off_owner=keeps_off)
    role, lines = _in_language(typed, language)
    name = (typed.name_en if language != "ru" else "") or typed.name
    return Signature(
        name=name, role=role or agency_name(office), phone=display(typed.phone or office.phone), email=typed.email,
        photo_url=f"cid:{photo_cid(typed.photo)}" if typed.photo else "", photo=typed.photo, lines=lines,
        links=typed.links, reply_to=typed.email or (office.email if keeps_off else ""), keeps_off_owner=keeps_off)


def photo_part(signature: Signature) -> tuple[Attached, ...]:
    """What the signature brings along in the mail."""
    size = db.session.scalar(select(LetterFile.size).where(LetterFile.sha256 == signature.photo)) \
        if signature.photo else None
    return (photo_of(signature.photo, size),) if size is not None else ()


def refuse_lost_sale(letter_code: str, signature: Signature, addresses: Iterable[str],
                     managers: Iterable[User | None], office: Office) -> None:
    """Raises LostSaleManager when a refusal letter would carry a name, address or own phone of one of `managers`.

    `addresses` are those of its envelope: where it comes from and where answers go.
    """
    if not is_refusal(letter_code):
        return
    # Everybody in the office answers its phone.
    phone = "" if same_address(signature.phone, office.phone) else signature.phone
    signer = Person((signature.name, signature.role, *signature.lines),
                    (signature.email, signature.reply_to, phone, *addresses))
    code = shared_with(signer, [person_of(user) for user in managers if user is not None])
    if code:
        raise LostSaleManager(code)


def person_of(user: User) -> Person:
    """A member of staff as the rule sees them."""
    return Person((user.name,), (user.email, user.phone))


def managers_like(fields: Fields) -> list[User]:
    """People who work here as managers and share a name, address or phone with an identity."""
    signer = Person((fields.name, fields.name_en), (fields.email, fields.phone))
    users = db.session.scalars(select(User).where(User.role == "manager", User.dismissed_at.is_(None))).all()
    return [user for user in users if shared_with(signer, [person_of(user)])]


@dataclass
class Used:
    """Which letters an identity signs."""

    codes: list[str] = field(default_factory=list)
    letter_ids: list[int] = field(default_factory=list)


def letters_by_identity() -> dict[str, Used]:
    """E-mails by the identity that signs them."""
    found: dict[str, Used] = {}
    for letter_id, code, identity in db.session.execute(
            select(Letter.id, Letter.code, Letter.identity).where(Letter.channel == "email").order_by(Letter.id)):
        used = found.setdefault(identity, Used())
        used.codes.append(code)
        used.letter_ids.append(letter_id)
    return found


def _in_language(typed: Fields, language: str) -> tuple[str, tuple[str, ...]]:
    foreign = language != "ru"
    role = (typed.role_en if foreign else "") or typed.role
    lines = (typed.lines_en if foreign else "") or typed.lines
    return role, tuple(filter(None, (line.strip() for line in lines.split("\n"))))[:MOST_LINES]
