"""The look: contrast of every pair of colours in both themes, icons that exist, styles in their layers."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from webapp.web.examples import example_day

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
CSS = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

ON_PAPER = ("paper", "sheet", "raised")
TEXT = [
    *[("ink", ground) for ground in (*ON_PAPER, "hollow", "red-row", "yellow-row", "accent-soft")],
    ("ink", "sun-soft"),
    *[("ink-2", ground) for ground in (*ON_PAPER, "hollow", "red-row", "yellow-row", "accent-soft")],
    *[("ink-3", ground) for ground in (*ON_PAPER, "hollow", "red-row", "yellow-row")],
    *[("red-ink", ground) for ground in (*ON_PAPER, "red", "red-row")],
    *[("yellow-ink", ground) for ground in (*ON_PAPER, "yellow", "yellow-row")],
    *[("green-ink", ground) for ground in (*ON_PAPER, "green")],
    *[("accent", ground) for ground in (*ON_PAPER, "accent-soft", "red-row", "yellow-row")],
    *[("accent-strong", ground) for ground in (*ON_PAPER, "accent-soft")],
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-inverse", "inverse"),
    ("on-sea", "sea-1"), ("on-sea", "sea-2"),
]
MARKS = [("edge", "sheet"), ("edge", "paper"), ("focus", "paper"), ("focus", "sheet"),
         ("red-mark", "red-row"), ("red-mark", "sheet"), ("accent", "hollow")]


def _tokens(theme: int) -> dict[str, str]:
    text = (STATIC / "css" / "tokens.css").read_text()
    pairs = re.findall(r"--([\w-]+): var\(--if-light, (#\w{6})\) var\(--if-dark, (#\w{6})\);", text)
    single = re.findall(r"--([\w-]+): (#\w{6});", text)
    return {**{name: value for name, value in single}, **{pair[0]: pair[1 + theme] for pair in pairs}}


def _light(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_stand_out_from_every_ground_they_are_put_on(theme: int, ink: str, ground: str) -> None:
    colours = _tokens(theme)
    assert _contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_edges_of_fields_and_marks_can_be_seen(theme: int, mark: str, ground: str) -> None:
    colours = _tokens(theme)
    assert _contrast(colours[mark], colours[ground]) >= 3


def _symbols(sheet: str) -> dict[str, str]:
    text = (STATIC / sheet).read_text()
    return dict(re.findall(r'<symbol id="([\w-]+)"(.*?)</symbol>', text))


def test_the_small_sheet_of_icons_repeats_the_large_one_exactly() -> None:
    large, small = _symbols("icons.svg"), _symbols("icons-public.svg")
    assert small
    assert {name: large.get(name) for name in small} == small


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_icon_a_template_names_exists(template: Path) -> None:
    text = template.read_text()
    named = set(re.findall(r"\bicon\('([\w-]+)'", text)) | set(re.findall(r"icon_name='([\w-]+)'", text))
    assert named <= set(_symbols("icons.svg"))
    light = set(re.findall(r"\bicon\('([\w-]+)'[^)]*light=True", text))
    assert light <= set(_symbols("icons-public.svg"))


@pytest.mark.parametrize("sheet", CSS, ids=lambda path: path.name)
def test_every_rule_lives_in_a_layer_and_colours_live_in_tokens(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert text.count("{") == text.count("}")
    depth, heads = 0, []
    for chunk in re.split(r"([{}])", text):
        if chunk == "{":
            depth += 1
        elif chunk == "}":
            depth -= 1
        elif depth == 0:
            heads += [head.strip() for head in chunk.split(";") if head.strip()]
    assert all(head.startswith(("@layer", "@page")) for head in heads), heads
    if sheet.name not in ("tokens.css", "print.css"):
        colours = re.findall(r"#[0-9a-fA-F]{3,8}\b", text)
        loose = set(colours) - {"#fff", "#000", "#12211f"}
        assert not loose


@pytest.mark.parametrize("sheet", CSS, ids=lambda path: path.name)
def test_every_colour_a_sheet_uses_is_defined(sheet: Path) -> None:
    known = set(re.findall(r"--([\w-]+):", "".join(path.read_text() for path in CSS)))
    assert set(re.findall(r"var\(--([\w-]+)", sheet.read_text())) <= known


@pytest.mark.parametrize("day", range(20, 27))
def test_an_example_of_a_day_to_come_is_a_working_weekday(day: int) -> None:
    with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC), tick=False):
        shown = datetime.strptime(example_day(), "%d.%m.%Y").replace(tzinfo=UTC)
    assert shown.weekday() < 5 and shown.date() > date(2026, 11, day)
