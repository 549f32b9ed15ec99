"""The law of the house: directions, purity, one clock, one place that commits, sizes, and words that must not stay."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from webapp.app import ROOMS
from webapp.config import ROOT

SOURCES = [*sorted((ROOT / "webapp").rglob("*.py")), *sorted((ROOT / "jobs").glob("*.py")), ROOT / "wsgi.py"]
SOURCES = [path for path in SOURCES if "versions" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
STANDARD = __import__("sys").stdlib_module_names
# Small parsing libraries that know nothing of the web or the database (`architecture.md`, layout).
PARSERS = {"phonenumbers", "email_validator", "holidays", "pytrovich", "zoneinfo", "rapidfuzz", "charset_normalizer",
           "PIL"}
FRAME = {"app", "cli", "config", "db", "appendonly", "web", "kit", "migrations"}
# The frame itself, migrations and a restored backup write below the level of transactions.
WRITE_BELOW = ("webapp/db.py", "webapp/migrations/", "webapp/desk/backup")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def ids(paths: list[Path]) -> list[str]:
    return [name_of(path) for path in paths]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def imports(path: Path) -> frozenset[str]:
    """Dotted names of modules this file imports, and of names taken from them."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: a relative import hides its room"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                found.add(str(first.value))
    return frozenset(found)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "webapp" and parts[1] in ROOMS else None


IN_ROOMS = [path for path in SOURCES if room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))]


def is_pure(path: Path) -> bool:
    """kit, and what a room calls rules."""
    return "kit" in path.parts or path.stem.endswith("rules")


PURE = [path for path in SOURCES if is_pure(path)]


@pytest.mark.parametrize("path", IN_ROOMS, ids=ids(IN_ROOMS))
def test_a_room_sees_only_rooms_to_its_left_and_never_their_pages(path: Path) -> None:
    own = path.relative_to(ROOT / "webapp").parts[0]
    for module in imports(path):
        room = room_of(module)
        if room is None or room == own:
            continue
        assert ROOMS.index(room) < ROOMS.index(own), f"{module} is to the right"
        part = (module.split(".") + [""])[2]
        assert not part.endswith(("views", "forms", "public")), f"{module}: pages and forms of another room"


@pytest.mark.parametrize("path", PURE, ids=ids(PURE))
def test_kit_and_rules_know_neither_web_nor_database(path: Path) -> None:
    for module in imports(path):
        top = module.split(".")[0]
        if top == "webapp":
            parts = module.split(".")
            assert parts[1:2] == ["kit"] or (is_pure_module(parts) and "kit" not in path.parts), f"{module} is not pure"
        else:
            assert top in STANDARD or top in PARSERS, f"{module} is neither standard library nor a parser"


def is_pure_module(parts: list[str]) -> bool:
    """`webapp.touches`, `webapp.touches.rules`, `webapp.touches.state_rules.OPEN`."""
    return len(parts) == 2 or parts[2].endswith("rules")


def test_the_frame_does_not_depend_on_rooms() -> None:
    """Only the factory, the command line and migrations know that there are rooms."""
    for path in SOURCES:
        part = path.relative_to(ROOT).parts
        if part[0] != "webapp" or part[1].removesuffix(".py") not in FRAME - {"app", "cli", "migrations"}:
            continue
        right = {module for module in imports(path) if room_of(module)}
        assert not right, f"{name_of(path)} imports {sorted(right)}"


def test_webapp_never_sees_jobs() -> None:
    for path in SOURCES:
        if name_of(path).startswith("webapp/") and name_of(path) != "webapp/cli.py":
            assert not [m for m in imports(path) if m.split(".")[0] == "jobs"], name_of(path)


def test_jobs_see_only_the_app_actions_the_clock_and_settings() -> None:
    allowed = ("webapp.app", "webapp.kit.clock", "webapp.config")
    for path in (ROOT / "jobs").glob("*.py"):
        for module in imports(path):
            if module.split(".")[0] == "webapp" and module not in ("webapp", "webapp.kit"):
                assert module.startswith(allowed) or ".actions" in module, f"{name_of(path)}: {module}"


