"""Reviews for everybody: all of them, also bad ones, with our answers; what is hidden is counted and says why."""

from babel.dates import format_date
from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from webapp.clients.visitors import add_visitor_link, agency_contacts, kept_language, plain_page
from webapp.surveys.review_list import PAGE, has_shown, shelf
from webapp.surveys.review_rules import HIDDEN
from webapp.web.guard import open_to_all
from webapp.web.i18n import follow_browser
from webapp.web.page import row_id

bp = Blueprint("public_reviews", __name__)
MOST_PAGES = 1000


def register(app: Flask) -> None:
    """Put the page into the foot of pages for visitors once there is a review; it speaks what the browser reads."""
    follow_browser(app, bp.name)
    add_visitor_link(app, "public_reviews.index", _l("Reviews of our clients"), when=has_shown)


@bp.get("/reviews/public")
@open_to_all
def index() -> Response:
    """One page of reviews; `?to=` shows one destination, `?page=` goes on."""
    wanted = min(max(request.args.get("page", 1, type=row_id), 1), MOST_PAGES)
    to = request.args.get("to", "")[:200]
    found = shelf(to, wanted)
    pages = max(1, -(-found.count // PAGE))
    if wanted > pages:
        found, wanted = shelf(to, pages), pages
    chosen = next((name for name, _count in found.destinations if name.strip().casefold() == to.strip().casefold()), "")

    def at(number: int) -> str:
        return url_for("public_reviews.index", to=chosen or None, page=number if number > 1 else None, lang=lang)
    lang, (phone, email) = kept_language(), agency_contacts()
    answer = plain_page(
        "surveys/reviews_public.html", shelf=found, chosen=chosen, number=wanted, pages=pages, hidden=HIDDEN,
        no_forms=not found.destinations, month=lambda day: format_date(day, "LLLL y", locale=get_locale()),
        phone=phone, email=email, lang=lang,
        newer=at(wanted - 1) if wanted > 1 else "", older=at(wanted + 1) if wanted < pages else "")
    # Unlike pages behind personal links this one is for everybody to find.
    answer.headers.pop("X-Robots-Tag")
    return answer
