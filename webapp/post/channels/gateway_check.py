"""Trying an account with an SMS provider out while somebody waits: its balance is asked for, nothing is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from threading import Thread

from webapp.config import Settings
from webapp.post.channels import Unreachable
from webapp.post.channels.gateway import Gateway, gateway
from webapp.post.refusal_rules import Refusal
from webapp.post.sms_account_rules import PROVIDERS

PATIENCE = 15.0
_STEP = 7.0


@dataclass(frozen=True)
class SmsFault:
    """What went wrong: `code` is one of `wording.py`, `text` what the provider answered, if it did."""

    code: str
    text: str = ""


def gateway_of(words: Mapping[str, str], settings: Settings) -> Gateway | None:
    """The gateway of an account in the words of the environment; None for one that is not known."""
    name = words.get("SMS_PROVIDER", "").strip().lower()
    if name not in PROVIDERS:
        return None
    return gateway(import_module(f"webapp.post.channels.sms_{name}").make, words, settings)


def try_account(provider: Gateway) -> int | SmsFault:
    """Kopecks on the account, or what is wrong; within PATIENCE seconds, for looking up a name knows no time-out."""
    return _within_patience(provider, provider.balance)


def try_price(provider: Gateway, phone: str) -> int | SmsFault:
    """Kopecks for one SMS to `phone`, or what is wrong; within PATIENCE seconds, and nothing is sent."""
    return _within_patience(provider, lambda: provider.price(phone))


def _within_patience(provider: Gateway, ask: Callable[[], int | Refusal]) -> int | SmsFault:
    provider.timeout = _STEP
    found: list[int | SmsFault] = []
    thread = Thread(target=lambda: found.append(_asked(ask)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else SmsFault("no-answer")


def _asked(ask: Callable[[], int | Refusal]) -> int | SmsFault:
    try:
        answer = ask()
    except Unreachable as error:
        return SmsFault(error.code)
    return SmsFault(answer.code, answer.text) if isinstance(answer, Refusal) else answer
