"""Verbs of letters; the only place of this room that commits."""

from webapp.letters.actions.editions import add_edition, give_up_variant
from webapp.letters.actions.files import BadFile, keep_attachment, keep_photo
from webapp.letters.actions.identities import SignedMeanwhile, save_identity
from webapp.letters.actions.settings import BadSettings, Wanted, change_settings
from webapp.letters.actions.texts import (
    Blocked,
    Meanwhile,
    create,
    discard_draft,
    install_starter,
    publish,
    restore,
    save_draft,
)

__all__ = ["BadFile", "BadSettings", "Blocked", "Meanwhile", "SignedMeanwhile", "Wanted", "add_edition",
           "change_settings", "create", "discard_draft", "give_up_variant", "install_starter", "keep_attachment",
           "keep_photo", "publish", "restore", "save_draft", "save_identity"]
