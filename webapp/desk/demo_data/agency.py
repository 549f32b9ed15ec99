"""The agency «Сто дорог» on paper: offices, people who sign in, who signs letters; all of it fictional."""

from dataclasses import dataclass

from webapp.letters.signatures import IdentityCode
from webapp.staff.actions.offices import Place

AGENCY = "Сто дорог"
PASSWORD = "sto-dorog-100"  # noqa: S105 - the demo's own, printed when it is loaded
DOMAIN = "demo.example"
MAIN, URAL = "main", "ural"

PLACES = {
    MAIN: Place("Сто дорог на Таганке", "Europe/Moscow", "Москва", "Таганская улица, 100, 2 этаж", "+79000000100",
                f"moscow@{DOMAIN}", {str(day): ["10:00", "19:00"] for day in range(5)}),
    URAL: Place("Сто дорог на Плотинке", "Asia/Yekaterinburg", "Екатеринбург", "улица Малышева, 200", "+79000000200",
                f"ural@{DOMAIN}", {str(day): ["10:00", "19:00"] if day < 5 else ["11:00", "16:00"]
                                   for day in range(6)}),
}


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here; `key` is the part of the login before the @."""

    key: str
    name: str
    role: str
    offices: tuple[str, ...]
    phone: str

    @property
    def login(self) -> str:
        """The address to sign in with."""
        return f"{self.key}@{DOMAIN}"


STAFF = (
    Colleague("olga", "Ольга Соколова", "manager", (MAIN,), "+79000000101"),
    Colleague("pavel", "Павел Дроздов", "manager", (MAIN,), "+79000000102"),
    Colleague("elena", "Елена Крылова", "manager", (URAL,), "+79000000201"),
    Colleague("irina", "Ирина Мельник", "service", (MAIN, URAL), "+79000000103"),
    Colleague("boris", "Борис Ветров", "director", (MAIN, URAL), "+79000000104"),
    Colleague("anna", "Анна Орлова", "admin", (), "+79000000105"),
)


@dataclass(frozen=True)
class Signer:
    """Who signs letters of one kind."""

    name: str
    role: str
    email: str
    phone: str
    name_en: str
    role_en: str


SIGNERS: dict[IdentityCode, Signer] = {
    "director": Signer("Борис Ветров", "директор «Сто дорог»", f"boris@{DOMAIN}", "+79000000104",
                       "Boris Vetrov", "director, Sto Dorog"),
    "quality": Signer("Марина Ясная", "директор по качеству «Сто дорог»", f"quality@{DOMAIN}", "+79000000103",
                      "Marina Yasnaya", "director of quality, Sto Dorog"),
    "agency": Signer("Сто дорог", "туристическое агентство", f"hello@{DOMAIN}", "+79000000100",
                     "Sto Dorog", "travel agency"),
}
