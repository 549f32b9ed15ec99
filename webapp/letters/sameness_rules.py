"""Pure rule of `domain.md` §2.1: a refusal letter never comes from the manager who lost the sale.

Names are compared without case, ё, order, patronymic and alphabet («О. Петрова» is "Olga Petrova"), addresses as
their mail service reads them. In doubt two spellings are one person: the letter then waits for another signature.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.kit.text import clean

_WORD = re.compile(r"[^\W\d_]+")
_PATRONYMIC = re.compile(r"\w+(?:vich|vna|ichna|inichna|ogli|kizi)\Z|(?:il|kuzm|fom|luk|nikit|sav)ich\Z")
_LATIN_OF = dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziiklmnoprstufhcie", strict=True)) | {
    "ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ё": "e", "ь": "", "ъ": "", "і": "i", "ї": "i",
    "є": "e", "ґ": "g", "ў": "u"}
# What different rules of writing Russian names in Latin letters make of one sound.
_ONE_SOUND = (("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("ph", "f"), ("ks", "x"),
              ("yu", "iu"), ("ju", "iu"), ("ya", "ia"), ("ja", "ia"), ("yo", "e"), ("jo", "e"), ("ye", "e"),
              ("je", "e"), ("w", "v"), ("y", "i"), ("j", "i"), ("ie", "e"))
_LOOKALIKES = str.maketrans("aceopxykmtbhi", "асеорхукмтвні")
_MORE_LOOKALIKES = str.maketrans("асеорхукмтвні", "aceopxykmtbhi")
_TWICE = re.compile(r"(.)\1+")
_YANDEX = {"ya.ru", "yandex.by", "yandex.com", "yandex.kz", "yandex.ru", "yandex.ua", "narod.ru", "yandex.com.tr"}
_GOOGLE = {"gmail.com", "googlemail.com"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by the names and addresses (of mail, of a phone) they are known under; what is empty says nothing."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def is_refusal(code: str) -> bool:
    """Letters to people who bought elsewhere are told by their code."""
    return code.startswith("refusal")


def same_name(one: str, other: str) -> bool:
    """May two names be one person's? A single first name («Ольга») is nobody's in particular."""
    return any(_same_words(a, b) for a in _spellings(one) for b in _spellings(other))


def same_address(one: str, other: str) -> bool:
    """Do two e-mail addresses lead into one mailbox, or two phone numbers to one phone?"""
    keys = [mailbox_key(text) or phone_key(text) for text in (one, other)]
    return bool(keys[0]) and keys[0] == keys[1]


def phone_key(text: str) -> str:
    """The last ten digits of a phone number, which are the same for 8…, +7… and 7…; "" for less than ten."""
    digits = "".join(char for char in text if char.isdigit()) if "@" not in text else ""
    return digits[-10:] if len(digits) >= 10 else ""


def mailbox_key(address: str) -> str:
    """The form in which addresses are compared: no case, no +tag, domains in their ASCII form, services by one name.

    "" for what is no address.
    """
    plain = unicodedata.normalize("NFKC", clean(address)).casefold().removeprefix("mailto:").strip(" <>\"'.,;")
    local, at, domain = plain.rpartition("@")
    local = local.strip(" \"'").partition("+")[0]
    if not at or not local or not domain:
        return ""
    domain = _ascii(domain.strip(" .").replace("\u3002", "."))
    if domain in _GOOGLE:
        return f"{local.replace('.', '')}@gmail.com"
    if domain in _YANDEX:
        return f"{local.replace('.', '-')}@yandex.ru"
    return f"{local}@{domain}"


def shared_with(person: Person, others: Iterable[Person]) -> str:
    """"name" or "address" when one of `others` may be this person, else "". Addresses tell more and come first."""
    known = list(others)
    if any(same_address(a, b) for other in known for a in person.addresses for b in other.addresses):
        return "address"
    return "name" if any(same_name(a, b) for other in known for a in person.names for b in other.names) else ""


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _spellings(name: str) -> list[list[str]]:
    """Words of a name in one Latin spelling; letters of the other alphabet that only look right are read as meant."""
    plain = unicodedata.normalize("NFKC", clean(name)).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", plain.replace("й", "и").replace("ё", "е"))
                    if not unicodedata.combining(c))
    found = []
    for text in dict.fromkeys((plain, _as_cyrillic(plain), _as_latin(plain))):
        words = [_sound(word) for word in _WORD.findall(text)]
        full = [word for word in words if not _PATRONYMIC.fullmatch(word)]
        found.append(full if len(full) > 1 else words)
    return found


def _as_cyrillic(text: str) -> str:
    mixed = [word.translate(_LOOKALIKES) if re.search("[а-я]", word) else word for word in text.split()]
    return " ".join(mixed)


def _as_latin(text: str) -> str:
    mixed = [word.translate(_MORE_LOOKALIKES) if re.search("[a-z]", word) else word for word in text.split()]
    return " ".join(mixed)


def _sound(word: str) -> str:
    latin = "".join(_LATIN_OF.get(char, char) for char in word)
    for written, said in _ONE_SOUND:
        latin = latin.replace(written, said)
    return _TWICE.sub(r"\1", latin)


def _same_words(one: list[str], other: list[str]) -> bool:
    """Every word of the shorter name stands in the longer one; a single letter stands for a name it begins."""
    short, long = sorted((one, other), key=len)
    if not short:
        return False
    if len(short) == 1:
        return short == long
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        hit = next((there for there in left if there == word), None) or next(
            (there for there in left if there[0] == word[0] and (len(there) == 1 or len(word) == 1)), None)
        if hit is None:
            return False
        left.remove(hit)
    return any(len(word) > 1 and word in long for word in short)
