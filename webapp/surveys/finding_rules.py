"""What of others, and of the client, must not be shown in a review: found in usual and in clever spellings; pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MASK = "[скрыто]"
PHONE, MAIL, PAGE, NUMBER, NAME = "phone", "mail", "page", "number", "name"
_GAP = r"[^\S\n]"
_ENDS = r"(?:ru|рф|ру|com|ком|net|org|me|su|info|biz|pro|online|travel|by|kz|ua)"
_DOG = rf"{_GAP}{{0,2}}[(\[<]?{_GAP}?(?:собак\w|собачк\w|at|эт){_GAP}?[)\]>]?{_GAP}{{0,2}}"
_MAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]+(?:{_GAP}{{0,2}}@{_GAP}{{0,2}}[\w-]+(?:\.[\w-]+)+"
    rf"|{_DOG}[\w-]+{_GAP}?(?:\.|[(\[]?(?:точка|dot)[)\]]?){_GAP}?{_ENDS}(?!\w))", re.IGNORECASE)
_NET = (r"(?:telegram|телеграмм?\w?|тг|tg|whats?app|в[ао]тс\s?ап\w?|viber|вайбер\w?|insta(?:gram)?|инст[аеу]"
        r"|инстаграмм?\w?|vk|вк|вконтакте|skype|ска[йи]п\w?|facebook|фейсбук\w?|tik\s?tok|max|одноклассник\w+)")
_PAGE = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![\w.@-])(?:[\w-]+\.)+{_ENDS}/[^\s,;]+|(?<![\w@])@[A-Za-z]\w{{3,}}"
    # A nick after the name of its place: «telegram: anna_travel», «тг anna_travel»; plain words are none.
    rf"|(?<!\w){_NET}(?:{_GAP}{{0,2}}[:=—–-]{_GAP}{{0,2}}[A-Za-z][\w.]{{3,}}"
    rf"|{_GAP}[A-Za-z][A-Za-z.]*[_\d][\w.]+)",
    re.IGNORECASE)
_PASSPORT = re.compile(r"(?:паспорт|passport|сери[яиюй])[^\d\n]{0,20}(\d[\d \u00a0]{1,6}[^\d\n]{0,12}\d{4,7})(?!\d)",
                       re.IGNORECASE)
# A comma or a semicolon before a space lists things; anything else between digits may hide a phone.
_DIGITS = re.compile(r"(?<!\d)\+?\d(?:(?:[^\w\n,;!?]|_|[,;](?!\s)){0,4}\d){6,}(?!\d)")
_DAY, _TIME = r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])", r"(?:[01]?\d|2[0-3]):[0-5]\d"
_HARMLESS = re.compile(rf"(?<![\d./:-])(?:{_DAY}\.(?:(?:19|20)\d\d|\d\d)|{_TIME}|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d)"
                       r"(?!\d)")
_DATES = re.compile(rf"{_DAY}(?:\.\d{{2,4}})?(?:\s?[-–—]\s?{_DAY}(?:\.\d{{2,4}})?)?")
_SUM = r"\d{1,3}(?:\s\d{3}){1,2}"
_ROUND = rf"(?:{_SUM}|\d{{4,7}})(?<=00)"
_MONEY = re.compile(rf"{_SUM}(?:[.,]\d\d?)?|\d{{5}}00|{_ROUND}\s?[-–—]\s?{_ROUND}")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDING = 2
_LOCAL, _LEAST, _WHOLE = 7, 7, (10, 11)
_NOTHING = ("Cf", "Me")
_VARIANTS = range(0xFE00, 0xFE10)


@dataclass(frozen=True)
class Finding:
    """A piece of a review that may be somebody's personal data. `must`: it is never shown as it is."""

    kind: str
    words: str
    must: bool


def findings(text: str, names: Iterable[str] = ()) -> list[Finding]:
    """Phones, addresses, long numbers, pages of people; and words that look like one of `names` (surnames)."""
    rest, places = _plain(text)
    found: list[Finding] = []

    def take(kind: str, start: int, end: int) -> None:
        nonlocal rest
        found.append(Finding(kind, text[places[start]:places[end - 1] + 1], must=kind != NAME))
        rest = rest[:start] + " " * (end - start) + rest[end:]

    for kind, pattern in ((MAIL, _MAIL), (PAGE, _PAGE)):
        for one in list(pattern.finditer(rest)):
            take(kind, one.start(), one.start() + len(one[0].rstrip(".,;:!?)»")))
    for one in list(_PASSPORT.finditer(rest)):
        take(NUMBER, *one.span(1))
    for one in list(_DIGITS.finditer(rest)):
        if kind := _number(one[0]):
            take(kind, *one.span())
    stems = {_stem(name) for name in names if len(name) > _ENDING + 1}
    for one in list(_WORD.finditer(rest)):
        if one[0][:1].isupper() and _stem(one[0]) in stems:
            take(NAME, *one.span())
    return list(dict.fromkeys(found))


def masked(text: str, masks: Collection[str]) -> str:
    """The text as it is shown: each masked piece, the longest first, is visibly left out."""
    for words in sorted({mask for mask in masks if mask.strip()}, key=len, reverse=True):
        text = re.sub(rf"(?<!{_inside(words[0])}){re.escape(words)}(?!{_inside(words[-1])})", MASK, text)
    return text


def left_open(text: str, masks: Collection[str]) -> list[Finding]:
    """What still has to be masked before the review may be shown."""
    return [finding for finding in findings(masked(text, masks)) if finding.must]


def _inside(edge: str) -> str:
    """What may not go on at this edge of a mask: a word is not masked within a longer one, nor a number; but a number
    that stands against a letter is."""
    return r"\d" if edge.isdigit() else r"\w" if edge.isalnum() else r"[^\s\S]"


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it is read: wide digits and letters as usual ones, nothing that is not seen; with the place in `text`
    of each sign."""
    signs, places = [], []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in _NOTHING or ord(sign) in _VARIANTS:
            continue
        usual = unicodedata.normalize("NFKC", sign)
        signs.append(usual if len(usual) == 1 else sign)
        places.append(place)
    return "".join(signs), places


def _number(words: str) -> str:
    """phone, number, or "" for dates, hours, years and sums of money."""
    if _DATES.fullmatch(words) or _MONEY.fullmatch(words):
        return ""
    if sum(sign.isdigit() for sign in _HARMLESS.sub("", words)) < _LEAST:
        return ""
    digits = sum(sign.isdigit() for sign in words)
    return PHONE if digits in (_LOCAL, *_WHOLE) or words.startswith("+") else NUMBER


def _stem(name: str) -> str:
    """Surnames are declined: «Соколовой» and «Соколова» are one."""
    plain = name.casefold().replace("ё", "е")
    bare = plain.rstrip("аеиоуыюяйьм")
    return bare if len(bare) > _ENDING else plain
