"""What people and jobs do with clients, their contacts and consents; the only place of the room that commits."""

from webapp.clients.actions.consents import set_consent
from webapp.clients.actions.contacts import (
    add_contact,
    add_email,
    add_phone,
    mark_broken,
    mark_working,
    move_first,
    remove_contact,
)
from webapp.clients.actions.people import add_client, assign_manager, edit_client, reassign_clients

__all__ = ["add_client", "add_contact", "add_email", "add_phone", "assign_manager", "edit_client", "mark_broken",
           "mark_working", "move_first", "reassign_clients", "remove_contact", "set_consent"]
