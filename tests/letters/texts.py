"""A rich and an empty client for the tests of letters, and short ways to fill a text in."""

from datetime import date, time
from html.parser import HTMLParser

from webapp.club import placeholders as club
from webapp.complaints import placeholders as complaints
from webapp.letters.placeholders import REGISTRY, ClientData, LetterContext, OfficeData, StaffData, TripData, values_for
from webapp.letters.rendering import compile_letter, render_email
from webapp.letters.rules import Rendered
from webapp.letters.signatures import Signature

DIRECTOR = Signature("Ирина Дёмина", "Директор", "director@agency.example", "+7 495 123-45-67")
assert club and complaints, "the placeholders of these rooms are declared"
LINKS = ("survey", "photos", "invite", "balance", "answer", "unsubscribe", "consent", "complaint")


def rich(lang: str, *, links: bool = True, night: bool = False) -> LetterContext:
    """A client about whom everything is known, with long names."""
    russian = lang == "ru"
    given = {f"links.{name}": f"https://agency.example/{name[0]}/Xy7_Kd2-q" for name in LINKS} if links else {}
    given |= {item.code: item.example(lang) for item in REGISTRY if item.group in ("bonus", "complaint")}
    return LetterContext(
        lang=lang,
        today=date(2027, 8, 20),
        client=ClientData(
            "Александра" if russian else "Alexandra",
            "Александра Константиновна Преображенская" if russian else "Alexandra Preobrazhenskaya",
            "Александра Константиновна" if russian else "",
        ),
        trip=TripData(
            destination="Саудовская Аравия",
            departure_on=date(2026, 9, 10),
            return_on=date(2026, 9, 24),
            departure_time=time(2, 10) if night else time(23, 40),
            return_time=time(14, 15),
            operator="Библио-Глобус",
            booking_number="AB-204518",
            companions=("Пётр", "Маша") if russian else ("Peter", "Mary"),
        ),
        manager=StaffData("Екатерина Белозерская", "+7 (916) 123-45-67", "kate@agency.example"),
        office=OfficeData("Центр", "Москва, Тверская, 12", "+7 (495) 123-45-67", "пн–пт 10:00–19:00"),
        agency="Попутный ветер" if russian else "Fair Wind Travel",
        given={**given, "review.text": "Всё было.\n\nПоедем ещё!", "review.author": "Мария К."},
    )


def empty(lang: str) -> LetterContext:
    """A client about whom nothing is known."""
    return LetterContext(lang=lang, today=date(2027, 8, 20))


def mail(body: str, *, subject: str = "Тема", lang: str = "ru", **given: str | int | bool | None) -> Rendered:
    """An e-mail of this body for the rich client; `client__first_name=` and the like replace single values."""
    changed = {name.replace("__", "."): value for name, value in given.items()}
    values = {**values_for(rich(lang)), **changed}
    return render_email(compile_letter(subject, body), values, DIRECTOR, lang)


class Page(HTMLParser):
    """Reads HTML as a mail program would: visible text, tags and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]
