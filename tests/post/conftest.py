"""What tests of the outbox share: a relay, settings that point to it, and messages."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import make
import pytest
from flask import Flask
from post.making import mode, write
from post.relay import Relay, running
from post.sms_gateways import KEY, LOGIN, NAMES, TLS, standing_in

from webapp.clients.models import Client
from webapp.post.channels import https
from webapp.post.channels.https import Place
from webapp.post.models import Message


@pytest.fixture
def use(app: Flask) -> Iterator[Callable[..., None]]:
    """`use(MAIL_SERVER=…, SMS_PROVIDER=…)` changes the settings of mail and SMS for one test."""
    kept = app.extensions["snova.settings"]

    def change(**values: Any) -> None:
        old = app.extensions["snova.settings"]
        words = {name: str(value) for name, value in values.items()}
        app.extensions["snova.settings"] = dataclasses.replace(
            old, mail={**old.mail, **{k: v for k, v in words.items() if k.startswith("MAIL_")}},
            sms={**old.sms, **{k: v for k, v in words.items() if k.startswith("SMS_")}})
    yield change
    app.extensions["snova.settings"] = kept


@pytest.fixture(params=NAMES)
def gate(request: pytest.FixtureRequest, use: Callable[..., None], cast: SimpleNamespace, now: datetime,
         monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A live agency with an account at a well-behaved SMS provider."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    with standing_in(request.param) as stand_in:
        monkeypatch.setitem(https.PLACES, request.param, Place("localhost", stand_in.port))
        use(SMS_PROVIDER=request.param, SMS_LOGIN=LOGIN, SMS_PASSWORD=KEY, SMS_TIMEOUT=20)
        mode("live", now)
        yield stand_in


@pytest.fixture(params=["pipelining", "step by step"])
def relay(request: pytest.FixtureRequest, use: Callable[..., None], cast: SimpleNamespace,
          now: datetime) -> Iterator[Relay]:
    """A live agency with a well-behaved relay."""
    with running(pipelining=request.param == "pipelining") as server:
        use(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_TIMEOUT=20, MAIL_ANSWER_TIMEOUT=20)
        mode("live", now)
        yield server


@pytest.fixture
def person(cast: SimpleNamespace, now: datetime) -> Client:
    """Anna Ivanova, a client of the main office."""
    return make.client(cast.main, manager=cast.olga, middle_name="", now=now)


@pytest.fixture
def letter(cast: SimpleNamespace, person: Client, now: datetime) -> Callable[..., Message]:
    """`letter()` writes a message to Anna into the outbox; every word can be given."""
    return lambda **words: write(cast.main, person, now=words.pop("now", now), **words)


