"""Names of people: surname, first name and patronymic in any order and case, and when two spellings may
be one person."""

import re
from dataclasses import dataclass
from functools import cached_property

from webapp.kit.text import clean, match_key

_PATRONYMIC = re.compile(r"\w+(?:вич|вна|ична|инична)|(?:иль|кузьм|фом|лук|фок|никит|сав)ич|\w+(?:оглы|кызы)")
_WEAK_PATRONYMIC = re.compile(r"\w{3,}(?:ович|евич)")
_STRONG_SURNAME = re.compile(
    r"\w{2,}(?:[оеё]ва?|ск(?:ий|ая|ой)|цк(?:ий|ая|ой)|енко|чук|щук|дзе|швили|янц|ых|их|цын[а]?)"
    r"|\w{3,}(?:ко|юк|ук|ец|[^ьо]ян)"
    r"|[a-z]{2,}(?:ova?|eva?|evs?ky|sk(?:y|iy|aya)|enko|yan|dze|shvili|tsky)")
_WEAK_SURNAME = re.compile(
    r"\w{2,}[иы]на?|\w+(?:ак|як|ик|ер|ман|берг|штейн|ль|ай|ой|ун|ич)|[a-z]{2,}(?:ina?|yna?|man|berg|uk)")
_LAST_PART = re.compile(r"[a-zа-яё]+$", re.IGNORECASE)
_SMALL = {"оглы", "кызы", "фон", "де", "ван", "дер", "ибн", "von", "van", "de", "der", "bin"}
_ASIDE = re.compile(r"[(\[{].*?(?:[)\]}]|$)|[,;/+&].*$|\s[-–—]\s.*$|\d.*$")
_KNOWN = """
агата агафья агния адам аделина аза азат аида айгуль айдар аким акулина алан алевтина александр александра
алексей алена алина алиса алия алла альберт альбина альфия амалия амина анастасия анатолий ангелина андрей
анжела анжелика анна антон антонина анфиса аня арина аристарх аркадий армен арсен арсений артем артемий
артур архип аслан ася афанасий ахмед аэлита белла богдан борис боря боян булат бэлла вадим валентин
валентина валера валерий валерия ваня варвара василий василина василиса вениамин вера вероника веста вика
викентий виктор виктория викторин вилен виолетта виталий виталина влад влада владимир владислав владислава
владлен вова всеволод вячеслав галина галя гарик геннадий георгий герман гертруда глафира глеб гоша григорий
гузель гульнара давид давыд дамир даниил даниил данил данила дарина дарья даша дементий демид демьян денис
диана дима дина дмитрий добрыня дорофей ева евгений евгения евграф евдоким евдокия евсей евфросиния егор
екатерина елена елизавета елисей емельян ермолай еремей ерофей ефим ефросинья жанна женя зара зарина захар
зинаида злата зоя зосима зульфия иван иванна игнат игнатий игорь изабелла измаил изот изяслав илларион
иларион ильдар илья илюша инга инесса инна иннокентий иосиф ипполит ира ираида ираклий ирина исаак исай
исидор камила капитолина капитон карен карина карл карп касьян катя кира кирилл клавдий клавдия клара клим
климент коля кондрат конон константин корней корнил кристина ксения кузьма лада лана лариса лаура лев леон
леонид леонтий лера леся лев леша лидия лика лилиана лилия лина лиза лолита лора лука лукия лукьян любава
любовь любомир люда людмила люба люция ляля лейла магомед мадина майя макар максим максимилиан максимильян
маргарита марианна марина мария марк марта мартын мартьян марфа марьям марья матвей мая мечислав милан
милана милена милица милий мина мирон мирослав мирослава митофан митрофан михаил миша модест мокей мстислав
мурад муслим надежда надя назар наина наиля наталия наталья наташа наум нелли неонила нестор ника никандр
никанор никита никифор никодим николай николь нина нинель нонна нора оксана октябрина олег олеся олимпиада
ольга оля онисим осип остап остромир павел паша пантелеймон панфил парамон пахом пелагея пимен петр петя
платон поликарп полина потап прасковья пров прокл прокоп прокофий прохор равиль радик радим радислав радован
раиса рамиль расул ратибор ратмир рафаил рафаэль регина рената ренат римма ринат рита роберт родион роза
роксана роман ростислав рубен рузанна руслан руслана рустам рюрик савва савелий сабина саида салават самсон
самуил саша светлана света святослав севастьян семен серафим серафима сергей сережа сигизмунд сила сильвестр
синклитикия слава снежана созон сократ соломон софия софон софья спартак спиридон станимир станислав
станислава степан степанида стоян таисия таисья тамара тамила тарас татьяна таня тая терентий тигран тимофей
тимур тихон тит трифон трофим ульяна устин устинья фаддей фадей фаина фатима федор федосий федот фекла
феликс феодосий феоктист ферапонт феврония филарет филат филимон филипп фирс флор фома фортунат фотий фрол
харитон харлампий христина христофор цветана чеслав эвелина эдгар эдита эдуард элеонора элина элла эльвира
эльдар эльза эльмира эмилия эмиль эмма эраст эрик эрика эрнест юлиан юлиана юлий юлия юля юрий юра юстина
яков яна ян январий ярослав ярослава ясмина adam aleksandr aleksandra alexander alexandra alexey alice alina
anastasia andrew andrey anna anne anton boris daria david denis diana dmitry dmitriy ekaterina elena emma
evgeny george igor ilya irina ivan jack james john julia kate kirill ksenia lev lucy maria marina mark mary
max maxim michael mikhail natalia nikita nikolay oleg olga paul pavel peter petr polina robert roman sergey
sofia svetlana tatiana thomas tom vera victor viktor viktoria vladimir yulia yuri
"""
_FIRST_NAMES = frozenset(_KNOWN.split())


