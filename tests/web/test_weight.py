"""What a page for clients weighs with everything it loads, and how styles, icons and scripts are compressed."""

import gzip
import re

import club_make
import make
import pytest

from webapp.club.actions.inviting import invitation
from webapp.club.actions.sharing import balance_url
from webapp.club.inviting import code_of
from webapp.kit import clock
from webapp.staff.audit import actor_of

MOST = 30 * 1024
READS = {"Accept-Encoding": "gzip, deflate, br"}


def loaded(html):
    """Addresses of all a browser asks for beside the page, each once."""
    found = re.findall(r'<(?:link|script|img|source)[^>]*?(?:href|src)="([^"]+)"', html)
    found += re.findall(r'<use href="([^"#]+)#', html)
    # The manifest and the icons behind it are asked for by whoever keeps the page on a phone.
    return {url for url in found if "/static/" in url and not url.endswith(".png")}


def weight(http, url):
    page = http.get(url, headers=READS)
    assert page.status_code in (200, 404)
    parts = loaded(page.get_data(as_text=True))
    assert any(url.endswith(".css") for url in parts)
    return len(page.data) + sum(len(http.get(part, headers=READS).data) for part in parts)


@pytest.fixture
def pages(cast):
    now = clock.now()
    anna = make.client(cast.main, manager=cast.olga, now=now)
    card = club_make.card(anna, cast.main, points=1840, now=now)
    for number in range(12):
        club_make.give(card, 100 + number, now=now)
    invitation(anna.id, now=now)
    link = balance_url(card, actor=actor_of(cast.olga), now=now)
    return {"card": "/b/" + link.rpartition("/")[2], "ask": "/balance", "invited": f"/i/{code_of(anna.id)}",
            "thanks": f"/i/{code_of(anna.id)}?sent=1", "over": "/i/KM7Q2ABC"}


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_pages_for_clients_weigh_thirty_kilobytes_with_all_they_load(browse, pages, lang):
    http = browse().http
    weights = {name: weight(http, f"{url}{'&' if '?' in url else '?'}lang={lang}") for name, url in pages.items()}
    assert max(weights.values()) <= MOST, weights


def test_styles_icons_and_scripts_are_compressed_for_who_reads_it(browse):
    http = browse().http
    for name in ("css/public.css", "icons-public.svg", "copy.js"):
        plain, small = http.get(f"/static/{name}"), http.get(f"/static/{name}", headers=READS)
        assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == plain.data and len(small.data) < len(plain.data)
        assert plain.mimetype == small.mimetype and "Accept-Encoding" in small.headers["Vary"]
        assert int(small.headers["Content-Length"]) == len(small.data)
        assert "Accept-Encoding" in plain.headers["Vary"], "a cache keeps the two apart"


def test_what_is_in_the_cache_of_the_browser_is_not_sent_again(browse):
    http = browse().http
    small = http.get("/static/css/public.css", headers=READS)
    again = http.get("/static/css/public.css", headers={**READS, "If-None-Match": small.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and again.headers["ETag"] == small.headers["ETag"]
    plain = http.get("/static/css/public.css")
    assert plain.headers["ETag"] != small.headers["ETag"]
    assert http.get("/static/css/public.css", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


def test_pages_parts_of_files_and_pictures_are_left_as_they_are(browse):
    http = browse().http
    part = http.get("/static/css/public.css", headers={**READS, "Range": "bytes=0-9"})
    assert (part.status_code, len(part.data)) == (206, 10) and "Content-Encoding" not in part.headers
    refused = {"Accept-Encoding": "gzip;q=0, identity"}
    for url, headers in (("/balance", READS), ("/static/card-192.png", READS), ("/static/css/base.css", refused)):
        assert "Content-Encoding" not in http.get(url, headers=headers).headers
    assert http.get("/static/nothing.css", headers=READS).status_code == 404
