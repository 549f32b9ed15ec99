"""Fill in the letter of a touch for its client, or say why it cannot be sent."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from webapp.clients.actions import letters_url
from webapp.clients.links import one_click
from webapp.clients.models import Client, Consent
from webapp.db import db
from webapp.letters.files import Attached, as_text
from webapp.letters.identities import LostSaleManager, photo_part, signature_for
from webapp.letters.liquid_text import CompiledLetter
from webapp.letters.placeholders import REGISTRY, LetterContext, Value
from webapp.letters.rendering import render_email, render_script, render_sms
from webapp.letters.rules import LetterError, Rendered, Script, required_missing
from webapp.letters.signatures import Signature
from webapp.letters.store import InForce, letter_in_force
from webapp.post.rules import LANE_NORMAL, LANE_SERVICE, LANE_TRIP, MARKETING
from webapp.post.sender import Envelope, envelope
from webapp.touches import store
from webapp.touches.letter_context import context_of
from webapp.touches.letter_links import LINKS
from webapp.touches.models import Occasion, Touch

WAY_OUT = "links.unsubscribe"


class Unsendable(Exception):
    """The touch is skipped, never red (`domain.md` §1.1); `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Written:
    """A filled-in letter with its address. `unsubscribe_url` is for the header of marketing letters (RFC 8058)."""

    address: str
    rendered: Rendered
    letter: InForce
    signature: Signature
    envelope: Envelope
    files: str = ""
    unsubscribe_url: str = ""


@dataclass
class Desk:
    """Keeps letters and signatures of one batch, so that a thousand touches cost a few look-ups."""

    letters: dict[tuple[str, str, bool], InForce | None] = field(default_factory=dict)
    signatures: dict[tuple[str, int, int | None, str], Signature] = field(default_factory=dict)
    photos: dict[str, tuple[Attached, ...]] = field(default_factory=dict)

    def letter(self, code: str, language: str, repeat_buyer: bool) -> InForce | None:
        """The text in force, looked up once per batch."""
        key = (code, language, repeat_buyer)
        if key not in self.letters:
            self.letters[key] = letter_in_force(code, language, repeat_buyer=repeat_buyer)
        return self.letters[key]

    def signature(self, identity: str, occasion: Occasion, language: str) -> Signature:
        """The signature, looked up once per batch."""
        key = (identity, occasion.office_id, occasion.owner_id, language)
        if key not in self.signatures:
            self.signatures[key] = signature_for(identity, occasion.office, occasion.owner, language)
        return self.signatures[key]

    def photo(self, signature: Signature) -> tuple[Attached, ...]:
        """The picture a signature brings along."""
        if signature.photo not in self.photos:
            self.photos[signature.photo] = photo_part(signature)
        return self.photos[signature.photo]


def address_for(client: Client, channel: str) -> str:
    """The first usable address for a channel: an e-mail, or a mobile phone for SMS; "" without one."""
    if channel == "email":
        return client.email.address if client.email else ""
    return next((p.e164 for p in client.phones if p.works and p.is_mobile), "")


def lane_of(touch: Touch) -> int:
    """Letters that belong to the flight go before everything, and are all that "only reminders" leaves."""
    if touch.step_id is None:
        return LANE_NORMAL
    rule = store.step_of(touch).rule
    return LANE_TRIP if rule.klass != MARKETING and "departure" in (rule.anchor, rule.before) else LANE_SERVICE


def why_not(touch: Touch, occasion: Occasion, *, klass: str = "") -> str:
    """The reason why this touch may not be sent to this client at all; "" when it may.

    `klass` is that of the letter: news stay news, whatever the plan calls its step.
    """
    client = occasion.client
    if client.write_nothing:
        return "write-nothing"
    if not address_for(client, touch.channel):
        return "no-email" if touch.channel == "email" else "no-mobile"
    consent = db.session.get(Consent, (client.id, touch.channel))
    if consent is not None and (consent.stopped or consent.trips_only and lane_of(touch) > LANE_TRIP):
        return "stopped"
    if "marketing" in (touch.klass, klass) and (consent is None or not consent.marketing):
        return "no-consent"
    return ""


def write(touch: Touch, occasion: Occasion, letter_code: str, desk: Desk, *, now: datetime) -> Written:
    """Fill in the letter. Raises Unsendable with the reason it is skipped for."""
    client = occasion.client
    letter = desk.letter(letter_code, client.language, bool(occasion.facts.get("repeat")))
    reason = why_not(touch, occasion, klass=letter.klass if letter else "")
    if reason:
        raise Unsendable(reason)
    if letter is None:
        raise Unsendable("no-letter")
    links = LINKS.needed(letter.names)
    values = REGISTRY.values_for(context_of(occasion, letter.language, now=now), letter.names - links)
    if not links.issuperset(required_missing(letter, values)):
        raise Unsendable("no-value")
    signature = desk.signature(letter.identity, occasion, letter.language)
    try:
        sent_by = envelope(signature, occasion.office, occasion.owner, letter_code=letter_code,
                           lost_by=(client.manager,))
    except LostSaleManager:
        raise Unsendable("manager-signs") from None
    values |= LINKS.make(links, client.id, source=store.source_key(touch.id), facts=occasion.facts, now=now)
    if required_missing(letter, values):
        raise Unsendable("no-value")
    url = _way_out(touch, letter, now)
    try:
        rendered = _filled(letter, values | {WAY_OUT: url or None}, signature, url)
    except LetterError:
        raise Unsendable("letter-broken") from None
    header = one_click(url) if letter.klass == MARKETING and letter.channel == "email" else ""
    goes_along = as_text((*desk.photo(signature), *letter.files)) if letter.channel == "email" else ""
    return Written(address_for(client, touch.channel), rendered, letter, signature, sent_by, goes_along, header)


def _way_out(touch: Touch, letter: InForce, now: datetime) -> str:
    """The client's link to choose letters: in the foot of every e-mail, in an SMS only where the text asks for it."""
    if letter.channel != "email" and WAY_OUT not in letter.compiled.names:
        return ""
    return letters_url(touch.client_id, channel=touch.channel, source=store.source_key(touch.id), now=now)


def _filled(letter: InForce, values: dict[str, Value], signature: Signature, url: str) -> Rendered:
    if letter.channel == "sms":
        return Rendered("", "", render_sms(letter.compiled, values))
    return render_email(letter.compiled, values, signature, letter.language, marketing=letter.klass == MARKETING,
                        unsubscribe_url=url)


def chat_text_for(occasion: Occasion, letter_code: str, *, now: datetime) -> str:
    """The words for a chat in the client's language, as they are copied; "" without a text.

    Personal links stay empty: opening a page creates none, and an example would lead the client nowhere.
    """
    client = occasion.client
    letter = letter_in_force(letter_code, client.language, repeat_buyer=bool(occasion.facts.get("repeat")))
    if letter is None:
        return ""
    values = REGISTRY.values_for(_without_links(occasion, letter.language, now), letter.compiled.names)
    try:
        return render_script(letter.compiled, values).text.strip()
    except LetterError:
        return ""


def _without_links(occasion: Occasion, language: str, now: datetime) -> LetterContext:
    no_links = {item.code: None for item in REGISTRY if item.group == "links"}
    return replace(context_of(occasion, language, now=now, preview=True), given=no_links)


def script_for(occasion: Occasion, letter_code: str, language: str, *, now: datetime) -> Script | None:
    """The words to say on a call or visit, filled in for the client; None when the step has no script.

    Personal links stay empty here, too: nobody reads out an address, least of all an example.
    """
    letter = letter_in_force(letter_code, language)
    if letter is None:
        return None
    compiled: CompiledLetter = letter.compiled
    values = REGISTRY.values_for(_without_links(occasion, letter.language, now), compiled.names)
    try:
        return render_script(compiled, values)
    except LetterError:
        return None
