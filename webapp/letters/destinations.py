"""Where agencies send people: Russian forms («в Турцию», «в Турции») and English names of destinations."""

from typing import NamedTuple


class Forms(NamedTuple):
    """How a destination is said: where to, where (both Russian, with the preposition), and in English."""

    to: str
    where: str
    english: str
    english_in: str


def forms_of(destination: str) -> Forms | None:
    """Forms of a destination named in Russian or English, in any case; None for one that is not listed."""
    return _FORMS.get(_key(destination))


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").replace("–", "-").split())


# name | to | where | English; "@" before the English name says "on" instead of "in"
_LIST = """
Абхазия|в Абхазию|в Абхазии|Abkhazia
Австрия|в Австрию|в Австрии|Austria
Азербайджан|в Азербайджан|в Азербайджане|Azerbaijan
Алтай|на Алтай|на Алтае|Altai
Анапа|в Анапу|в Анапе|Anapa
Анталья|в Анталью|в Анталье|Antalya
Аргентина|в Аргентину|в Аргентине|Argentina
Армения|в Армению|в Армении|Armenia
Байкал|на Байкал|на Байкале|Lake Baikal
Бали|на Бали|на Бали|@Bali
Батуми|в Батуми|в Батуми|Batumi
Бахрейн|в Бахрейн|в Бахрейне|Bahrain
Беларусь|в Беларусь|в Беларуси|Belarus
Белек|в Белек|в Белеке|Belek
Бодрум|в Бодрум|в Бодруме|Bodrum
Болгария|в Болгарию|в Болгарии|Bulgaria
Бразилия|в Бразилию|в Бразилии|Brazil
Венгрия|в Венгрию|в Венгрии|Hungary
Венесуэла|в Венесуэлу|в Венесуэле|Venezuela
Вьетнам|во Вьетнам|во Вьетнаме|Vietnam
Геленджик|в Геленджик|в Геленджике|Gelendzhik
Германия|в Германию|в Германии|Germany
Гоа|на Гоа|на Гоа|Goa
Греция|в Грецию|в Греции|Greece
Грузия|в Грузию|в Грузии|Georgia
Дагестан|в Дагестан|в Дагестане|Dagestan
Доминикана|в Доминикану|в Доминикане|the Dominican Republic
Дубай|в Дубай|в Дубае|Dubai
Египет|в Египет|в Египте|Egypt
Занзибар|на Занзибар|на Занзибаре|@Zanzibar
Израиль|в Израиль|в Израиле|Israel
Индия|в Индию|в Индии|India
Индонезия|в Индонезию|в Индонезии|Indonesia
Иордания|в Иорданию|в Иордании|Jordan
Иран|в Иран|в Иране|Iran
Испания|в Испанию|в Испании|Spain
Италия|в Италию|в Италии|Italy
Казань|в Казань|в Казани|Kazan
Казахстан|в Казахстан|в Казахстане|Kazakhstan
Калининград|в Калининград|в Калининграде|Kaliningrad
Камчатка|на Камчатку|на Камчатке|Kamchatka
Карелия|в Карелию|в Карелии|Karelia
Катар|в Катар|в Катаре|Qatar
Кемер|в Кемер|в Кемере|Kemer
Кения|в Кению|в Кении|Kenya
Кипр|на Кипр|на Кипре|@Cyprus
Киргизия|в Киргизию|в Киргизии|Kyrgyzstan
Китай|в Китай|в Китае|China
Краби|в Краби|в Краби|Krabi
Красная Поляна|в Красную Поляну|в Красной Поляне|Krasnaya Polyana
Крым|в Крым|в Крыму|Crimea
Куба|на Кубу|на Кубе|Cuba
Маврикий|на Маврикий|на Маврикии|Mauritius
Малайзия|в Малайзию|в Малайзии|Malaysia
Мальдивы|на Мальдивы|на Мальдивах|the Maldives
Марокко|в Марокко|в Марокко|Morocco
Мармарис|в Мармарис|в Мармарисе|Marmaris
Мексика|в Мексику|в Мексике|Mexico
Москва|в Москву|в Москве|Moscow
Мурманск|в Мурманск|в Мурманске|Murmansk
Нячанг|в Нячанг|в Нячанге|Nha Trang
ОАЭ|в ОАЭ|в ОАЭ|the UAE
Оман|в Оман|в Омане|Oman
Паттайя|в Паттайю|в Паттайе|Pattaya
Португалия|в Португалию|в Португалии|Portugal
Пхукет|на Пхукет|на Пхукете|@Phuket
Россия|в поездку по России|в России|Russia
Санкт-Петербург|в Санкт-Петербург|в Санкт-Петербурге|Saint Petersburg
Саудовская Аравия|в Саудовскую Аравию|в Саудовской Аравии|Saudi Arabia
Сейшелы|на Сейшелы|на Сейшелах|the Seychelles
Сербия|в Сербию|в Сербии|Serbia
Сиде|в Сиде|в Сиде|Side
Сингапур|в Сингапур|в Сингапуре|Singapore
Сочи|в Сочи|в Сочи|Sochi
Стамбул|в Стамбул|в Стамбуле|Istanbul
Таиланд|в Таиланд|в Таиланде|Thailand
Танзания|в Танзанию|в Танзании|Tanzania
Тунис|в Тунис|в Тунисе|Tunisia
Турция|в Турцию|в Турции|Turkey
Узбекистан|в Узбекистан|в Узбекистане|Uzbekistan
Филиппины|на Филиппины|на Филиппинах|the Philippines
Финляндия|в Финляндию|в Финляндии|Finland
Франция|во Францию|во Франции|France
Фукуок|на Фукуок|на Фукуоке|@Phu Quoc
Хайнань|на Хайнань|на Хайнане|@Hainan
Хорватия|в Хорватию|в Хорватии|Croatia
Хургада|в Хургаду|в Хургаде|Hurghada
Черногория|в Черногорию|в Черногории|Montenegro
Чехия|в Чехию|в Чехии|the Czech Republic
Шарм-эль-Шейх|в Шарм-эль-Шейх|в Шарм-эль-Шейхе|Sharm El Sheikh
Швейцария|в Швейцарию|в Швейцарии|Switzerland
Шри-Ланка|на Шри-Ланку|на Шри-Ланке|Sri Lanka
Южная Корея|в Южную Корею|в Южной Корее|South Korea
Япония|в Японию|в Японии|Japan
"""


def _read(table: str) -> dict[str, Forms]:
    forms: dict[str, Forms] = {}
    for line in table.split("\n"):
        if not line:
            continue
        name, to, where, english = line.split("|")
        said = english.removeprefix("@")
        preposition = "on" if english.startswith("@") else "in"
        entry = Forms(to, where, said, f"{preposition} {said}")
        forms[_key(name)] = entry
        forms.setdefault(_key(said.removeprefix("the ")), entry)
    return forms


_FORMS = _read(_LIST)
