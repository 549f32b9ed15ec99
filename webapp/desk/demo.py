"""Demo data: «Сто дорог», an agency in full swing around today; loaded in trial mode, removed without a trace."""

from collections.abc import Iterator
from datetime import datetime

from webapp.desk.demo_data import agency
from webapp.desk.demo_data.actions import close_load, open_agency, remove_demo
from webapp.desk.demo_data.living import Life, Told
from webapp.desk.demo_data.measuring import measure
from webapp.desk.demo_data.working import Work


def load(*, now: datetime, told: Told = lambda done, every: None) -> Iterator[str]:
    """Load the agency as it stands at `now` and give the lines "login – role – password"; `told` hears how far it is.

    Sending is in trial mode from then on: letters become files, nothing leaves. Everything is made by the verbs
    people use, so its history is real. Raises NotEmpty (a ValueError) where demo data stand already, where sending
    is live, or where letters wait.
    """
    opened = open_agency(now)
    Life(Work(opened), now).live(told)
    measure(opened, now)
    close_load()
    return iter([f"{one.login} – {one.role} – {agency.PASSWORD}" for one in agency.STAFF])


def remove(*, now: datetime) -> Iterator[str]:
    """Remove the demo data and nothing an agency added meanwhile; sending is held afterwards.

    Gives lines of what was removed. Without demo data nothing happens.
    """
    return iter(remove_demo(now))
