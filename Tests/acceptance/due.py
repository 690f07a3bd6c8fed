"""Due times as frontdoor works them out, beside an oracle that walks from day to day with Python's own clock."""

import datetime as dt
import json
import os
import random
import shutil
import sys
import time
import zoneinfo

from hub import call, expect, main

try:
    import holidays as published
except ImportError:
    published = None

LONDON = zoneinfo.ZoneInfo("Europe/London")
UTC = dt.timezone.utc
DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
OFFICE = WEEKDAYS[:5]
CASES = 40_000

# gov.uk/bank-holidays, England and Wales, 2019 to 2027.
GOV_UK = {
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26", 2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26", 2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28", 2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}
ADDED, REMOVED = [dt.date(2025, 7, 14)], [dt.date(2026, 5, 4)]


def listed(year):
    return [dt.date.fromisoformat(f"{year}-{day}") for day in GOV_UK[year].split()]


def bank_holidays(first, last):
    if published is None:
        return {day for year in range(first, last + 1) for day in listed(year)}
    days = published.country_holidays("GB", subdiv="ENG", years=range(first, last + 1))
    return {day for day in days if day.weekday() < 5}


def instant(day, minutes):
    """The first instant at which London's clocks show that time or, where they skip it, a later one."""
    day, minutes = (day + dt.timedelta(days=1), 0) if minutes == 1440 else (day, minutes)
    return local_instant(dt.datetime.combine(day, dt.time(minutes // 60, minutes % 60)))


def local_instant(wanted):
    early = wanted.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if early.astimezone(LONDON).replace(tzinfo=None) == wanted:
        return early
    # In the gap: its end is where the offset of before it stops holding.
    late = wanted.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    low, high = min(early, late) - dt.timedelta(hours=2), max(early, late) + dt.timedelta(hours=2)
    while high - low > dt.timedelta(milliseconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(LONDON).replace(tzinfo=None) < wanted:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def seen(moment):
    return moment.astimezone(LONDON).replace(tzinfo=None)


class Calendar:
    """Hours as people write them, opened up day by day."""

    def __init__(self, entry, holiday_days, terms):
        self.entry, self.holidays, self.terms, self.days = entry, holiday_days, terms, {}
        self.continuous = entry.get("continuous", False)

    def week(self, weekday):
        found = []
        for stretch in self.entry.get("hours", []):
            opening, closing = minutes(stretch["open"]), minutes(stretch["close"])
            for name in stretch["days"]:
                number = WEEKDAYS.index(name)
                found += pieces(number, (number + 1) % 7, weekday, opening, closing)
        return found

    def hours(self, day):
        """Stretches of the local day as pairs of instants, sorted."""
        if day in self.days:
            return self.days[day]
        plain = self.week(day.weekday())
        if self.terms and not any(first <= day <= last for first, last in self.terms):
            plain = []
        elif day in self.holidays:
            if self.entry.get("bankHolidayHours"):
                plain = [(minutes(s["open"]), minutes(s["close"])) for s in self.entry["bankHolidayHours"]]
            elif self.entry.get("bankHolidays"):
                plain = []
        if day.isoformat() in self.entry.get("closed", []):
            plain = []
        for stretch in self.entry.get("opened", []):
            date = dt.date.fromisoformat(stretch["date"])
            plain = plain + pieces(
                date, date + dt.timedelta(days=1), day, minutes(stretch["open"]), minutes(stretch["close"]))
        merged = []
        for opening, closing in sorted(plain):
            if merged and opening <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], closing))
            else:
                merged.append((opening, closing))
        spans = [(instant(day, o), instant(day, c)) for o, c in merged]
        self.days[day] = [span for span in spans if span[0] < span[1]]
        return self.days[day]

    def from_opening(self, start):
        """The start, or where it lies outside opening the next opening."""
        day = seen(start).date()
        while True:
            for opening, closing in self.hours(day):
                if start < closing:
                    return max(start, opening)
            day += dt.timedelta(days=1)

    def due(self, start, count, unit):
        if unit in "hms":
            return start + count * {"h": dt.timedelta(hours=1), "m": dt.timedelta(minutes=1), "s": dt.timedelta(seconds=1)}[unit]
        if self.continuous:
            if unit == "wh":
                return start + dt.timedelta(hours=count)
            unit = "d"
        if unit == "d":
            return local_instant(seen(start) + dt.timedelta(days=count))
        if unit == "wh":
            left, day = dt.timedelta(hours=count), seen(start).date()
            while True:
                for opening, closing in self.hours(day):
                    begin = max(opening, start)
                    if begin < closing:
                        if left <= closing - begin:
                            return begin + left
                        left -= closing - begin
                day += dt.timedelta(days=1)
        counted = seen(self.from_opening(start))
        day = counted.date()
        while count:
            day += dt.timedelta(days=1)
            count -= bool(self.hours(day))
        wanted = local_instant(dt.datetime.combine(day, counted.time()))
        for opening, closing in self.hours(day):
            if wanted <= closing:
                return max(wanted, opening)
        return self.hours(day)[-1][1]


def pieces(first, after, day, opening, closing):
    """What of a stretch that may run over midnight lies in a day."""
    if closing > opening:
        return [(opening, closing)] if first == day else []
    found = [(opening, 1440)] if first == day else []
    return found + ([(0, closing)] if after == day and closing else [])


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def clock(value):
    return f"{value // 60:02}:{value % 60:02}"


def random_calendar(draw, number, terms):
    """Several intervals a day, nights, terms, one-off dates: whatever a configuration may hold."""
    entry = {"id": f"random-{number}", "hours": []}
    kind = draw.randrange(4)
    for weekday in draw.sample(WEEKDAYS, draw.randrange(3, 8)):
        cuts = sorted(draw.sample(range(0, 1441, draw.choice([15, 30, 45])), draw.choice([2, 2, 4, 6])))
        if kind == 0:
            # A night: from the evening to the next morning, never so long that two nights meet.
            entry["hours"].append({
                "days": [weekday], "open": clock(draw.randrange(960, 1440, 15)),
                "close": clock(draw.randrange(0, 540, 15))})
            continue
        for opening, closing in zip(cuts[::2], cuts[1::2]):
            entry["hours"].append({"days": [weekday], "open": clock(opening), "close": clock(closing)})
    if draw.random() < 0.6:
        entry["bankHolidays"] = True
    if draw.random() < 0.3:
        entry["bankHolidayHours"] = draw.choice([
            [{"open": "00:00", "close": "24:00"}], [{"open": "10:00", "close": "12:00"}, {"open": "14:00", "close": "15:30"}]])
    if draw.random() < 0.3:
        entry["terms"] = "oracle-terms"
    dates = [dt.date(2025, 1, 1) + dt.timedelta(days=draw.randrange(1000)) for _ in range(8)]
    entry["closed"] = sorted({day.isoformat() for day in dates[:5]})
    entry["opened"] = [
        {"date": day.isoformat(), "open": "11:15", "close": draw.choice(["13:00", "24:00", "02:30"])}
        for day in sorted(set(dates[4:])) if day + dt.timedelta(days=1) not in dates]
    return entry


def configuration(scratch, draw):
    """The shipped one with calendars of every shape added to it."""
    folder = os.path.join(scratch, "config")
    shutil.copytree(DEPLOY, folder)
    terms = [
        (dt.date(2025, 1, 6) + dt.timedelta(days=63 * n), dt.date(2025, 1, 6) + dt.timedelta(days=63 * n + 46))
        for n in range(40)]
    entries = [random_calendar(draw, number, terms) for number in range(40)]
    path = os.path.join(folder, "hub.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    place = "calendars:\n"
    expect(text.count("\n" + place) == 1, "hub.yaml has one list of calendars")
    added = "".join(f"  - {json.dumps(entry)}\n" for entry in entries)
    text = text.replace("\n" + place, "\n" + place + added)
    spans = "".join(f"      - {{first: {first}, last: {last}}}\n" for first, last in terms)
    text = text.replace("\nschoolTerms:\n", "\nschoolTerms:\n  - id: oracle-terms\n    dates:\n" + spans)
    text = text.replace(
        "bankHolidays: {added: [], removed: []}",
        f"bankHolidays: {{added: [{ADDED[0]}], removed: [{REMOVED[0]}]}}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return folder, entries, terms


def starts(draw):
    """Thick around openings and closings, changes of the clocks, and holidays."""
    way = draw.randrange(5)
    if way == 0:
        base = draw.choice([dt.datetime(2025, 3, 30), dt.datetime(2025, 10, 26), dt.datetime(2026, 3, 29), dt.datetime(2026, 10, 25)])
        moment = base.replace(tzinfo=UTC) + dt.timedelta(minutes=draw.randrange(-3000, 3000))
    elif way == 1:
        base = draw.choice([dt.datetime(2025, 12, 22), dt.datetime(2026, 12, 22), dt.datetime(2026, 4, 1), dt.datetime(2025, 12, 30)])
        moment = base.replace(tzinfo=UTC) + dt.timedelta(minutes=15 * draw.randrange(700))
    else:
        moment = dt.datetime(2025, 1, 6, tzinfo=UTC) + dt.timedelta(minutes=draw.choice([1, 15, 60]) * draw.randrange(17_000))
    if draw.random() < 0.1:
        moment += dt.timedelta(milliseconds=draw.randrange(60_000))
    return moment


def written(moment):
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "") + "Z"


def due_times_are_the_oracles(scratch):
    draw = random.Random(20261123)
    folder, entries, terms = configuration(scratch, draw)
    found = (bank_holidays(2024, 2027) | set(ADDED)) - set(REMOVED)
    shipped = [
        {"id": "office-hours", "hours": [{"days": OFFICE, "open": "09:00", "close": "17:00"}], "bankHolidays": True},
        {"id": "round-the-clock", "continuous": True},
        {"id": "out-of-hours", "bankHolidayHours": [{"open": "00:00", "close": "24:00"}], "hours": [
            {"days": ["monday", "tuesday", "wednesday", "thursday", "friday"], "open": "00:00", "close": "09:00"},
            {"days": ["monday", "tuesday", "wednesday", "thursday", "friday"], "open": "17:00", "close": "24:00"},
            {"days": ["saturday", "sunday"], "open": "00:00", "close": "24:00"}]},
    ]
    calendars = [
        Calendar(entry, found, terms if "terms" in entry else [])
        for entry in shipped + entries]
    lines, expected = [], []
    while len(lines) < CASES:
        calendar = draw.choice(calendars[:3]) if draw.random() < 0.4 else draw.choice(calendars)
        start, unit = starts(draw), draw.choice(["h", "wh", "wh", "wd", "wd", "wd", "d", "m", "s"])
        count = draw.choice([1, 1, 2, 3, draw.randrange(1, 15), draw.randrange(1, 46)])
        expected.append(written(calendar.due(start, count, unit)))
        lines.append(f"{written(start)} {count}{unit} {calendar.entry['id']}")
    got = call("due", "many", "-", "--config", folder, stdin=("\n".join(lines) + "\n").encode()).stdout.decode().split("\n")
    wrong = [f"{line}: {mine}, the oracle says {theirs}" for line, mine, theirs in zip(lines, got, expected) if mine != theirs]
    expect(len(got) == CASES + 1, f"{len(got) - 1} answers to {CASES} lines")
    expect(not wrong, f"{len(wrong)} of {CASES} differ:\n" + "\n".join(wrong[:20]))
    for place in range(0, CASES, CASES // 40):
        start, budget, name = lines[place].split()
        one = json.loads(call("due", "--from", start, "--budget", budget, "--calendar", name, "--config", folder, "--json").stdout)
        expect(one["due"] == expected[place], f"{lines[place]}: {one}")
        expect(one["working"][0].startswith("received ") and one["working"][-1].startswith("due "), f"{one}")
    return f"{CASES} due times over {len(calendars)} calendars agree" + (
        "" if published else "; PyPI's holidays are not installed, so 2025 to 2027 are from the published list alone")


def bank_holidays_are_the_published_ones(_):
    years = range(2019, 2028)
    for year in years:
        days = [json.loads(line)["date"] for line in call("calendar", "--bank-holidays", str(year), "--json").stdout.splitlines()]
        expect(days == [day.isoformat() for day in listed(year)], f"{year}: {days}")
    if published is None:
        expect(os.environ.get("CI") != "true", "CI may skip nothing: PyPI's holidays are needed")
        return "2019 to 2027 as gov.uk has them; not compared with PyPI's holidays, which are not installed"
    for year in range(1999, 2051):
        days = [json.loads(line)["date"] for line in call("calendar", "--bank-holidays", str(year), "--json").stdout.splitlines()]
        theirs = sorted(day.isoformat() for day in bank_holidays(year, year))
        expect(days == theirs, f"{year}: {days}, PyPI's holidays say {theirs}")
    return "2019 to 2027 as gov.uk has them, 1999 to 2050 as PyPI's holidays have them"


def a_million_take_seconds(scratch):
    path = os.path.join(scratch, "million.txt")
    draw, base = random.Random(7), 1_767_225_600
    with open(path, "w", encoding="ascii") as file:
        for number in range(1_000_000):
            moment = dt.datetime.fromtimestamp(base + draw.randrange(31_536_000), UTC)
            file.write(f"{moment:%Y-%m-%dT%H:%M:%SZ} {('4h', '6wh', '1wd', '3d')[number % 4]}\n")
    began = time.monotonic()
    said = call("due", "many", path).stderr.decode().strip()
    took = time.monotonic() - began
    expect(took < 60, f"a million due times took {took:.0f} s")
    return f"{said} With reading and writing {took:.1f} s."


def test(scratch):
    for step in (bank_holidays_are_the_published_ones, due_times_are_the_oracles, a_million_take_seconds):
        print(f"{step.__name__.replace('_', ' ')}: {step(scratch)}")


if __name__ == "__main__":
    main(test)
