"""The survey of another service that the agency may use instead of ours."""

from datetime import datetime

from webapp.db import transaction
from webapp.staff.audit import record
from webapp.staff.models import Setting, held_setting
from webapp.staff.rules import ADMIN, Actor, BadInput
from webapp.surveys.links import SETTING
from webapp.surveys.rules import web_address


def use_elsewhere(url: str, *, actor: Actor, now: datetime) -> None:
    """Letters lead to this https address from now on; "" for our own survey.

    Raises BadInput "bad-address", NotAllowed.
    """
    actor.needs(ADMIN)
    address = web_address(url)
    if url.strip() and not address:
        raise BadInput("bad-address", "url", url)
    with transaction() as session:
        before = str(held_setting(SETTING, {}).get("url", ""))
        if before == address:
            return
        session.merge(Setting(key=SETTING, value={"url": address}))
        session.flush()
        record(actor, "elsewhere", "survey", None, now=now, facts={"survey_url": [before, address]})
