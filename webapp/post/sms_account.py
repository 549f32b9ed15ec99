"""The account with an SMS provider in force: that of the operator's environment, or the one of the form (`kept.py`)."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import asdict

from webapp.config import Settings
from webapp.post.kept import read_kept, write_kept
from webapp.post.sms_account_rules import PROVIDERS, Account

FILE = "sms.json"
_TUNING = ("SMS_RATE", "SMS_TIMEOUT")
log = logging.getLogger("snova.post")


def is_operators_sms(settings: Settings) -> bool:
    """True when the environment names a provider: it is in force then, whatever the form has kept."""
    return bool(settings.sms.get("SMS_PROVIDER", "").strip())


def sms_words(settings: Settings) -> Mapping[str, str]:
    """The account in force in the words of the environment; without SMS_PROVIDER there is none."""
    kept = None if is_operators_sms(settings) else kept_account(settings)
    if kept is None:
        return settings.sms
    return {**kept.words(), **{name: settings.sms[name] for name in _TUNING if name in settings.sms}}


def sms_provider(settings: Settings) -> str:
    """The name of the provider in force, "file" where none is set up."""
    return sms_words(settings).get("SMS_PROVIDER", "").strip().lower() or "file"


def kept_account(settings: Settings) -> Account | None:
    """What the form has kept on this machine."""
    values = read_kept(settings.instance / FILE)
    try:
        account = Account(**values) if values is not None else None
    except TypeError:
        account = None
    if values is not None and (account is None or account.provider not in PROVIDERS):
        log.warning("%s holds no account: set it anew", FILE)
        return None
    return account


def keep_account(settings: Settings, account: Account) -> None:
    """Keep what the form has set."""
    write_kept(settings.instance / FILE, asdict(account))


def report_word(settings: Settings) -> str:
    """The word SMSC signs its reports with; made from the secret of the instance, so it is kept nowhere."""
    return hmac.new(settings.secret_key.encode(), b"sms reports", hashlib.sha256).hexdigest()[:32]
