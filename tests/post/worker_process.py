"""Workers as the consumer runs them: each delivers in a loop until it is killed. Can be told to die or freeze.

Reads one JSON object a line ({"url": …, "instance": …, "port": …}), forks a worker for it and prints its number: a
fork starts in a moment, an interpreter in seconds. Points, in the order of a try: opened, offered, ready (the body is
out, without its dot), handed (committed, before the dot), dotted, answered (before the result).
"""

import dataclasses
import json
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from webapp.app import create_app
from webapp.config import Settings
from webapp.kit import clock
from webapp.post import actions, rules
from webapp.post.channels import smtp

POISON = "POISON"


class Line:
    """A line that sends its process a signal when it comes to the chosen point."""

    def __init__(self, inner, wish):
        self.inner, self.wish = inner, wish

    def point(self, name):
        if self.wish.get("at") == name:
            self.wish["at"] = None
            os.kill(os.getpid(), getattr(signal, self.wish["signal"]))

    def offer(self, prepared):
        self.inner.offer(prepared)
        self.point("offered")

    def ready(self):
        self.inner.ready()
        self.point("ready")

    def hand_over(self):
        self.point("handed")
        self.inner.hand_over()
        self.point("dotted")

    def answer(self):
        accepted = self.inner.answer()
        self.point("answered")
        return accepted

    def close(self):
        self.inner.close()


def main():
    # Killed children vanish at once instead of waiting to be asked after.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    apps = {}
    for line in sys.stdin:
        wish = json.loads(line)
        url = wish["url"]
        # Made before the fork and not yet connected to anything, so every child opens connections of its own.
        app = apps[url] = apps.get(url) or create_app(
            Settings(instance=Path(wish["instance"]), secret_key="k" * 64, database_url=url))
        number = os.fork()
        if not number:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work(app, wish)
        print(number, flush=True)


def work(app, wish):
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(wish["port"]), "MAIL_TIMEOUT": "30"} | wish.get("mail", {})
    app.extensions["snova.settings"] = dataclasses.replace(app.extensions["snova.settings"], mail=mail)
    rules.LEASE = timedelta(seconds=wish.get("lease", 120))
    ordinary = smtp.SmtpProvider.open

    def opened(provider):
        line = Line(ordinary(provider), wish)
        line.point("opened")
        return line
    smtp.SmtpProvider.open = opened
    harmless = smtp.SmtpProvider.prepare

    def prepared(provider, message):
        if message.subject == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        return harmless(provider, message)
    smtp.SmtpProvider.prepare = prepared
    pause = threading.Event()
    with app.app_context():
        while True:
            actions.deliver(now=clock.now(), clock=clock.now)
            pause.wait(wish.get("pause", 0.05))


if __name__ == "__main__":
    main()
