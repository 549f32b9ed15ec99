"""The page on which the SMS provider is set, tried out, and a test SMS is sent."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import clock, money
from webapp.post import actions, queries
from webapp.post.actions.modes import present_mode
from webapp.post.actions.sms_accounts import TESTS_A_DAY
from webapp.post.channels.gateway_check import SmsFault, gateway_of, try_account
from webapp.post.money_forms import SmsMoneyForm
from webapp.post.sending_views import HERE, bp, own_office, own_zone, settings_now
from webapp.post.sms_account import is_operators_sms, kept_account, report_word, sms_provider, sms_words
from webapp.post.sms_account_rules import SMSC, SMSRU
from webapp.post.sms_forms import SmsForm, TestSmsForm
from webapp.post.spending import purse_of
from webapp.post.wording import SMS_PROVIDERS, sms_fault
from webapp.staff.audit import actor_of
from webapp.staff.rules import ADMIN, NotAllowed
from webapp.web.guard import allow
from webapp.web.page import page, see_other


@bp.get("/sms")
@allow("director", "admin")
def sms() -> Response:
    """The SMS provider in force: admins set it, directors read."""
    return sms_page(_filled())


@bp.post("/sms")
@allow("admin")
def save_sms() -> Response | BaseResponse:
    """Keep what was filled in; with the first button only if the provider knows the account."""
    settings = settings_now()
    if is_operators_sms(settings):
        return _checked(sms_words(settings)) or see_other(url_for("sending.sms"), _("The login works."))
    form, kept = SmsForm(), kept_account(settings)
    account = form.account(kept) if form.submitted() else None
    if account is None:
        return sms_page(form, 422)
    if request.form.get("then") == "save":
        actions.set_sms_account(account, actor=actor_of(current_user), now=clock.now())
        return see_other(url_for("sending.sms"), _("Saved."))
    found = _tried(account.words())
    if isinstance(found, SmsFault):
        form.take(found)
        return sms_page(form, 422, provider_said=found.text)
    actions.set_sms_account(account, actor=actor_of(current_user), now=clock.now())
    actions.note_balance(f"sms_{account.provider}", found, now=clock.now())
    return see_other(url_for("sending.sms"), _("The login works, the settings are saved. On the account: %(sum)s.",
                                               sum=money.display(found)))


@bp.post("/sms/test")
@allow("admin")
def test_sms() -> Response | BaseResponse:
    """A test SMS to the phone typed in, the ordinary way through the outbox."""
    form = TestSmsForm()
    if not form.submitted():
        return sms_page(_filled(), 422, test_form=form)
    office = own_office()
    try:
        actions.send_test_sms(phone=form.number, office_id=office.id, zone=office.timezone,
                              body=_("Test: SMS from Snova arrive."), actor=actor_of(current_user), now=clock.now())
    except NotAllowed:
        form.phone.errors = [_("That were %(num)s test SMS in a day already. Go on tomorrow.", num=TESTS_A_DAY)]
        return sms_page(_filled(), 422, test_form=form)
    said = (_("Trial mode: the test SMS is written into the outbox, it does not leave.")
            if present_mode() == "trial" else _("The test SMS is on its way."))
    return see_other(url_for("sending.sms") + "#tests", said, HERE)


def _filled() -> SmsForm:
    form, kept = SmsForm(formdata=None), kept_account(settings_now())
    if kept is not None:
        form.fill_in(kept)
    return form


def _checked(words: Mapping[str, str]) -> Response | None:
    """Try the account of the environment; a page only when something is wrong."""
    found = _tried(words)
    if isinstance(found, SmsFault):
        return sms_page(_filled(), 422, provider_said=found.text, fault=sms_fault(found.code))
    actions.note_balance(f"sms_{sms_provider(settings_now())}", found, now=clock.now())
    return None


def _tried(words: Mapping[str, str]) -> int | SmsFault:
    provider = gateway_of(words, settings_now())
    # The network may take its time: until then nothing of the database is held.
    db.session.rollback()
    return try_account(provider) if provider else SmsFault("no-provider")


def _money_form() -> SmsMoneyForm:
    form, purse = SmsMoneyForm(formdata=None), purse_of(clock.now())
    form.fill_in(purse.price, purse.budget)
    return form


def sms_page(form: SmsForm | None = None, status: int = 200, **more: Any) -> Response:
    """The whole page; `more` replaces what it shows, the forms above all."""
    form = form or _filled()
    settings = settings_now()
    name, kept, words = sms_provider(settings), kept_account(settings), sms_words(settings)
    row = queries.provider_row(f"sms_{name}")
    may_edit = ADMIN in current_user.hats
    reports = {which: f"{settings.public_url}/callbacks/sms/{which}" for which in (SMSRU, SMSC)}
    shown: dict[str, Any] = {
        "provider_said": "", "fault": "", "test_form": TestSmsForm(formdata=None), "money_form": _money_form(),
        "form": form, "name": name,
        "is_operators": is_operators_sms(settings), "has_key": bool(kept and kept.password), "providers": SMS_PROVIDERS,
        "login": words.get("SMS_LOGIN", ""), "sender": words.get("SMS_SENDER", ""), "is_set": name in SMS_PROVIDERS,
        "balance": money.display(row.balance) if row and row.balance is not None else "",
        "balance_at": row.balance_at if row else None, "may_edit": may_edit, "zone": own_zone(),
        "mode": present_mode(), "one_machine": settings.is_sqlite, "tests": queries.latest_test_sms(current_user),
        "reports": reports if may_edit else {}, "word": report_word(settings) if may_edit else "",
        "is_https": settings.is_https}
    return page("post/sms.html", status=status, **(shown | more))
