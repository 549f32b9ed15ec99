"""What a client agrees to, or takes back, on the own page of consents."""

from collections.abc import Collection
from datetime import datetime

from webapp.clients.actions.consents import hold_client, set_consent, set_data_consent
from webapp.clients.actions.links import use_link
from webapp.clients.consent_page import documents_for
from webapp.clients.models import PersonalLink
from webapp.clients.rules import DATA
from webapp.db import transaction
from webapp.staff.audit import job

READER = job("client")
HOW = "consent-page"


def agree(link: PersonalLink, codes: Collection[str], *, address: str, now: datetime) -> int:
    """Give the consents of the ticked boxes, each to the version shown; gives how many were not in force before.

    `address` is the network address it came from. Boxes that are ticked already stay as they are.
    """
    with transaction():
        client = hold_client(link.client_id)
        wanted = [(document.text, box.code) for document in documents_for(client) for box in document.boxes
                  if box.code in codes and box.since is None]
        for text, code in wanted:
            if code == DATA:
                set_data_consent(client, True, how=HOW, text_version=text.code, address=address, actor=READER, now=now)
            else:
                set_consent(client, "give", [code], how=HOW, text_version=text.code, address=address, actor=READER,
                            now=now)
        use_link(link, now=now)
        return len(wanted)


def take_back(link: PersonalLink, code: str, *, address: str, now: datetime) -> None:
    """Take back one consent; what is not in force changes nothing."""
    with transaction():
        client = hold_client(link.client_id)
        given = {box.code for document in documents_for(client) for box in document.boxes if box.since}
        if code in given and code == DATA:
            set_data_consent(client, False, how=HOW, address=address, actor=READER, now=now)
        elif code in given:
            set_consent(client, "withdraw", [code], how=HOW, address=address, actor=READER, now=now)
        use_link(link, now=now)


