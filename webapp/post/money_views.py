"""Money for SMS on the pages of sending: price and budget are set, the provider is asked what one costs."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import clock, money, phones
from webapp.post import actions, money_words
from webapp.post.channels.gateway_check import SmsFault, gateway_of, try_price
from webapp.post.forecast import planned_sms
from webapp.post.money_forms import SmsMoneyForm
from webapp.post.month_words import month_name
from webapp.post.sending_views import bp, own_office, settings_now
from webapp.post.sms_account import sms_words
from webapp.post.sms_views import sms_page
from webapp.post.spending import Purse, purse_of
from webapp.post.wording import sms_fault
from webapp.staff.audit import actor_of
from webapp.web.guard import allow
from webapp.web.page import see_other

_SAMPLE = "+79161234567"
"""Only asked about, never written to: most Russian prices are the same, or this one is the usual one."""


@bp.post("/sms/money")
@allow("admin")
def save_sms_money() -> BaseResponse:
    """Keep price and budget; with the other button ask the provider for its price first."""
    if request.form.get("then") == "ask":
        return _asked()
    form = SmsMoneyForm()
    if not form.submitted():
        return sms_page(status=422, money_form=form)
    actions.set_sms_money(price=form.kopecks or 0, budget=form.budget, actor=actor_of(current_user), now=clock.now())
    return see_other(url_for("sending.sms") + "#budget", _("Saved."))


def _asked() -> BaseResponse:
    purse, provider = purse_of(clock.now()), gateway_of(sms_words(settings_now()), settings_now())
    own = next((number for number in (current_user.phone, own_office().phone)
                if number and phones.is_mobile(number)), _SAMPLE)
    # The network may take its time: until then nothing of the database is held.
    db.session.rollback()
    found = try_price(provider, own) if provider else SmsFault("no-provider")
    if isinstance(found, SmsFault):
        form = SmsMoneyForm()
        form.validate()
        form.price.errors = [sms_fault(found.code)]
        return sms_page(status=422, money_form=form, provider_said=found.text)
    actions.set_sms_money(price=found, budget=purse.budget, actor=actor_of(current_user), now=clock.now())
    return see_other(url_for("sending.sms") + "#budget", _("The provider says %(sum)s for one SMS. Saved.",
                                                          sum=money.display(found)))


def month_of_sms() -> dict[str, Any]:
    """What the pages of sending show of the month: numbers for the bar, sentences, and what is still to come."""
    now = clock.now()
    purse = purse_of(now)
    ahead = round(planned_sms(now, purse.whole_again) * purse.parts_of_one)
    return {"purse": purse, "month": month_name(purse.month), "spent": money_words.spent_words(purse),
            "state": money_words.state_words(purse), "ahead": _ahead(purse, ahead)}


def _ahead(purse: Purse, parts: int) -> str:
    if not parts:
        return ""
    words = _("Still planned this month: about %(size)s.", size=money_words.size_of(parts))
    limit, spent = purse.budget, purse.spent
    too_much = (limit.parts is not None and spent.parts + parts > limit.parts) or (
        limit.kopecks is not None and spent.kopecks + parts * purse.price > limit.kopecks)
    return " ".join([words, _("That is more than the budget has left.")]) if too_much else words