def calls(path: Path, *names: str) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in names or called.split(".")[-1] in names:
                yield f"{name_of(path)}:{node.lineno} {called}"


def test_only_actions_commit() -> None:
    for path in SOURCES:
        inside = path.relative_to(ROOT).parts
        if name_of(path).startswith(WRITE_BELOW) or "actions" in inside or path.name == "actions.py":
            continue
        assert not list(calls(path, "transaction", "commit", "begin_nested"))


def test_the_clock_is_read_in_one_place() -> None:
    reads = ("datetime.now", "date.today", "datetime.today", "datetime.utcnow", "utcnow", "time.time", "time.time_ns")
    for path in SOURCES:
        if name_of(path) == "webapp/kit/clock.py":
            continue
        found = [call for call in calls(path, *reads) if call.split(" ")[1] in reads or "utcnow" in call]
        assert not found, "give it now= instead"
    readers = ("views", "public", "strips", "cli", "web")
    for path in SOURCES:
        if name_of(path).startswith("webapp/") and "webapp.kit.clock" in imports(path):
            parts = [part.removesuffix(".py") for part in path.relative_to(ROOT).parts]
            is_view = any(part.endswith(readers) for part in parts) or "flask.Blueprint" in imports(path)
            assert is_view, f"{name_of(path)} reads the clock; only views, jobs and the command line may"


def test_rules_and_actions_are_told_the_time_without_a_default() -> None:
    for path in SOURCES:
        if not (is_pure(path) or "actions" in path.as_posix()):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = node.args
                late = dict(zip([a.arg for a in arguments.args][::-1], arguments.defaults[::-1], strict=False))
                late |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
                assert not late.keys() & {"now", "today"}, f"{name_of(path)}:{node.lineno} {node.name}"


LONG = [path for path in SOURCES if "starter" not in path.parts]


@pytest.mark.parametrize("path", LONG, ids=ids(LONG))
def test_files_and_functions_stay_small(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 300, f"{lines} lines: does it hold two things?"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 45, f"{node.name}: {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_every_module_and_every_public_function_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "a module says in one sentence what lives here"
    for node in tree(path).body:
        public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if public and not any(isinstance(d, ast.Call) and "periodic" in ast.unparse(d) or ast.unparse(d) == "hinted"
                              for d in node.decorator_list):
            assert ast.get_docstring(node), f"{node.name} says nothing"


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "helpers.py", "services.py", "manager.py", "common.py", "misc.py"}
    assert not [name_of(path) for path in SOURCES if path.name in drawers]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    kinds = {".py", ".html", ".md", ".js", ".css", ".toml", ".txt", ".po", ".ini", ".sh", ""}
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in kinds and path.is_file() and "vendor" not in path.parts]


def test_nothing_is_left_undone_and_no_machine_is_named() -> None:
    undone = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error")
    machine = re.compile(r"(?<![\w.~])/(work|root|tmp|home)/\w")
    found = []
    for path in committed():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if undone.search(line) or machine.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert not found


def test_every_test_can_fail() -> None:
    proves = re.compile(r"\bassert\b|raises\(|expect\(|assert_\w+\(|check\w*\(|all_agree\(")
    for path in TESTS:
        for node in ast.walk(tree(path)):
            is_test = isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            if is_test and path.name.startswith("test_"):
                assert proves.search(ast.unparse(node)), f"{name_of(path)}:{node.lineno} {node.name} asserts nothing"


def test_the_map_of_the_house_names_every_room() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
    assert text, "docs/ is empty"
    for room in ROOMS:
        assert re.search(rf"`{room}/?`|\b{room}/", text), f"docs/ never mention {room}"


def test_every_promise_is_held_by_a_test_that_exists() -> None:
    written = {node.name for path in TESTS for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}
    promised = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "acceptance.md").read_text("utf-8")))
    assert len(promised) > 30 and promised <= written, promised - written
