"""Where the demo's clients go, with whom, for how long and for how much."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class Route:
    """A destination as this agency sells it: nights on the spot and rubles for two."""

    destination: str
    operators: tuple[str, ...]
    nights: int
    price: int


# Names of operators are invented too: a demo must not put words into the mouth of a real company.
ROUTES = (
    Route("Анталья", ("Лазурный берег", "Семь морей"), 7, 186_000),
    Route("Кемер", ("Лазурный берег", "Солнечный круг"), 10, 214_500),
    Route("Шарм-эль-Шейх", ("Семь морей", "Красный коралл"), 9, 168_900),
    Route("Пхукет", ("Восточный экспресс", "Семь морей"), 12, 312_000),
    Route("Дубай", ("Солнечный круг", "Восточный экспресс"), 6, 198_700),
    Route("Мальдивы", ("Белый парус",), 9, 486_000),
    Route("Сочи", ("Родные просторы",), 7, 74_300),
    Route("Хургада", ("Красный коралл", "Семь морей"), 10, 154_200),
    Route("Стамбул", ("Солнечный круг",), 4, 88_600),
    Route("Калининград", ("Родные просторы",), 5, 62_900),
    Route("Нячанг", ("Восточный экспресс",), 11, 241_000),
    Route("Белек", ("Лазурный берег",), 7, 268_400),
    Route("Байкал", ("Родные просторы",), 6, 97_500),
    Route("Шри-Ланка", ("Восточный экспресс", "Белый парус"), 11, 274_900),
    Route("Сербия", ("Солнечный круг",), 5, 112_300),
    Route("Кипр", ("Лазурный берег", "Семь морей"), 7, 176_800),
    Route("Маврикий", ("Белый парус",), 10, 398_000),
    Route("Казань", ("Родные просторы",), 3, 41_200),
)
DEPARTS = (time(6, 40), time(11, 15), time(2, 25), time(14, 50), time(19, 5))
LANDS = (time(13, 20), time(17, 45), time(22, 10), time(9, 30), time(23, 40))
ADDONS = ("Страховка от невыезда", "Трансфер", "Экскурсии", "Места в самолёте рядом")
WHY_CANCELLED = ("Клиент заболел, перенесёт на весну", "Отказали в визе", "Изменились планы на работе",
                 "Оператор отменил рейс, деньги вернули")


def price_of(route: Route, number: int) -> int:
    """Kopecks for the `number`-th trip: the same place costs differently every week."""
    return (route.price + (number * 37 % 23 - 11) * 1_900) * 100
