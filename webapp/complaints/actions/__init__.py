"""Verbs of complaints; the only place of this room that commits."""

from webapp.complaints.actions.answering import answer, ask_again, count_silence, note_answer
from webapp.complaints.actions.lessons import mark_read
from webapp.complaints.actions.receiving import Intake, receive
from webapp.complaints.actions.stepping import act
from webapp.complaints.actions.talking import add_client_word, add_note, reply
from webapp.complaints.actions.watching import give_to, stop_watching, watch

__all__ = ["Intake", "act", "add_client_word", "add_note", "answer", "ask_again", "count_silence", "give_to",
           "mark_read", "note_answer", "receive", "reply", "stop_watching", "watch"]
