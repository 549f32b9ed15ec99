"""The command line (`architecture.md` §7): names and outputs are stable, scripts and tests rely on them."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from webapp.config import Settings
from webapp.kit import clock

MODES = ("held", "trial", "live")


def register(app: Flask) -> None:
    """Add the commands to `flask --app wsgi …`."""
    for command in (setup, plan, import_sheet, tick, office, user, mode, backup, restore, demo, check, serve, worker):
        app.cli.add_command(command)


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Fill a new agency with demo data (trial mode).")
@with_appcontext
def setup(with_demo: bool) -> None:
    """Create or upgrade the database; idempotent."""
    from webapp.desk.setup import prepare

    for line in prepare(demo=with_demo, now=clock.now()):
        click.echo(line)


@click.command()
@click.option("--purchase")
@click.option("--departure")
@click.option("--return", "return_")
@click.option("--at", help="Moment of entering, ISO; without an offset it is local in --tz. Default: now.")
@click.option("--tz", default="Europe/Moscow", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--cases", type=click.File(encoding="utf-8"), help="A JSONL file with one case per line.")
def plan(purchase: str | None, departure: str | None, return_: str | None, at: str | None, tz: str, as_json: bool,
         cases: TextIO | None) -> None:
    """Show what the shipped plan makes of three dates; needs no database."""
    from webapp.touches import plan_text

    if cases is not None:
        for line in plan_text.plan_cases(cases, clock.now()):
            click.echo(line)
        return
    if not (purchase and departure and return_):
        raise click.UsageError("give --purchase, --departure and --return, or --cases FILE")
    try:
        steps = plan_text.plan_one(purchase, departure, return_, at, tz, now=clock.now())
    except ValueError as error:
        raise click.ClickException(str(getattr(error, "code", error))) from None
    if as_json:
        _print_json(steps)
        return
    for line in plan_text.as_text(steps):
        click.echo(line)


@click.command("import-sheet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", "office_code", default="main", show_default=True)
@click.option("--manager", "managers", multiple=True, metavar="NAME=EMAIL",
              help="Whom a name in the sheet means (nothing after = for nobody). May be repeated.")
@click.option("--now", "now_text")
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def import_sheet(file: Path, office_code: str, managers: tuple[str, ...], now_text: str | None, dry_run: bool,
                 as_json: bool) -> None:
    """Import an agency's own check-list; a second run of the same file adds nothing."""
    from webapp.batches.reading import UnreadableFile
    from webapp.trips.importing import import_file

    pairs = [manager.rpartition("=") for manager in managers]
    if not all(name.strip() and sign for name, sign, _mail in pairs):
        raise click.UsageError("write --manager NAME=EMAIL")
    try:
        report = import_file(file, office_code=office_code, now=_moment(now_text), dry_run=dry_run,
                             managers={name: mail.strip() for name, _sign, mail in pairs})
    except (LookupError, UnreadableFile) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        _print_json(report)
        return
    for key in ("rows", "trips", "touches", "skipped", "repeats"):
        click.echo(f"{key}: {report[key]}")
    for problem in report["problems"]:
        click.echo("line {line}, {column}: {value!r} – {reason}".format(**problem))


@click.command()
@click.option("--now", "now_text", help="Pretend it is this moment (not in live mode).")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def tick(now_text: str | None, as_json: bool) -> None:
    """Do everything due at that moment once, in this process."""
    from webapp.desk.actions import read_answers
    from webapp.desk.actions import tick as do_tick
    from webapp.post.actions.modes import present_mode

    settings: Settings = current_app.extensions["snova.settings"]
    if now_text and present_mode() == "live" and not settings.test_clock:
        raise click.ClickException("--now is refused in live mode: real letters would leave at a pretended time")
    now = _moment(now_text)
    read = read_answers(now=now)
    figures = {**do_tick(now=now), "read": read}
    if as_json:
        _print_json(figures)
        return
    for key, value in figures.items():
        click.echo(f"{key}: {value}")


@click.group()
def office() -> None:
    """Offices."""


