"""Pure: what a referral may become, which trip counts, who is no friend, codes that people can say."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.club import friend_rules as rules
from webapp.club.friend_rules import KNOWN, REPEAT, SELF, Journey, no_friend, verdict

CAME = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = CAME.date()


def journey(number: int = 1, *, bought: int = 1, entered: int | None = None, back: int = 30, cancelled: bool = False,
            over: bool = False) -> Journey:
    return Journey(number, DAY + timedelta(days=bought), CAME + timedelta(days=bought if entered is None else entered),
                   DAY + timedelta(days=back), cancelled, over)


TABLE = {
    "new": {"talking", "travels", "refused", "lost"}, "talking": {"travels", "refused", "lost"},
    "travels": {"rewarded", "talking", "refused"}, "rewarded": {"talking", "refused"}, "lost": {"talking", "refused"},
    "refused": set(),
}


@pytest.mark.parametrize("state", rules.STATES)
def test_a_referral_goes_only_where_the_table_says(state: str) -> None:
    assert {target for target in rules.STATES if rules.may_become(state, target)} == TABLE[state]


def test_nothing_is_rewarded_that_does_not_travel() -> None:
    assert [state for state in rules.STATES if rules.may_become(state, "rewarded")] == ["travels"]


def test_the_first_trip_to_return_counts_and_pays_when_it_is_over() -> None:
    later, sooner = journey(1, back=40), journey(2, back=20)
    assert verdict([later, sooner], DAY, CAME).trip == sooner
    assert not verdict([later, sooner], DAY, CAME).pays
    assert verdict([journey(3, over=True)], DAY, CAME).pays


@pytest.mark.parametrize(("trips", "is_known", "has_trip"), [
    ([], False, False),
    ([journey(cancelled=True, over=True)], False, False),
    ([journey(bought=-5)], True, False),
    ([journey(bought=-5, cancelled=True), journey(2)], False, True),
    ([journey(bought=0, entered=-1)], True, False),
    ([journey(bought=0, entered=0)], False, True),
    ([journey(bought=-1, entered=1)], True, False),
    ([journey(bought=-400), journey(2, over=True)], True, True),
])
def test_who_bought_before_the_invitation_is_known(trips, is_known, has_trip) -> None:
    found = verdict(trips, DAY, CAME)
    assert (found.is_known, found.trip is not None) == (is_known, has_trip)
    assert not (found.is_known and found.pays)


@pytest.mark.parametrize(("case", "reason"), [
    (dict(own_phone=True, has_bought=True, is_claimed=True), SELF),
    (dict(own_phone=False, has_bought=True, is_claimed=True), KNOWN),
    (dict(own_phone=False, has_bought=False, is_claimed=True), REPEAT),
    (dict(own_phone=False, has_bought=False, is_claimed=False), ""),
])
def test_the_gravest_reason_is_told(case, reason) -> None:
    assert no_friend({1}, {2}, **case) == reason


def test_the_second_record_of_the_inviter_is_no_friend() -> None:
    assert no_friend({1, 7}, {7}, own_phone=False, has_bought=False, is_claimed=False) == SELF


@given(st.data())
def test_a_code_is_read_however_it_is_said(data) -> None:
    code = rules.spell_code(lambda n: data.draw(st.integers(0, n - 1)))
    assert len(code) == 8 and not set(code) & set("01OIL")
    for said in (code, code.lower(), rules.shown_code(code), f" {code[:2]} {code[2:]} "):
        assert rules.read_code(said) == code


def test_russian_letters_that_look_the_same_are_taken_for_them() -> None:
    assert rules.read_code("квс2-мнт9") == "KBC2MHT9"


@pytest.mark.parametrize("typed", ["", "abc", "KM7Q2ABC9", "0O1IL234", "<script>", "ЖЖЖЖЖЖЖЖ", "\x00" * 8])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert rules.read_code(typed) == ""


def test_codes_are_too_many_to_try() -> None:
    """Ten thousand invitations, thirty misses a minute from one address: years until one is hit."""
    room = len(rules.ALPHABET) ** rules.CODE_LENGTH
    assert room / 10_000 / (30 * 60 * 24 * 365) > 5
    assert rules.spell_code(secrets.randbelow) != rules.spell_code(secrets.randbelow)
