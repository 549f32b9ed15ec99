"""Every periodic job on one page: when it is looked at, and what it does. All times are UTC.

Huey never replays a missed minute and rings in every consumer; slots are rows, so a job still runs once and catches up.
"""

import socket
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from threading import Event

from huey import crontab

from jobs.lanes import Lane
from jobs.queue import LOOKS, queue, wake
from webapp.app import create_app
from webapp.batches.actions import beat, forget_files, has_tables, run_batches, run_slot, tidy
from webapp.club.actions.asking import tidy_asks
from webapp.club.actions.knocking import tidy_knocks
from webapp.club.actions.levels import count_levels
from webapp.club.actions.nightly import look_after_points
from webapp.complaints.actions.entering import tidy_entries
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.actions.uploading import tidy_uploads
from webapp.desk.actions import check_data, look, read_answers
from webapp.desk.demo_data.actions import is_loading
from webapp.kit import clock
from webapp.post.actions import forget_incoming, forget_texts, track
from webapp.surveys.actions.asking import look_after_surveys

app = create_app(wake=wake)
stopping = Event()
MINUTE = crontab(minute="*", strict=True)
TEN_MINUTES = crontab(minute="*/10", strict=True)
# Reads everything: never in a round minute, in which backups and the other jobs of the night begin.
ODD_MINUTES = crontab(minute="7,17,27,37,47,57", strict=True)


def is_set_up() -> bool:
    """Whether this instance has its tables."""
    with app.app_context():
        return has_tables()


def hinted(work: Callable[[], object]) -> Callable[[], object]:
    """A job that `wake(name)` can start: it runs inside the app, once at a time in this process."""
    lane = Lane(going=lambda: not stopping.is_set())

    @wraps(work)
    def run() -> object:
        def inside() -> None:
            with app.app_context():
                work()
        return lane.run(inside)
    LOOKS[work.__name__] = run
    return run


def periodic(when: Callable[..., bool]) -> Callable[[Callable[[], object]], object]:
    """A job that also rings by itself."""
    return lambda work: queue.periodic_task(when, name=work.__name__)(hinted(work))


@hinted
def post() -> None:
    # The past of a demo is lived through moment by moment: nobody may run ahead of it.
    if not is_loading(clock.now()):
        look(now=clock.now())


@periodic(MINUTE)
def minute() -> None:
    run_slot("minute", timedelta(minutes=1), now=clock.now(), work=lambda _slot: post())


@periodic(MINUTE)
def sms() -> None:
    run_slot("sms", timedelta(minutes=1), now=clock.now(), work=lambda _slot: track(now=clock.now()))


@periodic(MINUTE)
def answers() -> None:
    run_slot("answers", timedelta(minutes=2), now=clock.now(),
             work=lambda _slot: read_answers(now=clock.now(), going=lambda: not stopping.is_set()))


@periodic(MINUTE)
def heartbeat() -> None:
    beat(socket.gethostname(), now=clock.now())


@periodic(MINUTE)
def batches() -> None:
    run_batches(now=clock.now, going=lambda: not stopping.is_set())


@periodic(TEN_MINUTES)
def nightly() -> None:
    run_slot("nightly", timedelta(days=1), at=timedelta(hours=1), again_after=timedelta(hours=1), now=clock.now(),
             work=lambda _slot: tidy(now=clock.now()) | forget_incoming(now=clock.now()) | {
                 "balance_asks": tidy_asks(now=clock.now()), "friend_knocks": tidy_knocks(now=clock.now()),
                 "complaint_entries": tidy_entries(now=clock.now())})


@periodic(TEN_MINUTES)
def club() -> None:
    # Every hour: offices have their midnights at different ones.
    if not is_loading(clock.now()):
        run_slot("club", timedelta(hours=1), again_after=timedelta(minutes=20), now=clock.now(),
                 work=lambda _slot: look_after_points(now=clock.now()))


@periodic(TEN_MINUTES)
def complaints() -> None:
    if not is_loading(clock.now()):
        run_slot("complaints", timedelta(hours=1), again_after=timedelta(minutes=20), now=clock.now(),
                 work=lambda _slot: look_after_complaints(now=clock.now()) | {
                     "complaint_files": tidy_uploads(now=clock.now())})


@periodic(TEN_MINUTES)
def surveys() -> None:
    if not is_loading(clock.now()):
        run_slot("surveys", timedelta(hours=1), again_after=timedelta(minutes=20), now=clock.now(),
                 work=lambda _slot: look_after_surveys(now=clock.now()))


@periodic(TEN_MINUTES)
def levels() -> None:
    if not is_loading(clock.now()):
        run_slot("levels", timedelta(days=1), at=timedelta(hours=1, minutes=30), again_after=timedelta(hours=1),
                 now=clock.now(), work=lambda _slot: count_levels(now=clock.now()))


@periodic(TEN_MINUTES)
def uploads() -> None:
    run_slot("uploads", timedelta(days=1), at=timedelta(hours=2), again_after=timedelta(hours=1), now=clock.now(),
             work=lambda _slot: forget_files(now=clock.now()))


@periodic(TEN_MINUTES)
def letters() -> None:
    run_slot("letters", timedelta(days=1), at=timedelta(hours=2, minutes=30), again_after=timedelta(hours=1),
             now=clock.now(), work=lambda _slot: forget_texts(now=clock.now()))


@periodic(ODD_MINUTES)
def check() -> None:
    # A run that was killed is not begun anew: the next night looks at the same rows.
    run_slot("check", timedelta(days=1), at=timedelta(hours=3, minutes=17), now=clock.now(),
             work=lambda _slot: check_data(now=clock.now()))
