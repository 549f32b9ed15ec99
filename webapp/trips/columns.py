"""What the columns of an agency's own sheet mean: headings in Russian and English, guessed and open to
remapping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.batches.tables import Row
from webapp.kit import emails, phones
from webapp.kit.text import as_text, match_key
from webapp.kit.words import N_

STEPS = ("thank_you", "service_call", "packing", "challenge", "fly_tomorrow", "bon_voyage", "settled_in",
         "welcome_back_sms", "welcome_home", "call_back", "loyalty", "testimonial", "tell_friends", "visit")
REQUIRED = ("client", "purchase", "departure", "return_")
# Fields of which a sheet may have several columns.
REPEATED = frozenset({"phone", "email", "destination", "companions", "comment"})
FIELDS: Mapping[str, str] = {
    "client": N_("Client"), "last_name": N_("Surname"), "first_name": N_("First name"),
    "middle_name": N_("Patronymic"), "phone": N_("Phone"), "email": N_("E-mail"), "manager": N_("Manager"),
    "destination": N_("Destination"), "operator": N_("Tour operator"), "price": N_("Price"),
    "purchase": N_("Purchase date"), "departure": N_("Departure date"), "return_": N_("Return date"),
    "booking": N_("Booking number"), "companions": N_("Companions"), "comment": N_("Comment"),
    "number": N_("Row number"), "reason": N_("What to correct"), "thank_you": N_("Thank-you letter"),
    "service_call": N_("Service call"), "packing": N_("Packing advice"),
    "challenge": N_("Photo challenge"), "fly_tomorrow": N_("Flight reminder"),
    "bon_voyage": N_("Happy journey"), "settled_in": N_("Settled in?"),
    "welcome_back_sms": N_("Welcome back, SMS"), "welcome_home": N_("Welcome home, letter"),
    "call_back": N_("Call after the trip"), "loyalty": N_("Loyalty programme"),
    "testimonial": N_("A client's review"), "tell_friends": N_("Tell your friends"), "visit": N_("Visit"),
}
_SEARCH_ROWS = 30
_SAMPLE_ROWS = 50

# What a heading looks like after match_key, in the order in which it is tried: ticks name dates and people too
# («Звонок после возвращения»), so they come before the fields of the trip.
_RULES: tuple[tuple[str, str], ...] = (
    ("reason", r"причина|что исправить|what to correct|reason"),
    ("number", r"n|no|номер|номер строки|(?:номер |n )?п ?п|строка|line|row(?: number)?|id"),
    ("service_call", r"сервисн\w* звонок.*|звонок (?:до|перед)\b.*|(?:service|check) call.*|call before.*"),
    ("fly_tomorrow", r".*\bзавтра\b.*|.*\bнапомин\w*.*|(?:sms|смс) (?:до|перед|за день)\b.*"
                     r"|.*\btomorrow\b.*|.*\bremind\w*.*"
                     r"|sms before.*"),
    ("bon_voyage", r".*\bсчастлив\w*.*|.*\bдоброго пути.*|(?:sms|смс) (?:в день|на день)\b.*"
                   r"|.*\b(?:bon|good|happy|nice) (?:voyage|journey|trip|flight).*"),
    ("welcome_home", r".*\bписьм\w*.*\b(?:возвращени|приезд|дома?\b|домой).*|.*\bдобро пожаловать\b.*"
                     r"|.*\bwelcome home.*"
                     r"|welcome (?:back )?(?:letter|e ?mail).*"),
    ("welcome_back_sms", r"(?!.*\bдата)(?!.*звон).*\bс (?:возвращени|приезд)\w*.*"
                         r"|.*\b(?:sms|смс)\b.*\b(?:возвращени|приезд)\w*.*|.*\bwelcome back.*"),
    ("settled_in", r".*\b(?:долетел|устроил|разместил|заселил|добрал)\w*.*|.*\bsettled.*"
                   r"|.*\barrived (?:well|ok|safely).*"),
    ("thank_you", r".*\bспасибо\b.*|.*\bблагодарност\w*.*|.*\bthank.*"),
    ("packing", r".*\b(?:сбор|чемодан|багаж|памятк|совет)\w*.*|.*\b(?:что взять|собрать)\b.*"
                r"|.*\bpacking\b.*"),
    ("challenge", r".*\b(?:фотоконкурс|челлендж|конкурс|фото)\w*.*|.*\b(?:challenge|photos?)\b.*"),
    ("loyalty", r".*\b(?:лояльност|бонусн|программ)\w*.*|.*\bloyalty\b.*|.*\bbonus.*"),
    ("tell_friends", r".*\b(?:друз|порекоменд|посоветуй|расскажи)\w*.*|(?:письмо )?(?:о )?рекомендаци\w*"
                     r"|.*\bfriends?\b.*|.*\brecommend.*"),
    ("testimonial", r".*\bотзыв\w*.*|.*\btestimonial.*|.*\breview.*"),
    ("visit", r"(?:дата )?визит\w*.*|.*\bвстреч\w*.*|visit\w*.*|.*\bmeeting\b.*|пришел в офис|был в офисе"),
    ("call_back", r"(?!.*\b(?:дата|номер|следующ\w*)\b)(?:.*\s)?(?:звонок|обзвон|прозвон|дозвон|созвон)\w*.*"
                  r"|(?:.*\s)?(?<!next )call(?:ed)?(?: back)?(?: after.*)?"),
    ("email", r"e ?mail.*|емейл\w*|имейл\w*|мейл|мыло|.*\bпочт[аы]\b.*|эл(?:ектронн\w*)? адрес"
              r"|.*\be ?mail\b.*|mail"),
    ("phone", r"(?:.*\s)?(?:тел|телефон\w*|мобильн\w*|моб|сотов\w*|сот)(?:\s.*)?"
              r"|(?:.*\s)?(?:phones?|mobile|cell|tel)(?:\s.*)?|whats ?app|контактный номер"),
    ("booking", r"(?:номер|n|no|код)? ?(?:брон\w*|заявк\w*|заказа?|договора?|путевк\w*|ваучер\w*)(?: n"
                r"| номер)?|pnr"
                r"|(?:booking|order|reservation|contract|confirmation)(?: (?:number|no|id|code|ref\w*))?"),
    ("last_name", r"фамилия(?: (?:клиента|туриста|заказчика|покупателя))?|surname|last name|family name"),
    ("first_name", r"имя|first name|given name"),
    ("middle_name", r"отчество|patronymic|middle name"),
    ("comment", r"(?:.*\s)?(?:комментари\w*|коммент\w*|примечани\w*|прим|заметк\w*|пожелани\w*"
                r"|особенност\w*)(?:\s.*)?"
                r"|важно|(?:.*\s)?(?:comments?|notes?|remarks?)(?:\s.*)?"),
    ("manager", r"(?:.*\s)?(?:менеджер|продавец|сотрудник|ответственн|консультант|турагент|агент"
                r"|оформил)\w*(?:\s.*)?"
                r"|кто (?:продал|оформил|вел)"
                r"|(?:.*\s)?(?:manager|seller|agent|consultant|responsible|sold by)(?:\s.*)?"),
    ("operator", r"(?:.*\s)?(?:туроператор|оператор|т о)\w*(?:\s.*)?|то|(?:.*\s)?operator|supplier"
                 r"|поставщик"),
    ("companions", r".*\b(?:попутчик|спутник|сопровожд|состав|участник)\w*.*|с кем.*|(?:другие|остальные"
                   r"|все) турист\w*"
                   r"|companions?|travel(?:l)?ers|party|travel(?:l)?ing with|with whom"),
    ("client", r"(?:.*\s)?(?:фио|ф и о|клиент|турист|заказчик|покупател|путешественник)\w*(?:\s.*)?"
               r"|имя (?:и фамилия|клиента)|фамилия (?:и )?имя.*"
               r"|(?:.*\s)?(?:client|customer|tourist|buyer|guest|passenger)(?: name)?|(?:full )?name"),
    ("purchase", r"(?:.*\s)?(?:покуп\w*|продаж\w*|продан\w*|куплен\w*|приобрет\w*)(?:\s.*)?"
                 r"|дата (?:\w+ )?(?:договора|оплаты|заявки|брони\w*|оформления|заказа|сделки)"
                 r"|(?:.*\s)?(?:purchased?|sold|sale|bought)(?: (?:date|on))?"
                 r"|date of (?:purchase|sale|booking)|(?:booking|order|contract|payment) date"
                 r"|booked(?: on)?"),
    ("return_", r"(?:.*\s)?(?:возвращ\w*|возврат\w*|обратно|прилет\w*|приезд\w*|окончан\w*|конец"
                r"|конца)(?:\s.*)?"
                r"|обратн\w* (?:вылет|рейс).*|(?:дата )?(?:по|до)|домой|date of return|end of (?:trip|tour)"
                r"|(?:.*\s)?(?:return(?:s|ing)?|back|comes? home|back home|end|arrival home)(?: (?:date|on"
                r"|flight))?"),
    ("departure", r"(?:.*\s)?(?:вылет\w*|вылит\w*|отправлени\w*|выезд\w*|отъезд\w*|заезд\w*|туда"
                  r"|начал\w*)(?:\s.*)?"
                  r"|улетает|(?:дата )?с|дата (?:тура|поездки|рейса)|date of departure|start of (?:trip|tour)"
                  r"|(?:.*\s)?(?:depart(?:ure|s|ing)?|flight|flies|leaves|start|outbound"
                  r"|check in)(?: (?:date|on|out))?"),
    ("price", r"(?:.*\s)?(?:стоимост\w*|цен[аы]|сумм[аы]|к оплате)(?:\s.*)?|оплата|руб\w*|итого руб\w*"
              r"|(?:.*\s)?(?:price|cost|amount|sum|total|paid)(?:\s.*)?"),
    ("destination", r"(?:.*\s)?(?:направлени\w*|стран[аы]|курорт\w*)(?:\s.*)?|куда(?: \w+)?|тур|поездка"
                    r"|маршрут|город"
                    r"|место отдыха|(?:.*\s)?(?:destination|country|resort)(?:\s.*)?|where(?: to)?|trip"
                    r"|tour|city"),
    ("phone?", r"контакт\w*|contacts?"),
)
_COMPILED = tuple((name.rstrip("?"), 0.6 if name.endswith("?") else 1.0, re.compile(pattern))
                  for name, pattern in _RULES)
_SHORT_WORDS = 3
_LONGEST = 80


@dataclass(frozen=True)
class Guess:
    """One column of the sheet: its heading as typed, the field it is taken for ("" = unknown), and how
    sure, 0…1."""

    index: int
    heading: str
    field: str
    confidence: float


@dataclass(frozen=True)
class Columns:
    """Where the heading row is and what its columns mean; `heading_line` 0 when the sheet has none."""

    heading_line: int
    guesses: tuple[Guess, ...]

    @property
    def mapping(self) -> dict[str, list[int]]:
        """Column indexes per field, in sheet order; the form in which a person may change them."""
        found: dict[str, list[int]] = {}
        for guess in self.guesses:
            if guess.field:
                found.setdefault(guess.field, []).append(guess.index)
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that no column holds; without them no row can become a trip."""
        return missing(self.mapping)

    def heading(self, index: int) -> str:
        """The heading of a column as typed, else its letter in a spreadsheet."""
        typed = next((g.heading for g in self.guesses if g.index == index), "")
        return typed or _letter(index)


