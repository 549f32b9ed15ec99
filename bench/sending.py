"""How fast letters leave: ours end to end against smtplib on a kept connection, django-post_office and Flask-Mail.

Run as `python -m bench.sending [--mails 1000] [--rounds 5]`; needs Postfix's smtp-sink. The peers live in
build/bench-venv (bench/requirements-bench.txt). Exits with 1 when a budget of `quality.md` §3 A is not met.
"""

import argparse
import json
import smtplib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import make
from post.making import mode, write
from post.processes import RelayProcess, daytime_zone, until
from post.relay import free_port

from webapp.app import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.kit import clock
from webapp.letters.liquid_text import compile_letter
from webapp.letters.rendering import render_email
from webapp.letters.rules import Rendered
from webapp.letters.signatures import Signature
from webapp.post import actions, mime
from webapp.post.models import Message

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "build" / "bench-venv" / "bin" / "python"
BUDGETS = {"smtplib, one kept connection": 0.5, "django-post_office": 6.0, "Flask-Mail in bulk": 6.0}
FLOOR = "the disk: bare SQLite commits that last, one by one"
BODY = ("{{ клиент.имя }}, здравствуйте!\n\n" + "Спасибо, что выбрали нас. Мы рядом до самого возвращения.\n\n" * 8
        + "Ваш менеджер – {{ менеджер.имя }}. До встречи, {{ клиент.имя }}!\n")


