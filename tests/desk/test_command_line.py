"""The command line as scripts use it: each command on a fresh instance, its output and its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"


@pytest.fixture
def run(tmp_path):
    """`run("check", "--json")` runs a command in an instance of its own on embedded SQLite."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
    env |= {"SNOVA_INSTANCE": str(tmp_path / "instance"), "PYTHONPATH": str(ROOT)}

    def command(*words, stdin="", code=0):
        done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, env=env,
                              input=stdin, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr
    return command


@pytest.mark.slow
def test_an_agency_from_nothing_by_the_command_line(run):
    assert "ready" in run("setup")
    assert "ready" in run("setup")
    run("office", "add", "east", "--name", "Восток", "--tz", "Asia/Vladivostok")
    run("user", "add", "olga@example.org", "--role", "manager", "--office", "main", "--password-stdin",
        stdin="длинный пароль 42\n")
    assert "Error" in run("user", "add", "olga@example.org", "--role", "manager", "--password-stdin",
                          stdin="длинный пароль 42\n", code=1)
    assert "Error" in run("office", "add", "west", "--name", "Запад", "--tz", "Europe/Moskva", code=1)
    assert "mode: trial" in run("mode", "trial")
    first = json.loads(run("import-sheet", str(DATA / "checklist.csv"), "--now", "2026-11-20T12:00", "--json"))
    again = json.loads(run("import-sheet", str(DATA / "checklist.xlsx"), "--now", "2026-11-20T12:00", "--json"))
    assert (first["rows"], first["trips"], first["skipped"], first["repeats"]) == (405, 382, 18, 5)
    assert again["trips"] == again["touches"] == 0
    assert {"line", "column", "value", "reason"} <= set(first["problems"][0])
    figures = json.loads(run("tick", "--now", "2026-11-20T12:00", "--json"))
    assert figures["missed"] == 0
    checked = json.loads(run("check", "--json"))
    assert checked["faults"] == [] and checked["trips"] == 382


@pytest.mark.slow
def test_a_dry_run_writes_nothing_and_gives_the_same_figures(run):
    run("setup")
    dry = json.loads(run("import-sheet", str(DATA / "checklist.csv"), "--now", "2026-11-20T12:00", "--dry-run",
                         "--json"))
    assert json.loads(run("check", "--json"))["trips"] == 0
    real = json.loads(run("import-sheet", str(DATA / "checklist.csv"), "--now", "2026-11-20T12:00", "--json"))
    assert dry == real


@pytest.mark.slow
def test_pretended_time_is_refused_in_live_mode(run):
    run("setup")
    run("mode", "live")
    assert "live" in run("tick", "--now", "2026-11-20T12:00", code=1)


@pytest.mark.slow
def test_plan_needs_no_database_and_answers_cases_line_by_line(run, tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": 1, "purchase": "2026-11-20", "departure": "2026-11-25", "return": "2026-12-01", '
                     '"at": "2026-11-20T12:00", "tz": "Europe/Moscow"}\n{"id": 2}\n', "utf-8")
    one, two = (json.loads(line) for line in run("plan", "--cases", str(cases)).splitlines())
    days = {step["code"]: step["due_on"] for step in one["steps"]}
    assert (days["thank_you"], days["packing"], days["challenge"]) == ("2026-11-20", "2026-11-22", "2026-11-23")
    assert two["id"] == 2 and "error" in two
    assert len(json.loads(run("plan", "--purchase", "2026-11-20", "--departure", "2026-11-25", "--return",
                              "2026-12-01", "--at", "2026-11-20T12:00", "--json"))) == 13
