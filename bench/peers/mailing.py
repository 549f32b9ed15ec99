"""Peers that send mail: django-post_office from its queue, and Flask-Mail in bulk over one connection.

Run by `bench.sending` as `python -m bench.peers.mailing post_office|flask_mail PORT FOLDER`, in the peers' environment.
A line with a number comes in, the seconds that many mails took go out. FOLDER holds letter.html and letter.txt.
"""

import sys
import time
from pathlib import Path

from bench.peers.answering import answer

SENDER, READER, SUBJECT = "Agency <director@agency.example>", "reader{}@example.com", "Спасибо, что выбрали нас"


def post_office(port: int, folder: Path):
    """Rows of the queue that render their template when they are delivered; writing them is not timed."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "peer.db",
                               "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}}},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"], SECRET_KEY="bench",
        EMAIL_BACKEND="post_office.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        POST_OFFICE={"BATCH_SIZE": 5000, "LOG_LEVEL": 0})
    django.setup()
    from django.core.management import call_command
    from post_office import mail
    from post_office.models import EmailTemplate

    call_command("migrate", verbosity=0)
    template = EmailTemplate.objects.create(name="letter", subject=SUBJECT, content=(folder / "letter.txt").read_text(),
                                            html_content=(folder / "letter.html").read_text())

    def measure(count: int) -> float:
        mail.send_many([dict(recipients=READER.format(n), sender=SENDER, template=template, render_on_delivery=True,
                             context={"name": f"Анна {n}"}) for n in range(count)])
        began = time.perf_counter()
        sent, failed, _later = mail.send_queued(processes=1)
        assert (sent, failed) == (count, 0), (sent, failed)
        return time.perf_counter() - began
    return measure


def flask_mail(port: int, folder: Path):
    """No queue and no rows: render, build and send in a loop."""
    from flask import Flask
    from flask_mail import Mail, Message

    app = Flask("peer")
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    mail = Mail(app)
    text, html = (app.jinja_env.from_string((folder / f"letter.{kind}").read_text()) for kind in ("txt", "html"))

    def measure(count: int) -> float:
        began = time.perf_counter()
        with app.app_context(), mail.connect() as line:
            for n in range(count):
                line.send(Message(SUBJECT, [READER.format(n)], body=text.render(name=f"Анна {n}"),
                                  html=html.render(name=f"Анна {n}"), sender=SENDER))
        return time.perf_counter() - began
    return measure


if __name__ == "__main__":
    answer({"post_office": post_office, "flask_mail": flask_mail}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3])))