def missing(mapping: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """Required fields that a mapping leaves out; a surname column stands for the client."""
    named = mapping.get("client") or mapping.get("last_name")
    return tuple(f for f in REQUIRED if not mapping.get(f) and not (f == "client" and named))


def guess_columns(rows: Sequence[Row]) -> Columns:
    """Find the heading row (title rows and blank lines may stand above it) and say what each column holds."""
    best: tuple[float, int] = (0.0, -1)
    for place, row in enumerate(rows[:_SEARCH_ROWS]):
        score = _heading_score(row)
        if score > best[0] + 0.01:
            best = (score, place)
    if best[0] < 2:
        return Columns(0, ())
    place = best[1]
    return Columns(rows[place].line, _assign(rows[place], rows[place + 1:place + 1 + _SAMPLE_ROWS]))


def field_of(heading: str) -> tuple[str, float]:
    """The field a heading names and how sure that is; ("", 0.0) when it says nothing known."""
    key = match_key(heading.replace("№", " номер ").replace("#", " номер "))
    if len(key) > _LONGEST:
        return "", 0.0
    for name, sure, pattern in _COMPILED:
        if pattern.fullmatch(key):
            return name, sure if len(key.split()) <= _SHORT_WORDS else sure * 0.9
    return "", 0.0


def _heading_score(row: Row) -> float:
    """The number of different fields that a row names; long texts and numbers are data, not headings."""
    texts = [as_text(c).strip() for c in row.cells if isinstance(c, str)]
    named = {field_of(t)[0] for t in texts if t and len(t) <= 60} - {"", "number"}
    return len(named) - 0.5 * sum(any(ch.isdigit() for ch in t) for t in texts)


def _assign(heading: Row, sample: Sequence[Row]) -> tuple[Guess, ...]:
    width = max([len(heading.cells), *(len(row.cells) for row in sample)])
    texts = [as_text(heading.cell(i)).strip() for i in range(width)]
    named = [field_of(t) if t else _by_values(i, sample) for i, t in enumerate(texts)]
    named = [n if n[0] else _by_values(i, sample) for i, n in enumerate(named)]
    fields = {name for name, _ in named}
    if "first_name" in fields and not fields & {"client", "last_name"}:
        named = [("client", 0.7) if name == "first_name" else (name, sure) for name, sure in named]
    taken: dict[str, int] = {}
    for i, (name, sure) in enumerate(named):
        if name and (name not in taken or sure > named[taken[name]][1]):
            taken[name] = i
    return tuple(
        Guess(i, texts[i], name if name in REPEATED or taken.get(name) == i else "", sure if name else 0.0)
        for i, (name, sure) in enumerate(named))


def _by_values(index: int, sample: Sequence[Row]) -> tuple[str, float]:
    """E-mail addresses and phones show what they are even under an unknown heading."""
    texts = [t for t in (as_text(row.cell(index)).strip() for row in sample) if t]
    if len(texts) < 3:
        return "", 0.0
    mails = sum(bool(emails.find(t).emails) for t in texts) / len(texts)
    numbers = sum(bool(phones.find(t)) for t in texts) / len(texts)
    if max(mails, numbers) < 0.6:
        return "", 0.0
    return ("email", round(mails * .8, 2)) if mails >= numbers else ("phone", round(numbers * .8, 2))


def _letter(index: int) -> str:
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters
