"""Waits after failed tries, limits of sessions, weak passwords: pure rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.staff import sign_in_rules as rules

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("fails", "seconds"), [
    (0, 0), (1, 0), (4, 0), (5, 15), (6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 900), (12, 900),
    (1000, 900), (10**6, 900)])
def test_the_wait_doubles_with_every_fail_and_never_becomes_a_lock(fails: int, seconds: int) -> None:
    assert rules.wait_after(fails, rules.ACCOUNT_FREE_TRIES) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("fails", "seconds"), [(19, 0), (20, 0), (21, 15), (24, 120)])
def test_an_address_shared_by_an_office_has_more_patience(fails: int, seconds: int) -> None:
    assert rules.wait_after(fails, rules.ADDRESS_FREE_TRIES) == timedelta(seconds=seconds)


@given(st.integers(0, 5000))
def test_one_more_fail_never_shortens_the_wait(fails: int) -> None:
    assert rules.wait_after(fails + 1, 4) >= rules.wait_after(fails, 4)


@pytest.mark.parametrize(("hours", "left"), [(0, 7), (23.9, 7), (24, 0), (240, 0)])
def test_a_quiet_day_forgives_the_fails(hours: float, left: int) -> None:
    assert rules.fails_before(7, NOW - timedelta(hours=hours), NOW) == left


@pytest.mark.parametrize(("created", "seen", "alive"), [
    (timedelta(0), timedelta(0), True),
    (timedelta(days=13), timedelta(hours=11, minutes=59), True),
    (timedelta(days=1), timedelta(hours=12), False),
    (timedelta(days=14), timedelta(0), False),
    (timedelta(days=13, hours=23, minutes=59), timedelta(minutes=1), True)])
def test_a_session_ends_idle_after_12_hours_and_anyhow_after_14_days(created: timedelta, seen: timedelta,
                                                                     alive: bool) -> None:
    assert rules.session_alive(NOW - created, NOW - seen, NOW) is alive


@pytest.mark.parametrize(("password", "fault"), [
    ("", "too-short"), ("короткий", "too-short"), ("123456789", "too-short"),
    ("x" * 201, "too-long"),
    ("qwertyuiop", "too-common"), ("QwertyUiop", "too-common"), ("йцукенгшщз", "too-common"),
    ("Password123", "too-common"), ("пароль12345", "too-common"),
    ("aaaaaaaaaaaa", "too-common"), ("abababababab", "too-common"), ("1111122222", "too-common"),
    ("12345678901234", "too-common"), ("abcdefghijkl", "too-common"), ("9876543210987", "too-common"),
    ("qwerty1234567", "too-common"), ("2026йцукен!", "too-common"), ("1qaz2wsx3edc", "too-common"),
    ("asdfgh098765", "too-common"), ("qwertyлампа77", None), ("8305172946", None),
    ("olga@example.org", "too-personal"), ("Ольга Соколова", "too-personal"), ("ОльгаСоколова", "too-personal"),
    ("соколова2026", "too-personal"), ("example.org1", "too-personal"), ("ольга123456", "too-personal"),
    ("три жёлтых чемодана", None), ("correct horse battery", None), ("Zg7$kq!mWq", None)])
def test_which_passwords_are_too_weak(password: str, fault: str | None) -> None:
    assert rules.password_fault(password, "olga@example.org", "Ольга Соколова") == fault


def test_the_list_of_common_passwords_holds_only_what_could_be_chosen_otherwise() -> None:
    text = (Path(rules.__file__).parent / "common_passwords.txt").read_text("utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(lines) >= 200
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert rules.password_fault(line) == "too-common", line
