"""The schedule against a second, differently built reading of the same rules, on thousands of random trips.

The second reading knows nothing of the first: it has its own table of steps, thinks in local wall-clock
times, and is compared through the command's JSON lines.
"""

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from webapp.touches.plan_text import plan_cases

# code, channel, date, days, local time ("" = at once), before D, end of truth, series
TABLE = """
thank_you         email  P   0  now    -  own+2  before
packing           email  P   2  10:00  D  D-1    before
challenge         email  D  -3  10:00  D  D-1    before
fly_tomorrow      sms    D  -1  12:00  -  D-1    -
bon_voyage        sms    D   0  09:00  -  D+0    -
settled_in        sms    D   1  12:00  -  D+1    -
welcome_back_sms  sms    R   0  18:00  -  noon+1 -
welcome_home      email  R   1  10:00  -  own+3  after
call_back         call   R   2  -      -  -      -
loyalty           email  R   3  10:00  -  own+7  after
testimonial       email  R   5  10:00  -  own+7  after
tell_friends      email  R   7  10:00  -  own+7  after
visit             visit  R   9  -      -  -      -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
RED_DAYS = holidays.country_holidays("RU", years=range(2022, 2033))
SEVEN = (
    "Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok", "Asia/Kamchatka",
    "Europe/Berlin", "America/New_York",
)  # fmt: skip
CLOCKS = (
    "00:00",
    "03:30",
    "08:59",
    "09:00",
    "09:01",
    "10:00",
    "12:00",
    "12:01",
    "17:45",
    "18:00",
    "20:59",
    "21:00",
)
A_DAY = timedelta(days=1)


def is_open(day):
    return day.weekday() < 5 and day not in RED_DAYS


def next_open(day):
    return day if is_open(day) else next_open(day + A_DAY)


def oracle(dates, entered, tz):
    """(code, due_on, send_at in UTC, status, reason) of every step; `entered` is local and naive."""
    answers, last = [], {}
    for code, channel, anchor, days, clock, before, truth, series in ROWS:
        own = dates[anchor] + int(days) * A_DAY
        if channel in ("call", "visit"):
            verdict = people(own, last.get("people"), entered.date())
            series = "people"
        else:
            verdict = letter(own, channel, clock, before, truth, last.get(series), dates, entered, tz)
        if verdict[2] == "planned" and series != "-":
            last[series] = verdict[0]
        answers.append((code, *verdict))
    return answers


def people(own, previous, today):
    candidates = [own] + ([previous + A_DAY] if previous else [])
    day = next_open(max(candidates))
    if day >= today:
        return day, None, "planned", None
    if today - day > 14 * A_DAY:
        return None, None, "skipped", "entered-late"
    return next_open(today), None, "planned", None


def letter(own, channel, clock, before, truth, previous, dates, entered, tz):
    day = own
    if previous and day <= previous:
        day = previous + A_DAY
    if before == "D" and day >= dates["D"]:
        day = dates["D"] - A_DAY
        if previous and day <= previous:
            return None, None, "dropped", "no-room"
    if clock == "now" and day == entered.date():
        wall = entered
    else:
        wall = datetime.combine(day, time(0) if clock == "now" else time.fromisoformat(clock))
    late = wall < entered
    wall = max(wall, entered)
    if wall.hour >= 21:
        wall = datetime.combine(wall.date() + A_DAY, time(9))
    elif wall.hour < 9:
        wall = datetime.combine(wall.date(), time(9))
    if is_over(wall, own, truth, dates):
        return (None, None, "skipped", "entered-late") if late else (None, None, "dropped", "no-room")
    return wall.date(), wall.replace(tzinfo=tz).astimezone(UTC), "planned", None


def is_over(wall, own, truth, dates):
    start, shift = truth[:-2], int(truth[-2:])
    if start == "noon":
        return wall > datetime.combine(own + shift * A_DAY, time(12))
    return wall.date() > (own if start == "own" else dates[start]) + shift * A_DAY


def random_trip(dice):
    purchase = date(2023, 11, 1) + dice.randrange(365 * 5) * A_DAY
    departure = purchase + dice.choice((0, 1, 2, 3, 4, 5, 6, dice.randrange(90))) * A_DAY
    back = departure + dice.choice((0, 1, 3, 7, dice.randrange(30))) * A_DAY
    around = dice.choice((purchase, purchase, departure, back, back + dice.randrange(40) * A_DAY))
    day = max(purchase, around + dice.randrange(-4, 12) * A_DAY)
    clock = dice.choice(CLOCKS) if dice.random() < 0.7 else f"{dice.randrange(24):02}:{dice.randrange(60):02}"
    return {"P": purchase, "D": departure, "R": back}, datetime.combine(day, time.fromisoformat(clock))


@pytest.mark.parametrize("name", SEVEN)
def test_the_second_reading_agrees_on_every_random_trip(name):
    dice, tz = random.Random(name), ZoneInfo(name)
    trips = [random_trip(dice) for _ in range(1500)]
    lines = [
        json.dumps(
            {
                "id": number,
                "purchase": str(dates["P"]),
                "departure": str(dates["D"]),
                "return": str(dates["R"]),
                "at": entered.isoformat(),
                "tz": name,
            }
        )
        for number, (dates, entered) in enumerate(trips)
    ]
    answers = [json.loads(line) for line in plan_cases(lines, datetime(2020, 1, 1, tzinfo=UTC))]
    assert len(answers) == len(trips)
    seen = set()
    for (dates, entered), answer in zip(trips, answers, strict=True):
        assert [as_verdict(step) for step in answer["steps"]] == oracle(dates, entered, tz), (
            dates,
            entered,
            name,
        )
        seen.update((step["code"], step["status"], step["reason"]) for step in answer["steps"])
    # The dice reached the odd cases too.
    assert {("challenge", "dropped", "no-room"), ("packing", "dropped", "no-room")} <= seen
    assert {(row[0], "planned", None) for row in ROWS} | {
        (row[0], "skipped", "entered-late") for row in ROWS
    } <= seen


def as_verdict(step):
    due, send = step["due_on"], step["send_at"]
    return (
        step["code"],
        date.fromisoformat(due) if due else None,
        datetime.fromisoformat(send).astimezone(UTC) if send else None,
        step["status"],
        step["reason"],
    )
