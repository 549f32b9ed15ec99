"""The address in the code of a card: staff come to the card, everybody else to the question for their balance."""

from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.club.number_rules import is_number
from webapp.web.guard import DESK, open_to_all

bp = Blueprint("card_code", __name__)
ASK = "balance_asking.show"


@bp.get("/c/<number>")
@open_to_all
def scanned(number: str) -> BaseResponse:
    """Lead on. Nothing is looked up for visitors: the answer is the same for cards that exist and those that do not."""
    if current_user.is_authenticated and current_user.hats & set(DESK):
        return redirect(url_for("cards.show", number=number, present=1) if is_number(number)
                        else url_for("cards.index", q=number), 302)
    return redirect(url_for(ASK, card=number if is_number(number) else None), 302)
