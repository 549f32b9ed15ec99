"""A reader of the mailbox in a process of its own, which kills itself with SIGKILL at a chosen point.

Run as `python reader_process.py INSTANCE DATABASE_URL IMAP_URL MOMENT [POINT]`; POINT is "fetched" (a letter is read,
nothing written), "writing" (inside of the transaction) or "written" (committed, not yet moved). Without a point it
reads all and ends.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from webapp.app import create_app
from webapp.config import Settings
from webapp.post import actions
from webapp.post.actions import collecting, taking


def die(*_args, **_words):
    """As a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(instance, url, imap, moment, point=""):
    app = create_app(Settings(instance=Path(instance), secret_key="k" * 64, database_url=url, imap_url=imap))
    if point == "fetched":
        collecting.take = die
    elif point == "writing":
        taking._move_on = die
    elif point == "written":
        done = collecting.take
        collecting.take = lambda *args, **words: (done(*args, **words), die())
    with app.app_context():
        print(actions.collect(now=datetime.fromisoformat(moment)))


if __name__ == "__main__":
    main(*sys.argv[1:])