@dataclass(frozen=True)
class PersonName:
    """A name in parts; `initials` is true where first name or patronymic is only a letter («Иванова А.
    П.»)."""

    last: str = ""
    first: str = ""
    middle: str = ""

    @cached_property
    def full(self) -> str:
        """Surname first, as on the board."""
        return " ".join(filter(None, (self.last, self.first, self.middle)))

    @cached_property
    def key(self) -> str:
        """The same for every order, case and ё/е spelling of one name."""
        return " ".join(sorted(match_key(self.full).split()))

    @property
    def initials(self) -> bool:
        """Is a part known only by its first letter?"""
        return any(len(part.rstrip(".")) == 1 for part in (self.first, self.middle))


def read_name(text: str) -> PersonName:
    """Split a full name into its parts; the order is told from patronymics, known first names and surname
    endings.

    Where nothing tells, the surname is taken to come first, as in Russian lists. Remarks in brackets, after
    a comma or a plus are left out (see `aside`). «ИВАНОВА анна» comes back as «Иванова», «Анна».
    """
    words = [_capitalise(w) for w in _words(text)]
    if len(words) < 2:
        only = "".join(words)
        return PersonName(first=only) if _is_first(only) else PersonName(last=only)
    middle_at = _patronymic_at(words)
    middle = words.pop(middle_at) if middle_at is not None else ""
    first_at = _first_at(words, middle_at)
    first = words.pop(first_at)
    if not middle and len(words) > 1 and first_at < len(words) and _looks_first(words[first_at]) > -2 and (
            first_at == 1 and words[0].lower() not in _SMALL or len(words[first_at].rstrip(".")) == 1):
        middle = words.pop(first_at)
    return PersonName(" ".join(words), first, middle)


def aside(text: str) -> str:
    """What a name cell holds besides the name: «Иванова Анна (жена), +2» → «(жена), +2»."""
    text = _one_person(text)
    match = _ASIDE.search(text)
    return clean(text[match.start():]).strip(" ,;") if match else ""


def may_be_same(one: PersonName, other: PersonName) -> bool:
    """May these be one person? Initials match names, a missing patronymic matches any, surnames must be
    equal.

    «Иванова Анна Петровна», «ИВАНОВА А.П.» and «Анна Иванова» may; «Иванов Анатолий» and «Иванов Андрей»
    may not.
    """
    if one.key == other.key:
        return True
    if not one.last or not other.last:
        return False
    return match_key(one.last) == match_key(other.last) and all(
        _fits(match_key(a), match_key(b)) for a, b in ((one.first, other.first), (one.middle, other.middle)))


def _fits(one: str, other: str) -> bool:
    if not one or not other:
        return True
    return one[0] == other[0] if len(one) == 1 or len(other) == 1 else one == other


def _one_person(text: str) -> str:
    """«Иванова, Анна» is one name written with a comma, not two people."""
    return re.sub(r"^(\s*[\w-]+)\s*,\s*(?=[^\W\d_]+(?:\s+\w+)?\s*$)", r"\1 ", clean(text))


def _words(text: str) -> list[str]:
    text = _ASIDE.sub("", _one_person(text)).replace("_", " ")
    words = [w.strip("'`\"«».!?:*#№") for w in text.replace(".", ". ").split()]
    words = [w for w in words if any(c.isalpha() for c in w)]
    if len(words) == 2 and len(words[1]) == 2 and words[1].isupper() and not words[0].isupper():
        words[1:] = words[1]
    return words


def _capitalise(word: str) -> str:
    if word.lower() in _SMALL:
        return word.lower()
    if len(word) == 1:
        return f"{word.upper()}."
    if word.isupper() or word.islower():
        return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), word)
    return word


def _patronymic_at(words: list[str]) -> int | None:
    """Position of the patronymic; a two-word name has one only when nothing else could be the surname."""
    at = [i for i, w in enumerate(words) if i > 0 and _PATRONYMIC.fullmatch(match_key(w).replace(" ", ""))]
    if len(words) > 2 and words[-1] in ("оглы", "кызы"):
        words[-2:] = [f"{words[-2]} {words[-1]}"]
        return len(words) - 1
    if len(words) == 2:
        return 1 if at and _is_first(words[0]) and not _WEAK_PATRONYMIC.fullmatch(words[1].lower()) else None
    return at[-1] if at else None


def _first_at(words: list[str], middle_at: int | None) -> int:
    """Position of the first name among the words left without the patronymic."""
    if len(words) == 1:
        return 0
    if middle_at is not None and _looks_first(words[middle_at - 1]) >= _looks_first(words[0]):
        return middle_at - 1
    ranks = [_looks_first(w) for w in words]
    best = max(ranks)
    if best == min(ranks):
        return 1
    return ranks.index(best)


def _looks_first(word: str) -> int:
    """How much a word looks like a first name: initial, known name, unknown, weak or strong surname
    ending."""
    key = match_key(word)
    if len(key) == 1:
        return 5
    if _is_first(word):
        return 3 if not _STRONG_SURNAME.fullmatch(key) else 2
    if _STRONG_SURNAME.fullmatch(key):
        return -2
    return -1 if _WEAK_SURNAME.fullmatch(key) else 0


def _is_first(word: str) -> bool:
    parts = match_key(word).split()
    return bool(parts) and all(part in _FIRST_NAMES for part in parts)