def main() -> int:
    """Measure in turns, and print medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    wish = parser.parse_args()
    sink = which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if not sink:
        print("smtp-sink is not here: install Postfix to measure sending")
        return 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(_sink(sink))
        agency = stack.enter_context(_agency(folder, port))
        ours, per_mail = agency
        rivals: dict[str, Callable[[int], float]] = {"smtplib, one kept connection": _smtplib(port)}
        for name, code in (("django-post_office", "post_office"), ("Flask-Mail in bulk", "flask_mail")):
            if PEERS.exists():
                rivals[name] = stack.enter_context(_peer(code, port, folder))
        rivals[FLOOR] = _commits(folder)
        code = _compare(ours, rivals, wish.mails, wish.rounds)
        per_mail(wish.mails)
        _far_away(folder, wish.mails // 4)
        return code


def _compare(ours: Callable[[int], float], rivals: dict[str, Callable[[int], float]], mails: int, rounds: int) -> int:
    """Each round times everybody once, ours first and last by turns, so that a slow minute hits all."""
    rates: dict[str, list[float]] = {name: [] for name in ("ours", *rivals)}
    for number in range(rounds + 1):
        order = [("ours", ours, mails), *((name, go, mails if "smtplib" in name else max(50, mails // 5))
                                          for name, go in rivals.items())]
        for name, go, count in order if number % 2 else reversed(order):
            rate = count / go(count)
            if number:
                # The first round warms up.
                rates[name].append(rate)
    failed = 0
    print(f"{'end to end: render, hand-off, durable result':<55}{statistics.median(rates['ours']):>7.0f} mails/s")
    print(f"{FLOOR:<55}{statistics.median(rates.pop(FLOOR)):>7.0f} commits/s")
    for name in (name for name in rivals if name != FLOOR):
        ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates[name], strict=True))
        good = ratio >= BUDGETS[name]
        failed += not good
        print(f"{name:<55}{statistics.median(rates[name]):>7.0f} mails/s   ours : its = {ratio:5.2f}"
              f"   at least {BUDGETS[name]:g}: {'kept' if good else 'BROKEN'}")
    if not PEERS.exists():
        print("the other peers are not installed: see bench/requirements-bench.txt")
    return int(bool(failed))


@contextmanager
def _agency(folder: Path, port: int) -> Iterator[tuple[Callable[[int], float], Callable[[int], None]]]:
    """A live agency; gives the timed run and the print of costs per mail."""
    app = create_app(Settings(instance=folder, secret_key="k" * 64, test_clock=True,
                              database_url=f"sqlite:///{folder / 'ours.db'}",
                              mail={"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)}))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        now = clock.now()
        cast = make.people(make.cast(now))
        person = make.client(cast.main, now=now)
        mode("live", now)
        letter = compile_letter("Спасибо, {{ клиент.имя }}", BODY)
        look = Signature("Борис Ветров", "директор", "director@agency.example")

        def render(n: int) -> Rendered:
            return render_email(letter, {"client.first_name": f"Анна {n}", "manager.name": "Ольга",
                                         "agency.name": "Сто дорог"}, look, "ru")

        def fill(count: int) -> None:
            made = render(0)
            with transaction():
                for n in range(count):
                    write(cast.main, person, now=now, zone=daytime_zone(now), address=f"reader{n}@example.com",
                          html=made.html, text=made.text, subject=made.subject)
            db.session.remove()

        def ours(count: int) -> float:
            fill(count)
            began = time.perf_counter()
            for n in range(count):
                render(n)
            assert actions.deliver(now=clock.now(), clock=clock.now)["sent"] == count
            return time.perf_counter() - began

        first = render(0)
        (folder / "letter.html").write_text(first.html.replace("Анна 0", "{{ name }}"))
        (folder / "letter.txt").write_text(first.text.replace("Анна 0", "{{ name }}"))
        yield ours, lambda count: _costs(count, render, fill)


def _costs(count: int, render: Callable[[int], Rendered], fill: Callable[[int], None]) -> None:
    """Print what each part of a mail costs this process."""
    row = db.session.get(Message, 1)
    assert row is not None
    print("\nper mail, µs of this process:")
    for name, work in (("render, values into a kept shape", render), ("MIME from ready parts",
                       lambda n: mime.build(_parts(row, n)))):
        began = time.process_time()
        for n in range(count):
            work(n)
        print(f"  {name:<40}{(time.process_time() - began) / count * 1e6:>6.0f}")
    began = time.process_time()
    fill(count)
    print(f"  {'writing the row (in one transaction)':<40}{(time.process_time() - began) / count * 1e6:>6.0f}")
    began = time.process_time()
    actions.deliver(now=clock.now(), clock=clock.now)
    print(f"  {'claim, MIME, SMTP, hand-off, result':<40}{(time.process_time() - began) / count * 1e6:>6.0f}")


def _parts(row: Message, n: int) -> mime.Mail:
    return mime.Mail(sender="director@agency.example", sender_name="Сто дорог", to=f"reader{n}@example.com", to_name="",
                     subject=row.subject, text=row.text, html=row.html, message_id=row.message_id, date=row.created_at)


def _smtplib(port: int) -> Callable[[int], float]:
    """The standard library with a ready message: no rows, no rendering, no building."""
    mail = mime.build(mime.Mail(
        sender="director@agency.example", sender_name="Сто дорог", to="reader@example.com", to_name="",
        subject="Спасибо", text=BODY, html=f"<p>{BODY}</p>" * 3, message_id="<bench@agency.example>", date=clock.now()))

    def go(count: int) -> float:
        began = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port) as line:
            for n in range(count):
                line.sendmail("director@agency.example", [f"reader{n}@example.com"], mail)
        return time.perf_counter() - began
    return go


def _commits(folder: Path) -> Callable[[int], float]:
    """What no outbox on this disk can beat: one commit for each mail."""
    line = sqlite3.connect(folder / "floor.db", isolation_level=None)
    line.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (n INTEGER)")

    def go(count: int) -> float:
        began = time.perf_counter()
        for n in range(count):
            line.execute("BEGIN IMMEDIATE")
            line.execute("INSERT INTO row VALUES (?)", (n,))
            line.execute("COMMIT")
        return time.perf_counter() - began
    return go


def _far_away(folder: Path, mails: int) -> None:
    """A relay that thinks for 20 ms about each mail, by number of connections."""
    print("\na relay that takes 20 ms for each mail:")
    for connections in (1, 4, 8):
        place = folder / f"far{connections}"
        place.mkdir()
        with RelayProcess(place, thinks=0.02) as relay, _agency(place, relay.port) as (ours, _per_mail):
            from flask import current_app
            current_app.extensions["snova.settings"].mail["MAIL_CONNECTIONS"] = str(connections)
            print(f"  {connections} connections: {mails / ours(mails):>6.0f} mails/s")


@contextmanager
def _sink(path: str) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([path, "-u", "postfix", "-c", f"127.0.0.1:{port}", "100"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), "smtp-sink listens", seconds=10)
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _peer(code: str, port: int, folder: Path) -> Iterator[Callable[[int], float]]:
    process = subprocess.Popen([str(PEERS), "-m", "bench.peers.mailing", code, str(port), str(folder)], cwd=ROOT,
                               stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the peer {code} did not start")

        def go(count: int) -> float:
            print(count, file=process.stdin, flush=True)
            return float(json.loads(process.stdout.readline()))
        yield go
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
