"""What people and jobs do with clients, their contacts and consents; the only place of the room that commits."""

from webapp.clients.actions.agreeing import agree, take_back
from webapp.clients.actions.consents import follow_consents, set_consent, set_data_consent, when_data_taken_back
from webapp.clients.actions.contacts import (
    add_contact,
    add_email,
    add_phone,
    mark_broken,
    mark_working,
    move_first,
    remove_contact,
)
from webapp.clients.actions.links import letters_url, make_link, revoke_links, use_link
from webapp.clients.actions.people import add_client, assign_manager, edit_client, reassign_clients
from webapp.clients.actions.texts import TextMeanwhile, install_texts, publish_text

__all__ = ["TextMeanwhile", "add_client", "add_contact", "add_email", "add_phone", "agree", "assign_manager",
           "edit_client", "follow_consents", "install_texts", "letters_url", "make_link", "mark_broken",
           "mark_working", "move_first", "publish_text", "reassign_clients", "remove_contact", "revoke_links",
           "set_consent", "set_data_consent", "take_back", "use_link", "when_data_taken_back"]
