"""Panels: rooms on the right show something on pages of rooms on the left."""

from datetime import date

import make
import pytest
from markupsafe import Markup
from trip_make import touches

from webapp.web import panels


@pytest.fixture
def put(app, monkeypatch):
    """`put(place, function)` for this test only."""
    monkeypatch.setitem(app.extensions, panels._KEY, {place: [] for place in panels.PLACES})
    return lambda place, function, **more: panels.add_panel(app, place, function, **more)


@pytest.fixture
def sold(cast, now):
    client = make.client(cast.main, manager=cast.olga, now=now)
    return make.trip(client, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 17),
                     seller=cast.olga, now=now)


def test_panels_stand_in_their_order_and_those_with_nothing_to_say_are_left_out(put):
    for order, words in ((50, "second"), (60, "third"), (50, "as they came"), (10, "first")):
        put("client", lambda thing, words=words: Markup("{} {}").format(words, thing), order=order)
    put("client", lambda _thing: None)
    assert list(map(str, panels.panels("client", "&"))) == [
        "first &amp;", "second &amp;", "as they came &amp;", "third &amp;"]
    assert panels.panels("trip", "&") == []


def test_a_misspelt_place_is_told_at_the_start_and_not_shown_nowhere(put):
    with pytest.raises(KeyError):
        put("clients", lambda _thing: None)
    with pytest.raises(KeyError):
        panels.panels("clients", None)


def test_what_a_panel_gives_as_text_is_escaped(put, browse, cast, sold):
    put("trip", lambda _trip: "<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in browse(cast.olga).get(f"/trips/{sold.id}").html


def test_the_page_of_a_trip_has_a_place_beside_its_route_and_one_below(put, browse, cast, sold):
    put("trip", lambda trip: Markup('<p class="t1">{}</p>').format(trip.destination))
    put("trip-main", lambda trip: Markup('<p class="t2">{}</p>').format(trip.id))
    root = browse(cast.olga).get(f"/trips/{sold.id}").root
    assert root.one("div", id="beside").one("p", class_="t1").text == "Анталья"
    assert root.one("p", class_="t2").text == str(sold.id)
    assert not root.one("aside", class_="aside").all("p", class_="t2")


def test_the_page_of_a_client_has_a_place_below_the_trips_and_one_beside(put, browse, cast, sold):
    put("client", lambda client: Markup('<h2 id="t1" class="t1">{}</h2>').format(client.first_name))
    put("client-aside", lambda client: Markup('<p class="t2">{}</p>').format(client.last_name))
    root = browse(cast.olga).get(f"/clients/{sold.client_id}").root
    titles = [node.attrs.get("id") for node in root.all("h2")]
    assert titles.index("trips-title") < titles.index("t1") < titles.index("timeline-title")
    assert [node.text for node in root.one("div", class_="aside").all("p", class_="t2")] == ["Иванова"]


def test_the_panel_of_a_step_shows_what_is_known_about_it_on_its_page_and_in_the_list(put, browse, cast, sold):
    put("step", lambda touch: Markup('<p class="t1">{}</p>').format(touch.step_code) if touch.channel == "visit" else None)
    found = touches(sold)
    page = browse(cast.olga)
    for url, htmx in (("/touches/{}", False), ("/today/items/{}?open=1", True)):
        assert page.get(url.format(found["visit"].id), htmx=htmx).root.one("p", class_="t1").text == "visit"
        assert not page.get(url.format(found["call_back"].id), htmx=htmx).root.all("p", class_="t1")
