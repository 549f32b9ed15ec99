"""Personal links: 128 bits kept as a hash, one purpose, an end, taken back; looking uses nothing."""

import re
from datetime import timedelta

import make
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from webapp.clients import actions
from webapp.clients.links import CONSENT, EXAMPLE_TOKEN, LETTERS, find_link, one_click, url_of
from webapp.clients.models import PersonalLink
from webapp.clients.rules import TOKEN_SIGNS, masked, spell_token
from webapp.db import db, transaction


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, now=now)


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_every_token_has_22_signs_and_no_two_numbers_share_one(one, other):
    assert re.fullmatch(f"[{TOKEN_SIGNS}]{{22}}", spell_token(one))
    assert (spell_token(one) == spell_token(other)) == (one == other)


def test_the_database_holds_no_token(anna, now):
    token = actions.make_link(LETTERS, anna.id, now=now)
    rows = db.session.execute(text("SELECT * FROM personal_link")).mappings().all()
    assert len(rows) == 1 and token not in str(dict(rows[0]))
    assert find_link(LETTERS, token, now=now).client_id == anna.id


def test_a_link_serves_its_own_purpose_only(anna, now):
    token = actions.make_link(LETTERS, anna.id, now=now)
    assert find_link(CONSENT, token, now=now) is None
    assert find_link(LETTERS, token.swapcase(), now=now) is None
    assert find_link(LETTERS, EXAMPLE_TOKEN, now=now) is None


def test_a_link_ends_when_it_says_and_one_without_an_end_never_does(anna, now):
    ends = actions.make_link(CONSENT, anna.id, now=now, expires_at=now + timedelta(days=30))
    stays = actions.make_link(LETTERS, anna.id, now=now)
    assert find_link(CONSENT, ends, now=now + timedelta(days=29)) is not None
    assert find_link(CONSENT, ends, now=now + timedelta(days=30)) is None
    assert find_link(LETTERS, stays, now=now + timedelta(days=365 * 20)) is not None


def test_links_taken_back_open_nothing(anna, now):
    tokens = [actions.make_link(LETTERS, anna.id, now=now) for _ in range(2)]
    other = actions.make_link(CONSENT, anna.id, now=now)
    assert actions.revoke_links(anna.id, LETTERS, now=now) == 2
    assert [find_link(LETTERS, token, now=now) for token in tokens] == [None, None]
    assert find_link(CONSENT, other, now=now) is not None


def test_a_link_is_made_with_what_it_is_made_for_or_not_at_all(anna, now):
    with pytest.raises(RuntimeError, match="no letter"), transaction():
        token = actions.make_link(LETTERS, anna.id, now=now)
        raise RuntimeError("no letter")
    assert find_link(LETTERS, token, now=now) is None
    assert db.session.query(PersonalLink).count() == 0
    with pytest.raises(ValueError, match="pigeons"):
        actions.make_link("pigeons", anna.id, now=now)


def test_addresses_come_from_the_public_url(app):
    assert url_of(LETTERS, "abc") == "http://127.0.0.1:8000/u/abc"
    assert one_click(url_of(LETTERS, "abc")) == "http://127.0.0.1:8000/u/abc/now" and one_click("") == ""


@pytest.mark.parametrize(("value", "shown"), [
    ("anna@example.com", "a•••@example.com"), ("+79161234567", "+7 ••• •••-45-67"), ("", "•••"), ("+7916", "•••"),
    ("@x.ru", "•••@x.ru"),
])
def test_an_address_is_shown_so_that_only_its_owner_knows_it(value, shown):
    assert masked(value) == shown