@office.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--tz", default="Europe/Moscow", show_default=True)
@with_appcontext
def office_add(code: str, name: str, tz: str) -> None:
    """Add an office."""
    from webapp.staff.actions import add_office
    from webapp.staff.audit import job

    _say_why(lambda: add_office(code=code, name=name, zone=tz, actor=job("command line"), now=clock.now()))
    click.echo(f"office {code} added")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["manager", "service", "quality", "director", "admin"]))
@click.option("--office", "office_codes", multiple=True, default=["main"], show_default=True)
@click.option("--name", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def user_add(email: str, role: str, office_codes: tuple[str, ...], name: str, password_stdin: bool) -> None:
    """Add a person who may sign in."""
    from webapp.staff.actions import add_user
    from webapp.staff.audit import job

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    _say_why(lambda: add_user(email=email, name=name or email.split("@")[0], role=role,
                              office_codes=list(office_codes), password=password, actor=job("command line"),
                              now=clock.now()))
    click.echo(f"{email} added as {role}")


@click.command()
@click.argument("name", type=click.Choice(MODES))
@with_appcontext
def mode(name: str) -> None:
    """Choose how letters are sent: held, trial or live."""
    from webapp.post.actions import set_mode
    from webapp.staff.audit import job

    figures = set_mode(name, actor=job("command line"), now=clock.now())
    click.echo(f"mode: {name}")
    for key, value in asdict(figures).items():
        click.echo(f"{key}: {value}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole agency into one file, while it works."""
    from webapp.desk.backup import write_backup

    click.echo(write_backup(file, now=clock.now()))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup back; it sends nothing until an administrator goes live."""
    from webapp.desk.backup import restore_backup

    click.echo(restore_backup(file, now=clock.now()))


@click.group()
def demo() -> None:
    """Demo data."""


@demo.command("load")
@with_appcontext
def demo_load() -> None:
    """Load demo data; sending is in trial mode."""
    from webapp.desk.demo import load

    for line in _say_why(lambda: load(now=clock.now())):
        click.echo(line)


@demo.command("remove")
@with_appcontext
def demo_remove() -> None:
    """Remove the demo data and nothing else; sending is held afterwards."""
    from webapp.desk.demo import remove
    from webapp.desk.setup import first_person_wanted

    for line in (*remove(now=clock.now()), *first_person_wanted()):
        click.echo(line)


@click.command()
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def check(as_json: bool) -> None:
    """Prove that the data agree with themselves; exit 1 on a fault."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from webapp.desk.integrity import inspect

    try:
        found = inspect(now=clock.now())
    except (OperationalError, ProgrammingError):
        raise click.ClickException("there are no tables yet: run `flask --app wsgi setup` first") from None
    if as_json:
        _print_json({**found.counts, "faults": found.faults})
    else:
        for key, value in found.counts.items():
            click.echo(f"{key}: {value}")
        for fault in found.faults:
            click.echo(f"FAULT {fault}")
        click.echo("clean" if not found.faults else f"{len(found.faults)} faults")
    if found.faults:
        raise SystemExit(1)


@click.command()
@click.option("--port", type=int)
@click.option("--no-worker", is_flag=True)
def serve(port: int | None, no_worker: bool) -> None:
    """Serve the pages, with the worker unless told otherwise."""
    # The one place where the command line meets the jobs: it starts them as a program of its own.
    raise SystemExit(_main("serve")(port=port, worker=not no_worker))


@click.command()
def worker() -> None:
    """Run the worker alone."""
    raise SystemExit(_main("work")())


def _main(name: str) -> Callable[..., int]:
    from importlib import import_module

    found: Callable[..., int] = getattr(import_module("jobs.main"), name)
    return found


def _moment(text: str | None) -> datetime:
    """The moment given on the command line; without an offset it is Moscow time, as in `plan`."""
    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"not a moment: {text!r}; write it like 2026-07-21T10:00+03:00") from None
    if not 2000 <= moment.year <= 2100:
        raise click.ClickException("the moment must lie between 2000 and 2100")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Moscow"))


def _say_why(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except (ValueError, LookupError) as error:
        raise click.ClickException(str(error)) from None


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=None, default=str))
