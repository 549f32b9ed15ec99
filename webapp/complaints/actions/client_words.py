"""What a client adds to a complaint: on its page, with files, or by answering one of its letters."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.complaints.actions.rows import lock
from webapp.complaints.actions.talking import CLIENT, LONGEST, add_client_word
from webapp.complaints.actions.uploading import hand_over
from webapp.complaints.claims import complaint_of
from webapp.complaints.form_questions import files_in
from webapp.complaints.models import ComplaintWord
from webapp.db import transaction
from webapp.post.models import Incoming, Message
from webapp.touches.answer_takers import answers_to

_WITH = {"ru": "Вложения", "en": "Attachments"}
_FILES = {"ru": "Файлы", "en": "Files"}


def say(complaint_id: int, text: str, key: str, *, now: datetime) -> ComplaintWord:
    """Words with the files of their form, once per `key`. Raises BadInput, Refused, LookupError,
    BadUpload("full")."""
    with transaction():
        row = lock(complaint_id, actor=CLIENT)
        files = files_in(key)
        named = ", ".join(file.name for file in files)
        word = add_client_word(row.id, text.strip() or f"{_FILES.get(row.language, _FILES['en'])}: {named}", via="page",
                               key=key, author=row.contact_name, now=now)
        hand_over(files, row, word, now=now)
        return word


@answers_to("complaint")
def take_letter(session: Session, letter: Incoming, about: Message, now: datetime) -> bool:
    """The answer to a letter about a complaint goes into its conversation; to one that is over, it is an ordinary
    letter that somebody has to answer. Files are named only: they stay in the mailbox."""
    number = about.source.split(":")[1]
    if not number.isdigit() or complaint_of(about.source) is not None:
        # What the tour operator answers to a claim is no word of the client.
        return False
    try:
        row = lock(int(number), actor=CLIENT)
    except LookupError:
        return False
    if not row.is_open or row.client_id != letter.client_id:
        return False
    named = ", ".join(str(one.get("name") or "?") if isinstance(one, dict) else str(one) for one in letter.attachments)
    text = (letter.text or letter.subject).strip()[:LONGEST - 1000]
    tail = f"{_WITH.get(row.language, _WITH['en'])}: {named}"[:900] if named else ""
    add_client_word(row.id, "\n\n".join(filter(None, (text, tail))) or "—", via="letter", key=f"incoming:{letter.id}",
                    author=row.contact_name, now=now)
    return True
